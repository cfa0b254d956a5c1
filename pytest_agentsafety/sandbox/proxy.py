"""The proxy of a run: HTTP and CONNECT, to what the rule allows and nowhere else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.sandbox.exits import ExitRefusedError, Exits
from pytest_agentsafety.sandbox.requests import END, MOST, BadRequestError, ProxyRequest, read_request
from pytest_agentsafety.sandbox.result import Violation

AT_ONCE = 32  # connections of a run
_MOST_NOTED = 200
_CONNECT_SECONDS = 20.0
_PART = 1 << 16
_WORDS = {400: "Bad Request", 403: "Forbidden", 405: "Method Not Allowed", 411: "Length Required", 502: "Bad Gateway"}


class Proxy:
    """Serves connected sockets that lead to the code, a thread each (two in a tunnel). Used for one run.

    `seconds` is when all of it ends, however busy it is.
    """

    def __init__(self, exits: Exits, seconds: float) -> None:
        self._exits = exits
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._refused: dict[Violation, None] = {}
        self._closed = False

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Where the code wanted to go and may not, each place once, in order."""
        with self._lock:
            return tuple(self._refused)

    def serve(self, client: socket.socket) -> bool:
        """Take over a connection; False (and it is closed) where there are too many, or the run is over."""
        with self._lock:
            if self._closed or len(self._threads) >= AT_ONCE:
                client.close()
                return False
            thread = threading.Thread(target=self._serve, args=(client,), name="agentsafety-proxy", daemon=True)
            self._threads.add(thread)
        thread.start()
        return True

    def close(self) -> None:
        """End all connections; nothing of them is left when this returns."""
        with self._lock:
            self._closed = True
            for one in self._open:
                _shut(one)
            threads = list(self._threads)
        for thread in threads:
            thread.join(_CONNECT_SECONDS)

    def _serve(self, client: socket.socket) -> None:
        try:
            with self._kept(client):
                self._answer(client)
        except OSError:
            pass  # either side is gone, or time is up: there is nobody to tell
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _answer(self, client: socket.socket) -> None:
        try:
            found = _head(client)
            if found is None:
                return  # a connection that says nothing
            head, rest = found
            request = read_request(head)
            upstream, understood = self._opened(request)
        except BadRequestError as error:
            _say(client, error.status, str(error))
            return
        with self._kept(upstream):
            if request.tunnel:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _both_ways(client, upstream, rest)
            else:
                upstream.sendall(request.head(understood))
                _body(client, upstream, rest, request.length)
                _pass_on(upstream, client)

    def _opened(self, request: ProxyRequest) -> tuple[socket.socket, str]:
        try:
            return self._exits.open(request.url, min(_CONNECT_SECONDS, self._left()))
        except ExitRefusedError as error:
            self._note(Violation(syscall="connect", path=request.where))
            raise BadRequestError(403, str(error)) from None
        except OSError as error:
            raise BadRequestError(502, str(error)) from None

    def _note(self, violation: Violation) -> None:
        with self._lock:
            if len(self._refused) < _MOST_NOTED:
                self._refused[violation] = None

    def _left(self) -> float:
        return max(0.1, self._end - time.monotonic())

    @contextmanager
    def _kept(self, one: socket.socket) -> Iterator[None]:
        """Known to `close` while it is open, and closed afterwards."""
        one.settimeout(self._left())
        with self._lock:
            self._open.add(one)
            if self._closed:
                _shut(one)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(one)
            one.close()


def _head(client: socket.socket) -> tuple[bytes, bytes] | None:
    """Everything up to the empty line, and what came behind it; None for a connection that ended before."""
    data = b""
    while END not in data:
        if len(data) > MOST:
            raise BadRequestError(400, f"the head of the request is over {MOST >> 10} KB")
        part = client.recv(_PART)
        if not part:
            return None
        data += part
    head, _, rest = data.partition(END)
    return head + END, rest


def _say(client: socket.socket, status: int, reason: str) -> None:
    """An answer of ours. The reason stands in the status line too, which is all that libraries tell of a tunnel."""
    shown = one_line(reason, 300).encode("ascii", "replace").decode("ascii")
    text = f"{_WORDS.get(status, 'Refused')}: {shown}\n"
    head = f"HTTP/1.1 {status} {text.rstrip()}\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n"
    client.sendall(f"{head}Connection: close\r\n\r\n{text}".encode("ascii"))


def _body(client: socket.socket, upstream: socket.socket, data: bytes, left: int) -> None:
    """Exactly as much as was announced: what comes behind it is no request of this connection."""
    while left:
        data = data or client.recv(min(_PART, left))
        if not data:
            return
        upstream.sendall(data[:left])
        left -= min(left, len(data))
        data = b""


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(_PART):
        target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _both_ways(client: socket.socket, upstream: socket.socket, data: bytes) -> None:
    upstream.sendall(data)

    def back() -> None:
        try:
            _pass_on(upstream, client)
        except OSError:
            _shut(client)

    thread = threading.Thread(target=back, name="agentsafety-proxy-back", daemon=True)
    thread.start()
    try:
        _pass_on(client, upstream)
    except OSError:
        _shut(upstream)
    finally:
        thread.join()


def _shut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
