"""Read a body up to a limit that holds for what comes out of the decoder, so that no archive bomb fits."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.permissions.denied import PermissionDenied, denial
from pytest_agentsafety.permissions.http.deadline import HttpFailed

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


def too_large(host: str, limit: int) -> PermissionDenied:
    return denial("size", f"the answer of {host} is larger than allowed; allowed: {limit / 1024:g} KB", "url")


class _Plain:
    def feed(self, data: bytes, room: int) -> bytes:
        return data

    def finished(self) -> bool:
        return True


class _Inflate:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)

    def feed(self, data: bytes, room: int) -> bytes:
        """At most `room` bytes of output; a stream that ends and goes on is several archives in a row."""
        out = b""
        while data and len(out) < room:
            if self._stream.eof:
                self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
            out += self._stream.decompress(data, room - len(out))
            data = self._stream.unused_data or self._stream.unconsumed_tail
        return out

    def finished(self) -> bool:
        return self._stream.eof


def _decoder(encoding: str) -> _Plain | _Inflate:
    if encoding in ("", "identity"):
        return _Plain()
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _Inflate()
    raise HttpFailed(f'the answer is encoded as "{one_line(encoding, 40)}", which was not asked for')


def read_body(chunks: Iterable[bytes], encoding: str, limit: int, host: str) -> bytes:
    """The decoded body of at most `limit` bytes. Raises PermissionDenied (size), HttpFailed (cannot be decoded)."""
    decoder = _decoder(encoding.strip().lower())
    body = bytearray()
    try:
        for chunk in chunks:
            body += decoder.feed(chunk, limit + 1 - len(body))
            if len(body) > limit:
                raise too_large(host, limit)
    except zlib.error as error:
        raise HttpFailed(f"the answer of {host} cannot be decoded: {error}") from None
    if body and not decoder.finished():
        raise HttpFailed(f"the answer of {host} ends in the middle of its encoding")
    return bytes(body)
