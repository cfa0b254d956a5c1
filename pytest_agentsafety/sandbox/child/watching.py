"""What process 1 of a container looks at while code runs: refused calls, processes, memory. For Python 3.8."""

from __future__ import annotations

import os

from pytest_agentsafety.sandbox.child import notices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pytest_agentsafety.sandbox.child.sockets import ProxySockets

LOOK_MS = 20
_MOST = 200
_EPERM, _ENOSYS = 1, 38
_OWN = ("/box/",)
# Where the kernel counts how often this container ran out of memory: its own group, in both versions.
_EVENTS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


class Notes:
    """Answers the filter and tells the supervisor of what was refused, each call and path once.

    `tables`: "names" (number to name), "errno" (name to error number), "watched" (names that are only looked at),
    "paths" (name to the places of its paths).
    """

    def __init__(self, tables: dict[str, Any], say: Callable[..., None]) -> None:
        self._tables, self._say = tables, say
        self._seen: set[tuple[str, str | None]] = set()

    def serve(self, listener: int, sockets: ProxySockets | None) -> bool:
        """Answer one notice; False when there will be none any more."""
        try:
            key, pid, number, arguments = notices.receive(listener)
        except OSError as error:
            return notices.goes_on(error)
        known = self._tables["names"].get(str(number))
        name = f"syscall_{number}" if known is None else known
        watched = name in self._tables["watched"]
        value: int | None = -(_ENOSYS if known is None else self._tables["errno"].get(name, _EPERM))
        try:
            given = None if sockets is None else sockets.answer(name, key, pid, arguments)
            if given is None:
                self._note(name, pid, arguments, watched)
            else:
                value = given[0]
                if given[1] is not None:
                    self._add(name, given[1])
        except (OSError, ValueError):
            if not watched:
                self._add(name, None)
        return notices.let(listener, key) if watched else notices.answer(listener, key, value)

    def _note(self, name: str, pid: int, arguments: list[int], watched: bool) -> None:
        places = self._tables["paths"].get(name, ())
        paths = [path for path in (notices.absolute(pid, arguments, place) for place in places) if path is not None]
        if not watched:
            self._add(name, paths[0] if paths else None)
        for path in paths if watched else ():
            if not f"{path}/".startswith(_OWN) and not path.startswith("/dev/"):
                self._add(name, path)

    def _add(self, name: str, path: str | None) -> None:
        if (name, path) not in self._seen and len(self._seen) < _MOST:
            self._seen.add((name, path))
            self._say("note", syscall=name, path=path)


def end_first() -> None:
    """Let the kernel choose this process and its children, not process 1, when the container runs out of memory."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
    except OSError:
        return  # then the largest is ended, which process 1 is not


def oom_kills() -> int:
    """How many processes of this container the kernel has ended for want of memory; 0 where it does not tell."""
    for path in _EVENTS:
        try:
            with open(path, encoding="ascii") as file:
                counts = dict(line.split() for line in file)
        except (OSError, ValueError):
            continue
        return int(counts.get("oom_kill", 0))
    return 0


def bury(main: int) -> int | None:
    """Wait for all that have ended; the wait status of the process `main` if it has."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == main:
            found = status


def memory_of_all() -> int:
    """Bytes of memory of all processes but this one; pages that a fork shares count for each, mapped files for none."""
    pages = 0
    for name in os.listdir("/proc"):
        if name.isdigit() and name != "1":
            try:
                with open(f"/proc/{name}/statm", encoding="ascii") as file:
                    _, resident, shared, *_ = map(int, file.read().split())
            except (OSError, ValueError):
                continue  # it ended
            pages += resident - shared
    return pages * os.sysconf("SC_PAGE_SIZE")
