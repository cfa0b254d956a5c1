"""The portable way to stay under a directory: one component at a time, links read and never followed blindly."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

# Look at a file without opening it for data. Where there is no O_PATH, a non-blocking read is the next best.
O_LOOK: int = getattr(os, "O_PATH", os.O_RDONLY | os.O_NONBLOCK)
_MAX_LINKS = 40
_DIRECTORY = O_LOOK | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class _Walk:
    """A stack of open directories, the root at the bottom. `..` goes back to the one we came through."""

    def __init__(self, root: int, path: bytes) -> None:
        self.path = path
        self.stack = [os.dup(root)]
        self.todo: list[bytes] = []
        self.links = 0
        self.must_be_directory = False

    def push(self, path: bytes) -> None:
        """Put the components of a path in front of what is still to do."""
        if path.startswith(b"/"):
            raise self.error(errno.EXDEV)
        parts = path.split(b"/")
        if not self.todo and parts[-1] in (b"", b"."):
            self.must_be_directory = True
        self.todo[:0] = [part for part in parts if part not in (b"", b".")]

    def error(self, code: int) -> OSError:
        return OSError(code, os.strerror(code), os.fsdecode(self.path))

    def up(self) -> None:
        if len(self.stack) == 1:
            raise self.error(errno.EXDEV)
        os.close(self.stack.pop())

    def link_target(self, name: bytes) -> bytes | None:
        """Where the link `name` leads, None when it is no link (or not there)."""
        try:
            if not stat.S_ISLNK(os.stat(name, dir_fd=self.stack[-1], follow_symlinks=False).st_mode):
                return None
        except FileNotFoundError:
            return None
        self.links += 1
        if self.links > _MAX_LINKS:
            raise self.error(errno.ELOOP)
        return os.readlink(name, dir_fd=self.stack[-1])

    def to_last(self, follow_last: bool) -> bytes:
        """Walk all but the last component; return it, or b"." when the path ends in a directory already open."""
        while self.todo:
            name = self.todo.pop(0)
            if name == b"..":
                self.up()
                continue
            last = not self.todo
            if follow_last or not last:
                target = self.link_target(name)
                if target is not None:
                    self.push(target)
                    continue
            if last:
                return name
            self.stack.append(os.open(name, _DIRECTORY, dir_fd=self.stack[-1]))
        return b"."

    def close(self) -> None:
        while self.stack:
            os.close(self.stack.pop())


def walk_beneath(root: int, path: bytes, flags: int, mode: int) -> int:
    """Open `path` under the directory descriptor `root`, as openat2 with RESOLVE_BENEATH would.

    A component that turns into a link between the look and the open fails with ELOOP or ENOTDIR instead of
    being followed. Raises OSError.
    """
    walk = _Walk(root, path)
    try:
        walk.push(path)
        name = walk.to_last(follow_last=not flags & os.O_NOFOLLOW)
        if walk.must_be_directory:
            flags |= os.O_DIRECTORY
        descriptor = os.open(name, flags | os.O_NOFOLLOW, mode, dir_fd=walk.stack[-1])
    finally:
        walk.close()
    # O_PATH with O_NOFOLLOW opens a link itself: if one appeared since we looked, do not hand it out as the file.
    if not flags & os.O_NOFOLLOW and stat.S_ISLNK(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fsdecode(path))
    return descriptor


def walk_plain(path: Path, flags: int) -> int:
    """Open a folder whose path has no links in it. Raises OSError (ELOOP or ENOTDIR where there is one)."""
    here = os.open("/" if path.is_absolute() else ".", flags)
    for part in path.parts[1:] if path.is_absolute() else path.parts:
        try:
            below = os.open(part, flags | os.O_NOFOLLOW, dir_fd=here)
        finally:
            os.close(here)
        here = below
    return here
