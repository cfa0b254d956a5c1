"""Sockets for code that may reach the proxy: it asks for one of the network and gets one end of a pair of ours.

No socket of the network is ever in its hands, so there is nothing that a fast open, a datagram or an address family
could be tried with. `connect` is answered by the listener: to the proxy's address it has nothing left to do, to any
other it is refused. For the native backend and for containers, as `notices` is.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct

from pytest_agentsafety.sandbox.child import notices
from pytest_agentsafety.sandbox.child.relay import PROXY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_OWN = ("127.0.0.1", 40000)  # what a socket is told of itself
_ADD_DESCRIPTOR = 0x40182103
_INET, _INET6, _STREAM, _KIND, _TCP = 2, 10, 1, 0xF, 6
_NAMES = {1: "unix", _INET: "inet", _INET6: "inet6", 16: "netlink", 17: "packet"}
_KINDS = {1: "stream", 2: "datagram", 3: "raw"}


class ProxySockets:
    """Answers what the filter asks its `listener` about sockets; `serve` gets the end of a pair that is ours."""

    def __init__(self, listener: int, serve: Callable[[socket.socket], object]) -> None:
        self.listener, self.serve = listener, serve
        self._given: set[str] = set()  # as /proc names them

    def answer(self, name: str, key: int, pid: int, arguments: list[int]) -> tuple[int | None, str | None] | None:
        """(what the call returns, below 0 an errno; what it was about if it is refused); None: not ours.

        Returns None for what the kernel may answer itself.
        """
        if name == "socket":
            return self._socket(key, arguments)
        if name == "connect":
            return self._connect(pid, arguments)
        if name in ("getpeername", "getsockname"):
            return self._name(key, pid, arguments, PROXY if name == "getpeername" else _OWN), None
        if name in ("setsockopt", "getsockopt") and arguments[1] == _TCP:
            return (0 if name == "setsockopt" else -errno.ENOPROTOOPT), None  # how fast, never where to
        return None

    def _socket(self, key: int, arguments: list[int]) -> tuple[int, str | None]:
        family, kind, protocol = arguments[0], arguments[1], arguments[2]
        if family != _INET or kind & _KIND != _STREAM or protocol not in (0, _TCP):
            shown = _KINDS.get(kind & _KIND, str(kind & _KIND))
            refusal = errno.EAFNOSUPPORT if family == _INET6 else errno.EPERM
            return -refusal, f"{_NAMES.get(family, family)} {shown}"
        ours, theirs = socket.socketpair()
        try:
            inode = os.fstat(theirs.fileno()).st_ino
            theirs.setblocking(not kind & socket.SOCK_NONBLOCK)
            number = self._handed(key, theirs.fileno(), os.O_CLOEXEC if kind & socket.SOCK_CLOEXEC else 0)
        except OSError as error:
            ours.close()
            return -(error.errno or errno.EPERM), None
        finally:
            theirs.close()
        self._given.add(f"socket:[{inode}]")
        self.serve(ours)  # one too many finds its connection closed
        return number, None

    def _handed(self, key: int, file: int, flags: int) -> int:
        """A copy of a descriptor in the process that asks; returns its number there. Raises OSError."""
        request = bytearray(struct.pack("<QIIII", key, 0, file, 0, flags))
        return int(fcntl.ioctl(self.listener, _ADD_DESCRIPTOR, request))

    def _name(self, key: int, pid: int, arguments: list[int], address: tuple[str, int]) -> int | None:
        """Write the address of a socket's end, as if it were one of the network; None for any other socket."""
        file = arguments[0] & 0xFFFFFFFF
        if os.readlink(f"/proc/{pid}/fd/{file}") not in self._given:
            return None
        room = min(int.from_bytes(notices.memory(pid, arguments[2], 4), "little"), 1 << 16)
        data = struct.pack("=H", _INET) + address[1].to_bytes(2, "big") + socket.inet_aton(address[0]) + bytes(8)
        notices.write(self.listener, key, pid, arguments[1], data[:room])
        notices.write(self.listener, key, pid, arguments[2], len(data).to_bytes(4, "little"))
        return 0

    def _connect(self, pid: int, arguments: list[int]) -> tuple[int, str | None]:
        size = arguments[2] & 0xFFFFFFFF
        if not 2 <= size <= 128:
            return -errno.EINVAL, None
        data = notices.memory(pid, arguments[1], size)
        where = _shown(data)
        if where == f"{PROXY[0]}:{PROXY[1]}":
            return 0, None
        return -errno.EPERM, where


def _shown(data: bytes) -> str:
    """An address as text."""
    family = int.from_bytes(data[:2], "little")
    if family == _INET and len(data) >= 8:
        return f"{socket.inet_ntop(socket.AF_INET, data[4:8])}:{int.from_bytes(data[2:4], 'big')}"
    if family == _INET6 and len(data) >= 24:
        return f"[{socket.inet_ntop(socket.AF_INET6, data[8:24])}]:{int.from_bytes(data[2:4], 'big')}"
    return _NAMES.get(family, f"address family {family}")
