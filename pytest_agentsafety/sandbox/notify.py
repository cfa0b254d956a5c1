"""System calls that the filter asks about: refused ones are answered and noted, others looked at or done for it."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pytest_agentsafety.sandbox.filter import WATCHED, refused_with
from pytest_agentsafety.sandbox.metadata import EMULATED, change_mode, change_times
from pytest_agentsafety.sandbox.proxy import Proxy
from pytest_agentsafety.sandbox.result import Violation
from pytest_agentsafety.sandbox.sockets import ProxySockets
from pytest_agentsafety.sandbox.syscalls import machine, words

_RECEIVE, _SEND, _SET_FLAGS = 0xC0502100, 0xC0182101, 0x40082104
_NOTICE, _ANSWER = "<QIIiIQ6Q", "<QqiI"
_CONTINUE, _SYNCHRONOUS = 1, 1
_MOST = 200  # noted in a run; what comes after is refused all the same
_AT_CWD = -100
# Where each call has its paths: (directory argument or None, path argument).
_PATHS: dict[str, tuple[tuple[int | None, int], ...]] = {
    **dict.fromkeys(words("""
open creat unlink mkdir rmdir truncate chmod chown lchown utime utimes mknod setxattr getxattr lgetxattr
lsetxattr removexattr listxattr llistxattr execve chroot statfs swapon acct uselib
"""), ((None, 0),)),
    **dict.fromkeys(words("""
openat openat2 unlinkat mkdirat fchmodat fchmodat2 fchownat utimensat futimesat mknodat execveat
name_to_handle_at open_tree
"""), ((0, 1),)),
    **dict.fromkeys(words("""
rename link mount pivot_root
"""), ((None, 0), (None, 1))),
    **dict.fromkeys(words("""
renameat renameat2 linkat
"""), ((0, 1), (2, 3))),
    "symlink": ((None, 1),),
    "symlinkat": ((1, 2),),
    "inotify_add_watch": ((None, 1),),
    "umount2": ((None, 0),),
}  # fmt: skip
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
        try:
            import fcntl

            fcntl.ioctl(self.listener, _SET_FLAGS, _SYNCHRONOUS)
        except OSError:
            pass  # an older kernel: only slower

    def to_proxy(self, proxy: Proxy) -> None:
        """Give the code what it takes for sockets of the network."""
        self._sockets = ProxySockets(self.listener, proxy, _memory)

    def serve(self) -> bool:
        """Answer one notice; False when there will be none any more."""
        import fcntl

        buffer = bytearray(struct.calcsize(_NOTICE))
        try:
            fcntl.ioctl(self.listener, _RECEIVE, buffer)
        except OSError as error:
            return error.errno in (errno.EINTR, errno.ENOENT)  # ENOENT: it was killed while it asked
        key, pid, _, number, _, _, *arguments = struct.unpack(_NOTICE, buffer)
        name = self._names.get(number)
        refusal, value = refused_with(name), 0
        try:
            with _in_the_name_of(self.uid):
                given = None if self._sockets is None else self._sockets.answer(name or "", key, pid, arguments)
                if given is not None:
                    value, refusal = max(0, given[0]), max(0, -given[0])
                    if given[1] is not None:
                        self._add(Violation(syscall=name or "", path=given[1]))
                elif name not in EMULATED or (refusal := self._changed(name, pid, arguments)) == errno.EPERM:
                    self._note(name, number, pid, arguments)
        except (OSError, ValueError):
            if name not in WATCHED:
                self._add(Violation(syscall=name or f"syscall_{number}"))
        if name in WATCHED:
            answer = struct.pack(_ANSWER, key, 0, 0, _CONTINUE)
        else:
            answer = struct.pack(_ANSWER, key, value, -refusal, 0)
        try:
            fcntl.ioctl(self.listener, _SEND, answer)
        except OSError as error:
            return error.errno == errno.ENOENT
        return True

    def _changed(self, name: str, pid: int, arguments: list[int]) -> int:
        """Change a file's mode or times for the process, if it is one of its own; returns 0 or an errno."""
        if name == "fchmod" or (name == "utimensat" and not arguments[1]):
            path: str | None = _folder(pid, arguments[0])
        else:
            path = self._absolute(pid, arguments, (None, 0) if name == "chmod" else (0, 1))
        if path is None:
            return errno.EFAULT
        if name != "utimensat":
            return change_mode(path, self.inside, name, arguments)
        times = _memory(pid, arguments[2], 32) if arguments[2] else None
        return change_times(path, self.inside, times)

    def _note(self, name: str | None, number: int, pid: int, arguments: list[int]) -> None:
        if len(self.violations) >= _MOST:
            return
        places = _PATHS.get(name or "", ())
        paths = [self._absolute(pid, arguments, place) for place in places]
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

    def _absolute(self, pid: int, arguments: list[int], place: tuple[int | None, int]) -> str | None:
        directory, argument = place
        text = _text(pid, arguments[argument])
        if text is None:
            return None
        if not text.startswith("/"):
            text = f"{_folder(pid, None if directory is None else arguments[directory])}/{text}"
        path = os.path.normpath(text)
        own = f"/proc/{pid}/"
        return f"/proc/self/{path[len(own) :]}" if path.startswith(own) else path


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


def _folder(pid: int, descriptor: int | None) -> str:
    """The folder that a relative path starts from."""
    signed = _AT_CWD if descriptor is None else (descriptor & 0xFFFFFFFF ^ 0x80000000) - 0x80000000
    return os.readlink(f"/proc/{pid}/cwd" if signed == _AT_CWD else f"/proc/{pid}/fd/{signed}")  # noqa: PTH115


def _text(pid: int, address: int) -> str | None:
    """The string at an address of the process; None for one that is not there. Raises OSError."""
    if not address:
        return None
    data = _memory(pid, address, 4096 - address % 4096)
    if b"\0" not in data:
        data += _memory(pid, address + len(data), 4096)
    return os.fsdecode(data.split(b"\0", 1)[0])


def _memory(pid: int, address: int, size: int) -> bytes:
    """Bytes of the process's memory. Raises OSError."""
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(memory, size, address)
    finally:
        os.close(memory)
