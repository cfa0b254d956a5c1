"""One request to one checked address. Imported only when a request is made: it needs httpx2 and httpcore2.

The connection goes to the address; the name stays in the Host header, in TLS SNI and in the certificate check.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore2
import httpx2

from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.permissions.hosts import Address
from pytest_agentsafety.permissions.http.body import read_body, too_large
from pytest_agentsafety.permissions.http.deadline import Deadline, HttpFailed
from pytest_agentsafety.permissions.http.rules import Outgoing
from pytest_agentsafety.permissions.urls import UrlCheck

_SENT_ALWAYS = {"accept": "*/*", "user-agent": "agentsafety", "accept-encoding": "identity", "connection": "close"}


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every step has only what is left of the whole time, so that no drip of bytes goes on for ever."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _PinnedNetwork(httpcore2.NetworkBackend):
    """Connects to checked addresses only, whatever name it is asked for. `used` is the one that answered."""

    def __init__(
        self, network: httpcore2.NetworkBackend, target: UrlCheck, addresses: Sequence[Address], deadline: Deadline
    ) -> None:
        self._network, self._target, self._addresses, self._deadline = network, target, addresses, deadline
        self.used = ""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        if (host.strip("[]"), port) != (self._target.host, self._target.port):
            raise HttpFailed(f"the HTTP library read {one_line(self._target.url)} as host {one_line(host)}:{port}")
        failure: Exception | None = None
        for index, address in enumerate(self._addresses):
            share = self._deadline.left() / (len(self._addresses) - index)
            try:
                stream = self._network.connect_tcp(str(address), port, timeout=share, socket_options=socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                self.used = str(address)
                return _TimedStream(stream, self._deadline)
        raise failure or HttpFailed(f"{self._target.host} has no address")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.NetworkStream:
        raise HttpFailed("tools do not talk to unix sockets")


class _Stream(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class _Transport(httpx2.BaseTransport):
    """httpx2 over a pool that can reach nothing but the pinned addresses: no proxies, no other protocol."""

    def __init__(self, network: _PinnedNetwork, context: ssl.SSLContext) -> None:
        self._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=network, max_connections=1)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Stream(answer.stream))

    def close(self) -> None:
        self._pool.close()


class Answer:
    """An open answer: status and headers are there, the body is read on demand."""

    def __init__(self, response: httpx2.Response, address: str, method: str) -> None:
        self._response, self.address, self._method = response, address, method
        self.status = response.status_code

    @property
    def locations(self) -> list[bytes]:
        return [value for name, value in self._response.headers.raw if name.lower() == b"location"]

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in self._response.headers.raw
        )

    def body(self, limit: int, host: str) -> bytes:
        """The decoded body. Raises PermissionDenied (size), HttpFailed."""
        if self._method == "HEAD" or self.status in (204, 304):
            return b""
        announced = self._response.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and len(announced) < 20 and int(announced) > limit:
            raise too_large(host, limit)
        encoding = self._response.headers.get("content-encoding", "")
        return read_body(self._response.iter_raw(), encoding, limit, host)


# All that the library below raises when a peer is not there, not who it should be, or does not speak HTTP.
_TROUBLE = (
    *(httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, httpcore2.TimeoutException, httpcore2.NetworkError),
    *(httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, OSError),
)


@contextmanager
def _failures(target: UrlCheck) -> Iterator[None]:
    try:
        yield
    except _TROUBLE as error:
        raise HttpFailed(f"{target.host}: {type(error).__name__}: {one_line(str(error))}") from error


@cache
def _system_trust() -> ssl.SSLContext:
    """The usual certificate authorities, loaded once: that takes longer than a request."""
    return httpx2.create_ssl_context(trust_env=False)


@contextmanager
def sent(
    target: UrlCheck,
    outgoing: Outgoing,
    addresses: Sequence[Address],
    deadline: Deadline,
    *,
    network: httpcore2.NetworkBackend | None,
    context: ssl.SSLContext | None,
) -> Iterator[Answer]:
    """Send one request and give its answer; nothing is followed. Raises HttpFailed."""
    pinned = _PinnedNetwork(network or httpcore2.SyncBackend(), target, addresses, deadline)
    tls = context or _system_trust()
    headers = [(name.encode(), value.encode("latin-1")) for name, value in _merged(outgoing)]
    transport = _Transport(pinned, tls)
    with _failures(target), httpx2.Client(transport=transport, trust_env=False, follow_redirects=False) as client:
        client.headers.clear()
        request = client.build_request(outgoing.method, target.url, headers=headers, content=outgoing.body or None)
        response = client.send(request, stream=True)
        try:
            yield Answer(response, pinned.used, outgoing.method)
        finally:
            response.close()


def _merged(outgoing: Outgoing) -> list[tuple[str, str]]:
    given = {name for name, _ in outgoing.headers}
    return [(name, value) for name, value in _SENT_ALWAYS.items() if name not in given] + list(outgoing.headers)
