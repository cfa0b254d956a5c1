"""Connections of code in a container, as lines of JSON on its standard streams: the other end of `child.relay`."""

from __future__ import annotations

import base64
import queue
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from pytest_agentsafety.sandbox.proxy import Proxy

_PART = 1 << 15
_MOST = 64  # as in child/relay.py
_LARGEST = 1 << 17  # of a part that a container sends


class Carried:
    """Makes sockets for the proxy of what the container says. Nothing it says is trusted, and it never waits for it.

    A part is on its way until the other side says that it has taken it; a container that sends more has it dropped.
    """

    def __init__(self, proxy: Proxy, tell: Callable[[object], None]) -> None:
        self._proxy, self._tell = proxy, tell
        self._all: dict[int, _Wire] = {}

    def take(self, kind: str, number: object, data: bytes) -> None:
        """A message of one of the kinds "open", "data" and "more"."""
        if not isinstance(number, int):
            return
        if kind == "open":
            if number not in self._all and len(self._all) < _MOST * _MOST:
                self._all[number] = _Wire(number, self._proxy, self._tell)
        elif number in self._all and len(data) <= _LARGEST:
            self._all[number].take(kind, data)

    def close(self) -> None:
        for one in self._all.values():
            one.close()


class _Wire:
    """One connection: a thread for each direction."""

    def __init__(self, number: int, proxy: Proxy, tell: Callable[[object], None]) -> None:
        self._number, self._tell = number, tell
        self._end, theirs = socket.socketpair()
        self._parts: queue.Queue[bytes | None] = queue.Queue(maxsize=2)
        self._taken = threading.Semaphore(1)
        self._closed = False
        proxy.serve(theirs)
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._outwards, self._inwards)]
        for thread in self._threads:
            thread.start()

    def take(self, kind: str, data: bytes) -> None:
        if kind == "more":
            self._taken.release()
            return
        with suppress(queue.Full):  # it did not wait for our word
            self._parts.put_nowait(data)

    def close(self) -> None:
        """End both threads and wait for them."""
        self._closed = True
        with suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        while self._threads[0].is_alive():
            with suppress(queue.Full):
                self._parts.put(None, timeout=0.05)
            self._threads[0].join(0.05)
        self._taken.release()
        self._threads[1].join()
        self._end.close()

    def _outwards(self) -> None:
        """What the code sends, to the proxy."""
        while data := self._parts.get():
            with suppress(OSError):  # the proxy has ended it: the rest is taken and dropped
                self._end.sendall(data)
            self._say({"more": True})
        with suppress(OSError):
            self._end.shutdown(socket.SHUT_WR)

    def _inwards(self) -> None:
        """What the proxy sends, to the code."""
        while not self._closed:
            self._taken.acquire()
            try:
                data = self._end.recv(_PART)
            except OSError:
                data = b""
            self._say({"data": base64.b64encode(data).decode("ascii")})
            if not data:
                return

    def _say(self, message: Mapping[str, Any]) -> None:
        if not self._closed:
            self._tell({"id": self._number, **message})
