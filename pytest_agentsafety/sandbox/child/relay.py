"""Connections of the code, carried over a container's standard output and input: it has no other way out.

Each connection has at most one part of its data on the way in each direction, so that nothing piles up. For Python 3.8.
"""

from __future__ import annotations

import base64
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

# Where the code finds the proxy. Nothing of the machine listens there.
PROXY = ("127.0.0.1", 3128)
_PART = 1 << 15
_MOST = 64


class _Connection:
    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.rest = b""  # what the code has not taken yet
        self.waiting = False  # until the supervisor has taken the last part
        self.closing = False  # the supervisor sends no more
        self.silent = False  # the code sends no more


class Relay:
    """`say(kind, **more)` tells the supervisor; `hear` gets what it answers."""

    def __init__(self, say: Callable[..., None]) -> None:
        self._say = say
        self._all: dict[int, _Connection] = {}
        self._next = 0

    def add(self, end: socket.socket) -> None:
        """Take over the end of a pair that is not the code's."""
        if len(self._all) >= _MOST:
            end.close()
            return
        end.setblocking(False)
        self._next += 1
        self._all[self._next] = _Connection(end)
        self._say("open", id=self._next)

    def wanted(self) -> Iterable[tuple[int, bool, bool]]:
        """(descriptor, is anything expected from it, is anything to be written)."""
        for one in self._all.values():
            reads, writes = not one.waiting and not one.silent, bool(one.rest)
            if reads or writes:
                yield one.end.fileno(), reads, writes

    def ready(self, file: int) -> None:
        """The descriptor may be read from or written to."""
        for number, one in list(self._all.items()):
            if one.end.fileno() == file:
                if one.rest:
                    self._write(number, one)
                if not one.waiting and not one.silent:
                    self._read(number, one)
                self._end(number, one)
                return

    def hear(self, message: dict[str, Any]) -> None:
        """{"id", "data"} from outside, "" for its end, or {"id", "more"}: the last part is taken."""
        one = self._all.get(message.get("id", 0))
        if one is None:
            return
        if "more" in message:
            one.waiting = False
        elif message["data"]:
            one.rest = base64.b64decode(message["data"])
            self._write(message["id"], one)
        else:
            one.closing = True
        self._end(message["id"], one)

    def _read(self, number: int, one: _Connection) -> None:
        try:
            data = one.end.recv(_PART)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        one.waiting, one.silent = bool(data), not data
        self._say("data", id=number, data=base64.b64encode(data).decode("ascii"))

    def _write(self, number: int, one: _Connection) -> None:
        try:
            one.rest = one.rest[one.end.send(one.rest) :]
        except BlockingIOError:
            return
        except OSError:
            one.rest = b""  # the code has closed it
        if not one.rest:
            self._say("more", id=number)

    def _end(self, number: int, one: _Connection) -> None:
        if one.closing and not one.rest:
            try:
                one.end.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it is gone already
            if one.silent:
                one.end.close()
                del self._all[number]
