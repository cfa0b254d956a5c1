"""User ids for runs: ids of nobody, a new one each time."""

from __future__ import annotations

import itertools
import os
import random
from functools import cache
from pathlib import Path

_FIRST, _COUNT = 0x6000_0000, 0x1000_0000  # above everything that systemd, containers and directories hand out
_FIRST_SMALL, _COUNT_SMALL = 60_000, 1_500  # where a container has 65,536 ids: above users, below nobody
_CAP_SYS_PTRACE = 19


@cache
def _range() -> tuple[int, int]:
    lines = [line.split() for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()]
    for first, _, count in lines:
        if int(first) <= _FIRST and int(first) + int(count) >= _FIRST + _COUNT:
            return _FIRST, _COUNT
    return _FIRST_SMALL, _COUNT_SMALL


_numbers = itertools.count(random.SystemRandom().randrange(_COUNT))


def fresh_uid() -> int:
    """An id of which no other run of this process is, and of which another process's hardly are."""
    first, count = _range()
    return first + next(_numbers) % count


def tasks_of(uid: int) -> int:
    """Processes and threads of a user, as RLIMIT_NPROC counts them."""
    total = 0
    with os.scandir("/proc") as entries:
        for entry in entries:
            try:
                if entry.name.isdigit() and entry.stat().st_uid == uid:
                    total += Path(entry.path, "task").stat().st_nlink - 2
            except OSError:
                continue  # it ended
    return total


def may_trace() -> bool:
    """Has this process CAP_SYS_PTRACE? Root in a container has not."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "CapEff":
            return bool(int(value, 16) >> _CAP_SYS_PTRACE & 1)
    return False
