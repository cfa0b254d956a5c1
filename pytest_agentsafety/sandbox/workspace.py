"""Files in and out: a folder is copied into a run's box, and what changed there is copied back and told.

The run never sees the folder itself. What it leaves is read without following a link or waiting at a FIFO, and only
plain files and folders come back.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from pytest_agentsafety.model.errors import AgentSafetyError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_DEEPEST = 32
_DIFF_BYTES = 64 << 10  # of a file that is shown line by line
_TOLD = 200  # files whose change is told


@dataclass
class Tree:
    """Folders and files below one, by relative path, and what was there that is neither."""

    folders: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


@dataclass
class Workspace:
    """`folder` is the user's; `room` the most bytes and `files` the most entries that are carried either way."""

    folder: Path
    room: int = 64 << 20
    files: int = 8192
    _before: Tree = field(default_factory=Tree)

    def take_in(self, box: int, uid: int | None) -> None:
        """Copy into `work` of the box (a folder descriptor), owned by `uid`. Raises AgentSafetyError, OSError."""
        self.load()
        work = os.open("files", _FOLDER, dir_fd=box)
        try:
            for path in self._before.folders:
                os.mkdir(path, 0o700, dir_fd=work)
            for path, data in self._before.files.items():
                _write(work, path, data)
            if uid is not None:
                for path in (*self._before.folders, *self._before.files):
                    os.chown(path, uid, uid, dir_fd=work, follow_symlinks=False)
        finally:
            os.close(work)

    def load(self) -> Tree:
        """Read the user's folder as it is before the run. Raises AgentSafetyError, OSError."""
        top = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._before = read_tree(top, self.room, self.files)
        finally:
            os.close(top)
        return self._before

    def take_out(self, box: int) -> dict[str, str]:
        """Copy what changed back; returns it by path: a diff, or in words. Raises nothing for what the run has made.

        More than there is room for is not taken out at all, and that is told.
        """
        try:
            work = os.open("files", _FOLDER, dir_fd=box)
        except OSError as error:
            return {".": f"lost: {error}"}
        try:
            after = read_tree(work, self.room, self.files)
        except (AgentSafetyError, OSError) as error:
            return {".": f"not taken out: {error}"}
        finally:
            os.close(work)
        return self.store(after)

    def store(self, after: Tree) -> dict[str, str]:
        """Make the user's folder like `after`; returns what changed."""
        changes = dict(_changes(self._before, after))
        try:
            self._apply(after)
        except OSError as error:
            changes["."] = f"not all of it could be taken out: {error}"
        return changes

    def _apply(self, after: Tree) -> None:
        before = self._before
        top = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for path in before.files.keys() - after.files.keys():
                _in_folder(top, path, lambda folder, name: os.unlink(name, dir_fd=folder))
            for path in sorted(set(before.folders) - set(after.folders), reverse=True):
                _in_folder(top, path, lambda folder, name: os.rmdir(name, dir_fd=folder))
            for path in after.folders:
                if path not in before.folders:
                    _in_folder(top, path, lambda folder, name: os.mkdir(name, 0o755, dir_fd=folder))
            for path, data in after.files.items():
                if before.files.get(path) != data:
                    _write(top, path, data, mode=0o644)
        finally:
            os.close(top)


def read_tree(top: int, room: int, most: int) -> Tree:
    """All below a folder descriptor, sorted. Raises AgentSafetyError for more than `room` bytes or `most` entries."""
    tree = Tree()
    for path, folder, name, mode in _walk(top, "", 0):
        if stat.S_ISDIR(mode):
            tree.folders.append(path)
        elif stat.S_ISREG(mode):
            data = _read(folder, name, room)
            if data is not None:
                tree.files[path] = data
                room -= len(data)
        else:
            tree.others.append(path)
        most -= 1
        if most < 0:
            raise AgentSafetyError("more files than there is room for")
    return tree


def _walk(folder: int, prefix: str, depth: int) -> Iterator[tuple[str, int, str, int]]:
    """(path, descriptor of its folder, name, mode) of everything, folders before what is in them."""
    if depth > _DEEPEST:
        raise AgentSafetyError(f"folders more than {_DEEPEST} deep")
    for name in sorted(os.listdir(folder)):
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        yield f"{prefix}{name}", folder, name, mode
        if stat.S_ISDIR(mode):
            try:
                inside = os.open(name, _FOLDER, dir_fd=folder)
            except PermissionError:
                continue  # the run has shut it: there is nothing to be had from it
            try:
                yield from _walk(inside, f"{prefix}{name}/", depth + 1)
            finally:
                os.close(inside)


def _read(folder: int, name: str, room: int) -> bytes | None:
    """A plain file's bytes; None for one that cannot be opened."""
    try:
        file = os.open(name, _FILE, dir_fd=folder)
    except PermissionError:
        return None
    with os.fdopen(file, "rb") as opened:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size > room:
            raise AgentSafetyError(f"{name!r} is {found.st_size:,} bytes, more than there is room for")
        return opened.read(room + 1)


def _write(top: int, path: str, data: bytes, mode: int = 0o600) -> None:
    def write(folder: int, name: str) -> None:
        with os.fdopen(os.open(name, _NEW_FILE, mode, dir_fd=folder), "wb") as file:
            file.write(data)

    _in_folder(top, path, write)


def _in_folder(top: int, path: str, act: Callable[[int, str], object]) -> None:
    """Call `act(folder, name)`, with no link followed on the way to the folder."""
    *parents, name = path.split("/")
    folder = os.dup(top)
    try:
        for parent in parents:
            inside = os.open(parent, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inside
        act(folder, name)
    finally:
        os.close(folder)


def _changes(before: Tree, after: Tree) -> Iterator[tuple[str, str]]:
    told = 0
    for path in sorted(before.files.keys() | after.files.keys()):
        old, new = before.files.get(path), after.files.get(path)
        if old == new:
            continue
        told += 1
        if told > _TOLD:
            yield "...", f"more than {_TOLD} files changed"
            break
        yield path, _told(path, old, new)
    for path in after.others:
        yield path, "left behind: neither a plain file nor a folder"


def _told(path: str, old: bytes | None, new: bytes | None) -> str:
    if new is None:
        return "removed"
    lines = _lines(old or b""), _lines(new)
    if lines[0] is None or lines[1] is None:
        return f"{'added' if old is None else 'changed'}: {len(new):,} bytes"
    names = ("/dev/null" if old is None else f"a/{path}", f"b/{path}")
    return "".join(unified_diff(lines[0], lines[1], *names))


def _lines(data: bytes) -> list[str] | None:
    """The lines of a short text, None for anything else."""
    if len(data) > _DIFF_BYTES or b"\0" in data:
        return None
    try:
        return [line if line.endswith("\n") else f"{line}\n" for line in data.decode("utf-8").splitlines(keepends=True)]
    except UnicodeDecodeError:
        return None
