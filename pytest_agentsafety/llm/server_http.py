"""Just enough HTTP/1.1 for a loopback server: read a request, write a response, break a connection."""

from __future__ import annotations

import gzip
import socket
import struct
from asyncio import LimitOverrunError, StreamReader, StreamWriter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

_MAX_BODY = 64 * 2**20


class BadRequest(Exception):
    """The bytes are no request this server understands."""


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A request; header names in lower case, `path` without the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def takes_gzip(self) -> bool:
        return "gzip" in self.headers.get("accept-encoding", "")


async def read_request(reader: StreamReader) -> HttpRequest:
    """Read one request. Raises IncompleteReadError at the end of the connection, BadRequest for nonsense."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except LimitOverrunError:
        raise BadRequest("the head of the request is too long") from None
    first, *lines = head[:-4].split("\r\n")
    try:
        method, target, _version = first.split(" ")
        headers = {name.strip().lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        size = int(headers.get("content-length", "0"))
    except ValueError:
        raise BadRequest(first) from None
    if "transfer-encoding" in headers or not 0 <= size <= _MAX_BODY:
        raise BadRequest(f"a body needs a content-length of at most {_MAX_BODY} bytes")
    return HttpRequest(
        method=method, path=target.split("?", 1)[0], headers=headers, body=await reader.readexactly(size)
    )


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Overloaded"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {phrase}\r\n{lines}\r\n".encode("latin-1")


async def write_response(
    writer: StreamWriter, status: int, headers: Mapping[str, str], body: bytes, *, compress: bool = False
) -> None:
    """Write a whole response with its length, gzipped if `compress`."""
    extra = {}
    if compress:
        body, extra = gzip.compress(body, 1), {"content-encoding": "gzip"}
    writer.write(_head(status, {**headers, **extra, "content-length": str(len(body))}) + body)
    await writer.drain()


async def write_chunks(
    writer: StreamWriter, headers: Mapping[str, str], chunks: Iterable[bytes], *, limit: int | None = None
) -> bool:
    """Write a chunked 200 response. With `limit` it breaks off after so many chunks; false when it did."""
    await begin_chunks(writer, headers)
    for count, chunk in enumerate(chunks):
        if count == limit:
            return False
        await write_chunk(writer, chunk)
    await end_chunks(writer)
    return True


async def begin_chunks(writer: StreamWriter, headers: Mapping[str, str]) -> None:
    """The head of a chunked 200 response."""
    writer.write(_head(200, {**headers, "transfer-encoding": "chunked"}))
    await writer.drain()


async def write_chunk(writer: StreamWriter, chunk: bytes) -> None:
    """One chunk; an empty one would be the end and is left out."""
    if chunk:
        writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        await writer.drain()


async def end_chunks(writer: StreamWriter) -> None:
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def go_on(writer: StreamWriter) -> None:
    """Tell a client that waits for it to send its body."""
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    await writer.drain()


async def write_part(writer: StreamWriter, headers: Mapping[str, str], body: bytes) -> None:
    """Promise the whole body and send half of it."""
    writer.write(_head(200, {**headers, "content-length": str(len(body))}) + body[: len(body) // 2])
    await writer.drain()


def reset(writer: StreamWriter) -> None:
    """Close the connection with a TCP reset."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
