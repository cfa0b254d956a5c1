"""Upstreams that a test holds in its hands: a stream that goes on when it is told to, a proxy, a TLS front."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Literal

Handler = Callable[[socket.socket, bytes], None]


class RawServer:
    """`with RawServer(handler) as server:` calls `handler(connection, head)` in a thread for each connection."""

    def __init__(self, handler: Handler, *, tls: ssl.SSLContext | None = None) -> None:
        self._handler, self._tls = handler, tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.heads: list[bytes] = []

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> RawServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                head = read_head(connection)
                self.heads.append(head)
                self._handler(connection, head)


def read_head(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            raise OSError("closed")
        got += piece
    return got


def read_body(connection: socket.socket, got: bytes) -> None:
    """Take the rest of a request of which `got` was read. Closing on it would throw away what was answered."""
    head, _, body = got.partition(b"\r\n\r\n")
    (length,) = re.findall(rb"(?i)\r\ncontent-length: *(\d+)", head)
    missing = int(length) - len(body)
    while missing > 0:
        piece = connection.recv(missing)
        if not piece:
            raise OSError("closed")
        missing -= len(piece)


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def tunnel(client: socket.socket, port: int, first: bytes = b"") -> None:
    """Pass bytes both ways between `client` and a port on this machine."""
    with socket.create_connection(("127.0.0.1", port)) as target:
        target.sendall(first)
        back = threading.Thread(target=pump, args=(target, client), daemon=True)
        back.start()
        pump(client, target)
        back.join()


class Trickle:
    """A handler that streams one event after another, each when the test says `go`.

    `then`: it ends the stream, cuts it, or waits for the client to go away (`gone` is set).
    """

    def __init__(self, *events: bytes, then: Literal["end", "cut", "wait"] = "end") -> None:
        self._events, self._then = events, then
        self.go = threading.Semaphore(0)
        self.gone = threading.Event()

    def __call__(self, connection: socket.socket, head: bytes) -> None:
        read_body(connection, head)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        for event in self._events:
            self.go.acquire()
            connection.sendall(b"%x\r\n%s\r\n" % (len(event), event))
        if self._then == "end":
            connection.sendall(b"0\r\n\r\n")
        elif self._then == "wait":
            connection.settimeout(20)
            with suppress(ConnectionError):
                while connection.recv(65536):
                    pass
            self.gone.set()
