"""Read requests of clients that nobody vouches for. What two readers could read in two ways is refused."""

from __future__ import annotations

import re
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader
from collections.abc import Mapping
from dataclasses import dataclass

MAX_BODY = 64 * 2**20
_MAX_CHUNK_LINE = 64
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHOD = re.compile(r"[A-Z]{1,16}")
_TARGET = re.compile(r"/[!-~]*")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
_LENGTH = re.compile(r"[0-9]{1,12}")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
# Twice they say two things, and the next reader may believe the other one.
_ONCE = frozenset({"content-length", "transfer-encoding", "host", "authorization", "x-api-key", "content-type"})


class Refused(Exception):
    """The bytes are no request this server takes; `status` says how it is answered."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a request: header names in lower case, `path` and `query` as they came."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    keep_alive: bool

    @property
    def waits_for_go(self) -> bool:
        """Does the client hold the body back until it is asked for it?"""
        return self.headers.get("expect", "").lower() == "100-continue"


async def read_head(reader: StreamReader) -> Head:
    """Raises IncompleteReadError at the end of the connection, Refused for anything but a plain HTTP/1 head."""
    try:
        raw = (await reader.readuntil(b"\r\n\r\n"))[:-4].decode("latin-1")
    except LimitOverrunError:
        raise Refused(431, "the head of the request is too long") from None
    first, *lines = raw.split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise Refused(400, "the first line is no HTTP/1.1 request line")
    method, target, version = parts
    if not _METHOD.fullmatch(method) or not _TARGET.fullmatch(target):
        raise Refused(400, "the request line holds what no method or path holds")
    headers = _headers(lines)
    path, _, query = target.partition("?")
    closing = "close" in headers.get("connection", "").lower()
    return Head(
        method=method,
        path=path,
        query=query,
        headers=headers,
        keep_alive=version == "HTTP/1.1" and not closing,
    )


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Refused(400, "a header line is none")
        name, value = name.lower(), value.strip()
        if name in headers:
            if name in _ONCE:
                raise Refused(400, f"the header {name} stands there twice")
            value = f"{headers[name]}, {value}"
        headers[name] = value
    return headers


async def read_body(reader: StreamReader, head: Head) -> bytes:
    """The body that belongs to `head`. Raises IncompleteReadError, Refused."""
    length, coding = head.headers.get("content-length"), head.headers.get("transfer-encoding")
    if "content-encoding" in head.headers:
        raise Refused(415, "a body in a content-encoding cannot be looked into: send it as it is")
    if coding is not None:
        if length is not None:
            raise Refused(400, "both content-length and transfer-encoding")
        if coding.lower() != "chunked":
            raise Refused(400, "the only transfer-encoding here is chunked")
        return await _chunks(reader)
    if length is None:
        return b""
    if not _LENGTH.fullmatch(length):
        raise Refused(400, "content-length is no number")
    if int(length) > MAX_BODY:
        raise Refused(413, f"the body is larger than {MAX_BODY} bytes")
    return await reader.readexactly(int(length))


async def _chunks(reader: StreamReader) -> bytes:
    body = bytearray()
    while True:
        line = await _line(reader)
        if not _SIZE.fullmatch(line):
            raise Refused(400, "a chunk has no size")
        size = int(line, 16)
        if size == 0:
            break
        if len(body) + size > MAX_BODY:
            raise Refused(413, f"the body is larger than {MAX_BODY} bytes")
        body += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise Refused(400, "a chunk is longer than it says")
    if await _line(reader):
        raise Refused(400, "trailers are not taken")
    return bytes(body)


async def _line(reader: StreamReader) -> bytes:
    try:
        line = await reader.readuntil(b"\r\n")
    except LimitOverrunError:
        raise Refused(400, "a chunk has no size") from None
    except IncompleteReadError:
        raise
    if len(line) > _MAX_CHUNK_LINE:
        raise Refused(400, "a chunk has no size")
    return line[:-2]
