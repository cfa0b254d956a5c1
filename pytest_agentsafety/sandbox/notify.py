"""System calls that the filter asks about: refused ones are answered and noted, others looked at or done for it."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pytest_agentsafety.sandbox.call_paths import PATHS
from pytest_agentsafety.sandbox.child import notices
from pytest_agentsafety.sandbox.child.sockets import ProxySockets
from pytest_agentsafety.sandbox.filter import WATCHED, refused_with
from pytest_agentsafety.sandbox.metadata import EMULATED, change_mode, change_times
from pytest_agentsafety.sandbox.proxy import Proxy
from pytest_agentsafety.sandbox.result import Violation
from pytest_agentsafety.sandbox.syscalls import machine, words

_MOST = 200  # noted in a run; what comes after is refused all the same
# Libraries ask here how many processors and how much memory there are, and do without an answer.
_NOT_WORTH_NOTING = words("""
/sys/devices/system/cpu /sys/devices/system/node /proc/stat /proc/meminfo /proc/cpuinfo
/usr/lib/ssl /etc/ssl/openssl.cnf /proc/sys/vm/overcommit_memory /sys/fs/cgroup /proc/self
""")
_READ_ONLY_FLAGS = {"open": 1, "openat": 2}  # argument with the flags
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass
class Notifier:
    """Serves one listener. `inside` may be read and written, `readable` only read; both are absolute folders.

    `uid` is the process's, where it can be read in that name alone.
    """

    listener: int
    inside: tuple[str, ...]
    readable: tuple[str, ...]
    uid: int | None = None
    violations: list[Violation] = field(default_factory=list)

    def __post_init__(self) -> None:
        tables = machine(os.uname().machine)
        self._names = {} if tables is None else tables.names
        self._seen: set[Violation] = set()
        self._sockets: ProxySockets | None = None
        notices.be_quick(self.listener)

    def to_proxy(self, proxy: Proxy) -> None:
        """Give the code what it takes for sockets of the network."""
        self._sockets = ProxySockets(self.listener, proxy.serve)

    def serve(self) -> bool:
        """Answer one notice; False when there will be none any more."""
        try:
            key, pid, number, arguments = notices.receive(self.listener)
        except OSError as error:
            return notices.goes_on(error)
        name = self._names.get(number)
        value: int | None = -refused_with(name)
        try:
            with _in_the_name_of(self.uid):
                value = self._looked_at(name, number, key, pid, arguments)
        except (OSError, ValueError):
            if name not in WATCHED:
                self._add(Violation(syscall=name or f"syscall_{number}"))
        if name in WATCHED:
            return notices.let(self.listener, key)
        return notices.answer(self.listener, key, value)

    def _looked_at(self, name: str | None, number: int, key: int, pid: int, arguments: list[int]) -> int | None:
        """What the call returns, below 0 a negative errno, None to make it; a refusal is noted. Raises OSError."""
        given = None if self._sockets is None else self._sockets.answer(name or "", key, pid, arguments)
        if given is not None:
            if given[1] is not None:
                self._add(Violation(syscall=name or "", path=given[1]))
            return given[0]
        if name in EMULATED:
            refusal = self._changed(name, pid, arguments)
            if refusal != errno.EPERM:
                return -refusal
        self._note(name, number, pid, arguments)
        return -refused_with(name)

    def _changed(self, name: str, pid: int, arguments: list[int]) -> int:
        """Change a file's mode or times for the process, if it is one of its own; returns 0 or an errno."""
        if name == "fchmod" or (name == "utimensat" and not arguments[1]):
            path: str | None = notices.folder(pid, arguments[0])
        else:
            path = notices.absolute(pid, arguments, (None, 0) if name == "chmod" else (0, 1))
        if path is None:
            return errno.EFAULT
        if name != "utimensat":
            return change_mode(path, self.inside, name, arguments)
        times = notices.memory(pid, arguments[2], 32) if arguments[2] else None
        return change_times(path, self.inside, times)

    def _note(self, name: str | None, number: int, pid: int, arguments: list[int]) -> None:
        if len(self.violations) >= _MOST:
            return
        places = PATHS.get(name or "", ())
        paths = [notices.absolute(pid, arguments, place) for place in places]
        if name not in WATCHED:
            self._add(Violation(syscall=name or f"syscall_{number}", path=_first(paths)))
            return
        reads = _reads_only(name, arguments)
        allowed = (*self.inside, *self.readable, *_NOT_WORTH_NOTING) if reads else self.inside
        for path in paths:
            if path is None or any(path == top or path.startswith(f"{top}/") for top in allowed):
                continue
            if not reads or os.path.lexists(path):  # libraries are looked for in many places where they are not
                self._add(Violation(syscall=name, path=path))

    def _add(self, violation: Violation) -> None:
        if violation not in self._seen and len(self.violations) < _MOST:
            self._seen.add(violation)
            self.violations.append(violation)


@contextmanager
def _in_the_name_of(uid: int | None) -> Iterator[None]:
    """This thread looks at files as another user: the only way for root without CAP_SYS_PTRACE to read its process."""
    if uid is None:
        yield
        return
    libc, group, user = ctypes.CDLL(None), os.getegid(), os.geteuid()
    libc.setfsgid(uid)
    libc.setfsuid(uid)
    try:
        yield
    finally:
        libc.setfsuid(user)
        libc.setfsgid(group)


def _first(paths: list[str | None]) -> str | None:
    return next((path for path in paths if path is not None), None)


def _reads_only(name: str, arguments: list[int]) -> bool:
    place = _READ_ONLY_FLAGS.get(name)
    return place is not None and not arguments[place] & _WRITING
