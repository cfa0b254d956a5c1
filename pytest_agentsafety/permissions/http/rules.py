"""Which methods, headers and redirects a tool's request may have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.permissions.denied import PermissionDenied, denial
from pytest_agentsafety.permissions.urls import UrlCheck

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Where the request goes, how it is framed and which method it is was checked; a header may not say it otherwise.
_OURS = frozenset(
    (
        *("host", "connection", "content-length", "transfer-encoding", "te", "trailer"),
        *("upgrade", "expect", "keep-alive", "http2-settings", "forwarded", "x-forwarded-host"),
        *("x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-host", "x-original-host", "x-original-url"),
        *("x-rewrite-url", "x-http-method", "x-http-method-override", "x-method-override"),
    )
)
# All that another origin may see of the caller's headers.
_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})
_BODY_HEADERS = frozenset({"content-type", "content-language", "content-location", "content-disposition"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Outgoing:
    """What to send besides the URL. Header names in lower case."""

    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def check_method(method: str, allowed: frozenset[str]) -> str:
    """The method in upper case. Raises PermissionDenied."""
    name = method.upper() if method.isascii() else method
    if name not in allowed:
        shown = ", ".join(sorted(allowed)) or "none"
        raise denial("method", f'method "{one_line(method, 40)}" is not allowed; allowed: {shown}', "method")
    return name


def check_headers(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The caller's headers with lower-case names. Raises PermissionDenied."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    checked = []
    for name, value in pairs:
        if not isinstance(name, str) or not isinstance(value, str) or not _TOKEN.fullmatch(name):
            raise denial(
                "header", f"header {one_line(repr(name), 60)} is not a name with a text as its value", "headers"
            )
        key = name.lower()
        if key in _OURS or key.startswith("proxy-"):
            raise denial("header", f'header "{name}" may not be set: it follows from the URL and the body', "headers")
        if not _VALUE.fullmatch(value):
            raise denial("header", f'header "{name}" has a line break, control or non-Latin character', "headers")
        if key != "accept-encoding":  # what we can decode within the size limit is ours to say
            checked.append((key, value))
    return tuple(checked)


def is_redirect(status: int) -> bool:
    return status in _REDIRECTS


def redirect_url(base: UrlCheck, locations: list[bytes]) -> str:
    """The URL a redirect leads to, not yet checked. Raises PermissionDenied when it can be read in two ways."""
    values = set(locations)
    if len(values) != 1:
        raise _not_followed(base, "it names more than one place")
    try:
        location = values.pop().decode("utf-8")
    except UnicodeDecodeError:
        raise _not_followed(base, "its place is not valid text") from None
    if any(char == "\\" or unicodedata.category(char)[0] in "CZ" for char in location):
        raise _not_followed(base, f'"{one_line(location)}" has a backslash, space, control or invisible character')
    if _SCHEME.match(location):
        return location
    if location.startswith("//"):
        return f"{base.scheme}:{location}"
    return urljoin(base.url, location)


def _not_followed(base: UrlCheck, why: str) -> PermissionDenied:
    return denial("redirect", f"the redirect from {one_line(base.url)} is not followed: {why}", "url")


def check_redirect(base: UrlCheck, target: UrlCheck) -> None:
    """Raise PermissionDenied unless `target` is allowed and no step down from TLS."""
    if not target.allowed:
        raise _not_followed(base, target.reason)
    if base.scheme == "https" and target.scheme != "https":
        raise _not_followed(base, f"{one_line(target.url)} gives up TLS")


def after_redirect(sent: Outgoing, status: int, base: UrlCheck, target: UrlCheck) -> Outgoing:
    """The next request. Credentials stay with their origin, and so does everything that is no plain read."""
    drop_body = (status == 303 and sent.method != "HEAD") or (status in (301, 302) and sent.method == "POST")
    method, body, headers = sent.method, sent.body, sent.headers
    if drop_body:
        method, body = "GET", b""
        headers = tuple((name, value) for name, value in headers if name not in _BODY_HEADERS)
    if base.origin == target.origin:
        return Outgoing(method, headers, body)
    if body or method not in ("GET", "HEAD"):
        raise _not_followed(base, f"it would take a {method} request on to another origin, {one_line(target.url)}")
    return Outgoing(method, tuple((name, value) for name, value in headers if name in _HARMLESS), body)
