"""Create and open files for writing under a root: never a hook, never an executable, never through a dangling link."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pytest_agentsafety.permissions.beneath import CAREFUL, encoded, resolve_beneath
from pytest_agentsafety.permissions.hooks import hook_reason
from pytest_agentsafety.permissions.real_names import real_name
from pytest_agentsafety.permissions.walk import O_LOOK

# What a new file may at most be: no executable bits, no set-user-id.
_NEW_FILE_BITS = 0o666
_EXECUTABLE = 0o111
_TRIES = 4


class HookError(PermissionError):
    """The file is one that something runs by itself later, or a program."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(errno.EPERM, reason, path)


def writes(flags: int) -> bool:
    """Do these `os.open` flags change anything?"""
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND))


def refuse_hook(name: str, path: str, meant: str) -> None:
    """Raise HookError when the file really called `name` (asked for as `path`) may not be written."""
    why = hook_reason(name, meant)
    if why is not None:
        raise HookError(why, path)


def refuse_changed(descriptor: int, path: str, meant: str) -> None:
    """Raise OSError when the open file may not be written: a hook, a program, or no longer there."""
    refuse_hook(real_name(descriptor), path, meant)
    info = os.fstat(descriptor)
    if info.st_nlink == 0:  # its name is gone, so the look at it meant nothing
        raise OSError(errno.ESTALE, "the file was removed while it was being opened", path)
    if info.st_mode & _EXECUTABLE:
        raise HookError("is an executable file; tools may not change programs", path)


def _create(root: Path, path: str, flags: int, mode: int, meant: str) -> int:
    name = path.rsplit("/", 1)[-1]
    if name in ("", ".", ".."):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    folder = resolve_beneath(root, path[: -len(name)] or ".", O_LOOK | os.O_DIRECTORY)
    try:
        refuse_hook(f"{real_name(folder)}/{name}", path, meant)
        flags |= os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(name, flags, mode & _NEW_FILE_BITS, dir_fd=folder)
    finally:
        os.close(folder)


def open_or_create(root: Path, path: str, flags: int, mode: int, meant: str) -> int:
    """A descriptor for an existing file, or for a new one in an existing folder. Nothing is truncated.

    Creating is a step of its own, by name in an open folder, so that what is created is known before it is there.
    """
    encoded(path)
    bare = (flags & ~(os.O_TRUNC | os.O_CREAT | os.O_EXCL)) | CAREFUL
    for _ in range(_TRIES):
        if not flags & os.O_EXCL:
            try:
                return resolve_beneath(root, path, bare)
            except FileNotFoundError:
                if not flags & os.O_CREAT:
                    raise
        try:
            return _create(root, path, bare, mode, meant)
        except FileExistsError:
            if flags & os.O_EXCL:
                raise
    raise OSError(errno.ELOOP, "a symbolic link that leads nowhere, or a name that keeps changing", path)
