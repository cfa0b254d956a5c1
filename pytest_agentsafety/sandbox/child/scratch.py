"""The scratch folder of a run without a root folder of its own: made, watched and removed from outside the sandbox."""

from __future__ import annotations

import errno
import os
import stat

from pytest_agentsafety.sandbox.child.kernel import LIBC

FOLDERS = ("files", "tmp")
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def make(parent: str, owner: tuple[int, int] | None) -> str:
    """A new folder in `parent` that only `owner` may enter. Raises OSError."""
    while True:
        path = f"{parent}/agentsafety-box-{os.urandom(8).hex()}"
        try:
            os.mkdir(path, 0o700)
            break
        except FileExistsError:
            continue
    try:
        for name in FOLDERS:
            os.mkdir(f"{path}/{name}", 0o700)
        if owner is not None:
            _give(path, owner)
    except OSError:
        remove(path)
        raise
    return path


def _give(path: str, owner: tuple[int, int]) -> None:
    try:
        for name in (path, *(f"{path}/{name}" for name in FOLDERS)):
            os.chown(name, *owner)
    except PermissionError as error:
        raise OSError(f"uid: root needs CAP_CHOWN to give a folder to a fresh user id ({error.strerror})") from None


def remove(path: str) -> None:
    """Remove a tree somebody hostile has made: any depth, any modes, no links followed.

    Folders below are moved up to the top and emptied there, so that neither paths nor recursion grow.
    """
    try:
        top = os.open(path, _DIRECTORY)
    except OSError:
        return
    try:
        number = 0
        while True:
            folders = [name for name in os.listdir(top) if not _unlinked(name, top)]
            if not folders:
                break
            for folder in folders:
                number = _lifted(top, folder, number)
    finally:
        os.close(top)
    os.rmdir(path)


def _lifted(top: int, folder: str, number: int) -> int:
    """Empty one folder of the top: its files are removed, its folders moved to the top under new names."""
    os.chmod(folder, 0o700, dir_fd=top)
    inside = os.open(folder, _DIRECTORY, dir_fd=top)
    try:
        for name in os.listdir(inside):
            if not _unlinked(name, inside):
                number += 1
                os.chmod(name, 0o700, dir_fd=inside)
                os.rename(name, f".{os.urandom(4).hex()}{number}", src_dir_fd=inside, dst_dir_fd=top)
    finally:
        os.close(inside)
    os.rmdir(folder, dir_fd=top)
    return number


def _unlinked(name: str, folder: int) -> bool:
    """Remove an entry that is no folder; False for one that is."""
    try:
        os.unlink(name, dir_fd=folder)
    except (IsADirectoryError, PermissionError):
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            return False
        raise
    return True


def used(path: str, files: int, pid: int, uid: int | None = None) -> tuple[int, int]:
    """Bytes on disk and number of entries below `path`, with those that process `pid` holds open and has unlinked.

    Stops counting where there are more than `files`; a tree that cannot be walked (too deep, shut) counts as too
    many. `uid` is the process's: root without CAP_SYS_PTRACE may look at its files in no other name.
    """
    size, count, waiting = 0, 0, [path]
    while waiting and count <= files:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    found = entry.stat(follow_symlinks=False)
                    size += found.st_blocks * 512
                    if stat.S_ISDIR(found.st_mode):
                        waiting.append(entry.path)
        except OSError as error:
            if error.errno in (errno.ENAMETOOLONG, errno.EACCES):
                return size, files + 1
    try:
        return size + _unlinked_size(pid), count
    except PermissionError:
        if uid is None:
            return size, count
        own = os.getegid(), os.geteuid()
        LIBC.setfsgid(uid)
        LIBC.setfsuid(uid)
        try:
            return size + _unlinked_size(pid), count
        except PermissionError:
            return size, count
        finally:
            LIBC.setfsuid(own[1])
            LIBC.setfsgid(own[0])


def _unlinked_size(pid: int) -> int:
    """Raises PermissionError where the process may not be looked at."""
    size = 0
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                found = os.stat(entry.path)  # through the link, to the file that has no name any more
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                    size += found.st_blocks * 512
    except (FileNotFoundError, ProcessLookupError):
        return size  # it ended, or closed one while we looked
    return size
