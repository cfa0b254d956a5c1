"""Modes and times of a run's own files, changed for it by the supervisor.

Landlock does not look at these calls, so that the filter refuses them where the machine's files are in sight. What a
run asks for its own files is done here instead: on a path that the supervisor walks itself, from the box, following no
link. Nothing the run does meanwhile can lead it elsewhere.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
import time
from collections.abc import Callable
from pathlib import Path

CHMOD = ("chmod", "fchmodat", "fchmodat2")
EMULATED = (*CHMOD, "fchmod", "utimensat")
# Which argument is the mode, or points to the times.
_MODE = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2}
_NOW, _KEEP = 0x3FFFFFFF, 0x3FFFFFFE
_STEP = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


def change_mode(path: str, inside: tuple[str, ...], name: str, arguments: list[int]) -> int:
    """Change the mode of a file in one of the folders `inside`, without set-id bits; returns 0 or an errno."""
    mode = arguments[_MODE[name]] & 0o777
    return _on(path, inside, lambda place, _: Path(place).chmod(mode))


def change_times(path: str, inside: tuple[str, ...], times: bytes | None) -> int:
    """Set access and modification time as in struct timespec[2], None for now; returns 0 or an errno."""

    def act(place: str, found: os.stat_result) -> None:
        now = time.time_ns()
        pairs = ((0, _NOW), (0, _NOW)) if times is None else _pairs(times)
        old = (found.st_atime_ns, found.st_mtime_ns)
        new = [
            now if part == _NOW else kept if part == _KEEP else seconds * 1_000_000_000 + part
            for (seconds, part), kept in zip(pairs, old, strict=True)
        ]
        os.utime(place, ns=(new[0], new[1]))

    return _on(path, inside, act)


def _pairs(times: bytes) -> tuple[tuple[int, int], tuple[int, int]]:
    a, b, c, d = struct.unpack("<4q", times)
    return (a, b), (c, d)


def _on(path: str, inside: tuple[str, ...], act: Callable[[str, os.stat_result], None]) -> int:
    """Call `act(place, stat)` on a file below one of the folders, through a descriptor that was walked to."""
    root = next((top for top in inside if path == top or path.startswith(f"{top}/")), None)
    if root is None:
        return errno.EPERM
    try:
        here = os.open(root, _STEP | os.O_DIRECTORY)
        try:
            for part in filter(None, path[len(root) :].split("/")):
                there = os.open(part, _STEP, dir_fd=here)
                os.close(here)
                here = there
            found = os.fstat(here)
            if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
                return errno.EPERM
            act(f"/proc/self/fd/{here}", found)
        finally:
            os.close(here)
    except OSError as error:
        return error.errno or errno.EPERM
    return 0
