"""Open a path so that it cannot lead out of a root, whatever links and races it meets on the way.

Linux does it in the kernel (`openat2` with RESOLVE_BENEATH, openat2(2)); elsewhere, and where the call is missing or
filtered, `walk_beneath` takes the components one by one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import stat
import sys
from functools import cache
from pathlib import Path

from pytest_agentsafety.permissions.real_names import real_name
from pytest_agentsafety.permissions.walk import O_LOOK, walk_beneath, walk_plain

_SYS_OPENAT2 = 437
_MACHINES = frozenset({"x86_64", "aarch64"})
_RESOLVE_NO_MAGICLINKS = 0x02
_RESOLVE_NO_SYMLINKS = 0x04
_RESOLVE_BENEATH = 0x08
_HERE = -100  # AT_FDCWD
_BENEATH = _RESOLVE_BENEATH | _RESOLVE_NO_MAGICLINKS
_PATH_MAX = 4096
# The kernel gives up with EAGAIN when a rename anywhere raced with a ".."; a few tries are what its manual advises.
_TRIES = 16
# Nothing we open may block on a pipe or become our terminal. openat2 refuses these flags together with O_PATH.
CAREFUL = os.O_NONBLOCK | os.O_NOCTTY


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _openat2(directory: int, path: bytes, flags: int, mode: int, resolve: int = _BENEATH) -> int:
    how = _OpenHow(flags, mode if flags & os.O_CREAT else 0, resolve)
    for _ in range(_TRIES):
        ctypes.set_errno(0)
        got: int = _libc().syscall(
            ctypes.c_long(_SYS_OPENAT2),
            ctypes.c_int(directory),
            ctypes.c_char_p(path),
            ctypes.byref(how),
            ctypes.c_size_t(ctypes.sizeof(how)),
        )
        if got >= 0:
            return got
        code = ctypes.get_errno()
        if code not in (errno.EAGAIN, errno.EINTR):
            raise OSError(code, os.strerror(code), os.fsdecode(path))
    raise OSError(errno.EAGAIN, "the path kept changing while it was being opened", os.fsdecode(path))


@cache
def has_openat2() -> bool:
    """Does this machine let us call openat2? Old kernels say ENOSYS, old container filters EPERM."""
    if not sys.platform.startswith("linux") or platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return False
    root = os.open("/", O_LOOK | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.close(_openat2(root, b".", O_LOOK | os.O_CLOEXEC, 0))
    except OSError:
        return False
    finally:
        os.close(root)
    return True


def encoded(path: str) -> bytes:
    """The bytes the kernel will see. A NUL would cut the path short after it was checked, so it is refused here."""
    try:
        raw = os.fsencode(path)
    except UnicodeEncodeError:
        raise OSError(errno.EILSEQ, "the path is not valid text", path) from None
    if not raw:
        raise OSError(errno.ENOENT, "the path is empty", path)
    if b"\0" in raw:
        raise OSError(errno.EINVAL, "the path contains a NUL character", path)
    if len(raw) >= _PATH_MAX:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
    return raw


def _open_root(root: Path) -> int:
    """The root itself, which must be spelled without links: one that turned into a link is not followed."""
    flags = O_LOOK | os.O_DIRECTORY | os.O_CLOEXEC
    if has_openat2():
        return _openat2(_HERE, os.fsencode(root), flags, 0, _RESOLVE_NO_SYMLINKS)
    return walk_plain(root, flags)


def resolve_beneath(root: Path, path: str, flags: int, mode: int = 0o600) -> int:
    """A descriptor for `path`, relative to the directory `root`, without looking at what kind of file it is.

    `root` is a resolved path (os.path.realpath). Raises OSError: EXDEV when the path leads out, ELOOP for loops, magic
    links and a root that has links in it, else as open(2).
    """
    raw = encoded(path)
    directory = _open_root(root)
    try:
        opener = _openat2 if has_openat2() else walk_beneath
        return opener(directory, raw, flags | os.O_CLOEXEC, mode)
    finally:
        os.close(directory)


def look_beneath(root: Path, path: str, *, follow: bool = True) -> os.stat_result:
    """What stands at `path`, with nothing opened for reading or writing. Raises OSError as `resolve_beneath`."""
    descriptor = resolve_beneath(root, path, O_LOOK | (0 if follow else os.O_NOFOLLOW))
    try:
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def locate_beneath(root: Path, path: str) -> tuple[os.stat_result, str]:
    """What stands at `path`, and its real name with all links resolved. Raises OSError as `resolve_beneath`."""
    descriptor = resolve_beneath(root, path, O_LOOK)
    try:
        return os.fstat(descriptor), real_name(descriptor)
    finally:
        os.close(descriptor)


def refuse_special(info: os.stat_result, path: str) -> None:
    """Raise OSError unless it is a regular file with a single name: devices and pipes block, hard links lead out."""
    if not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", path)
    if info.st_nlink > 1:
        raise OSError(errno.EMLINK, "the file has other names (hard links), some may be outside", path)
