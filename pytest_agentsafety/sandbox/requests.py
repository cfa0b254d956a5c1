"""One request as code sends it to the proxy, read strictly: what two readers could read differently is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_agentsafety.model.safe_text import one_line

MOST = 64 << 10  # bytes of a head
END = b"\r\n\r\n"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]/?#@:\\]+):[0-9]{1,5}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Where a request goes and how it is framed is ours to say.
_OURS = frozenset(
    (
        *("host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"),
        *("keep-alive", "http2-settings"),
    )
)
_LARGEST = 15  # digits of a length


class BadRequestError(ValueError):
    """`status` is the answer's, the message its reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class ProxyRequest:
    """`url` is what the rule is asked about. A tunnel has no body and no headers; `length` is the body's, in bytes."""

    method: str
    url: str
    where: str
    headers: tuple[tuple[str, str], ...] = ()
    length: int = 0

    @property
    def tunnel(self) -> bool:
        return self.method == "CONNECT"

    def head(self, understood: str) -> bytes:
        """The request as it is sent on, for the URL as the rule understood it; the connection ends with its answer."""
        host, slash, rest = understood.partition("://")[2].partition("/")
        lines = [f"{self.method} {slash}{rest.partition('#')[0]} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.length or self.method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {self.length}")
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


def read_request(head: bytes) -> ProxyRequest:
    """`head` ends with the empty line. Raises BadRequestError."""
    first, *lines = head[: -len(END)].decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not first.isascii() or parts[2] not in ("HTTP/1.0", "HTTP/1.1"):
        raise BadRequestError(400, "the request line is not METHOD URL HTTP/1.1")
    method, target, _ = parts
    headers = [_header(line) for line in lines]
    if method == "CONNECT":
        if not _AUTHORITY.fullmatch(target):
            raise BadRequestError(400, "CONNECT needs host:port")
        return ProxyRequest(method, f"https://{target}/", one_line(target))
    if method not in _METHODS:
        raise BadRequestError(405, f"method {one_line(method, 40)} is not passed on")
    if not target.lower().startswith("http://"):
        raise BadRequestError(400, "a proxy needs the whole URL: http://..., and CONNECT for anything else")
    where = one_line(re.split("[/?#]", target[7:], maxsplit=1)[0])
    return ProxyRequest(method, target, where, _passed_on(headers), _length(headers))


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    value = value.strip(" \t")
    if not colon or not _TOKEN.fullmatch(name) or any((c < " " and c != "\t") or c == "\x7f" for c in value):
        raise BadRequestError(400, "a header is no name, colon and value on one line")
    return name, value


def _length(headers: Sequence[tuple[str, str]]) -> int:
    if any(name.lower() == "transfer-encoding" for name, _ in headers):
        raise BadRequestError(411, "say how long the body is: Content-Length, no Transfer-Encoding")
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    if len(lengths) > 1 or any(not (v.isascii() and v.isdigit() and len(v) <= _LARGEST) for v in lengths):
        raise BadRequestError(400, "Content-Length is not one number")
    return int(lengths[0]) if lengths else 0


def _passed_on(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    named = {
        word.strip().lower() for name, value in headers if name.lower() == "connection" for word in value.split(",")
    }
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in _OURS | named and not name.lower().startswith("proxy-")
    )
