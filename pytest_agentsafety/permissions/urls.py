"""May a request go to this URL? One strict parser; what two parsers could read differently is refused.

This is the static check of one URL. An HTTP client has to repeat it for every redirect (`check_url`) and for the
addresses a name resolves to (`hosts.refused_address`), unless `UrlCheck.private` says the origin was allowed as such.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.permissions.hosts import HostError, as_address, normalise_host, refused_address
from pytest_agentsafety.permissions.origins import DEFAULT_PORTS, AllowedOrigin, parse_allowed

_MAX_URL = 16_384
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^\[\]:@]*)(?::(?P<port>[0-9]{0,5}))?")


@dataclass(frozen=True, kw_only=True)
class UrlCheck:
    """The verdict on a URL. When allowed, `url` is the spelling to request and host and port are where it goes.

    `private` is true when the very origin was allowed, so that its address need not be public.
    """

    allowed: bool
    reason: str
    url: str = ""
    scheme: str = ""
    host: str = ""
    port: int = 0
    private: bool = False

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what decides whether two URLs are of one origin."""
        return self.scheme, self.host, self.port


@dataclass(frozen=True)
class _Parsed:
    scheme: str
    host: str
    port: int
    rest: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if DEFAULT_PORTS.get(self.scheme) == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


class _UrlError(ValueError):
    pass


def _parse(url: str) -> _Parsed:
    if len(url) > _MAX_URL:
        raise _UrlError(f"it is longer than {_MAX_URL} characters")
    if any(char == "\\" or unicodedata.category(char)[0] in "CZ" for char in url):
        raise _UrlError("it has a backslash, space, control or invisible character")
    match = _URL.fullmatch(url)
    if match is None:
        raise _UrlError("it has no scheme://host at its start")
    if "@" in match["authority"]:
        raise _UrlError("it carries user information before the host")
    authority = _AUTHORITY.fullmatch(match["authority"])
    if authority is None:
        raise _UrlError("its host and port cannot be told apart")
    scheme = match["scheme"].lower()
    port = int(authority["port"]) if authority["port"] else DEFAULT_PORTS.get(scheme, 0)
    if port > 65535:
        raise _UrlError(f"its port {port} is over 65535")
    try:
        return _Parsed(scheme, normalise_host(authority["host"]), port, match["rest"])
    except HostError as error:
        raise _UrlError(f"its host is not usable: {error}") from None


def _matches(entry: AllowedOrigin, url: _Parsed, schemes: Sequence[str], ports: Sequence[int]) -> bool:
    if not entry.covers(url.host):
        return False
    scheme_fits = url.scheme == entry.scheme if entry.scheme else url.scheme in schemes
    port_fits = url.port == entry.port if entry.port is not None else url.port in ports
    return scheme_fits and port_fits


def _private(host: str) -> str | None:
    address = as_address(host)
    if address is not None:
        return refused_address(address)
    if host == "localhost" or host.endswith(".localhost"):
        return "this machine"
    return None


def _why_not(url: _Parsed, entries: Sequence[AllowedOrigin], schemes: Sequence[str], ports: Sequence[int]) -> str:
    if not any(entry.covers(url.host) for entry in entries):
        return f"host {url.host} is not allowed"
    if url.scheme not in schemes:
        return f"scheme {url.scheme} is not allowed for {url.host} (allowed: {', '.join(schemes)})"
    return f"port {url.port} is not allowed for {url.host} (allowed: {', '.join(map(str, ports))})"


def check_url(
    url: str, allowed_domains: Sequence[str], *, schemes: Sequence[str] = ("https",), ports: Sequence[int] = (443,)
) -> UrlCheck:
    """Is `url` allowed? An exact entry does not cover subdomains, `*.x` does not cover x. Never raises on bad input."""
    entries, unusable = parse_allowed(tuple(allowed_domains))
    shown = ", ".join(allowed_domains) or "none"
    note = f"; not understood: {', '.join(unusable)}" if unusable else ""
    try:
        parsed = _parse(url)
    except _UrlError as error:
        return UrlCheck(allowed=False, reason=f'URL "{one_line(url)}" is refused: {error}')
    hits = [entry for entry in entries if _matches(entry, parsed, schemes, ports)]
    if not hits:
        why = _why_not(parsed, entries, schemes, ports)
        return UrlCheck(allowed=False, reason=f'URL "{one_line(url)}": {why}; allowed: {shown}{note}')
    exact = any(entry.exact for entry in hits)
    refused = None if exact else _private(parsed.host)
    if refused:
        fix = f'write the whole origin ("{parsed.origin}") into allowed_domains if it is meant'
        return UrlCheck(allowed=False, reason=f'URL "{one_line(url)}": {parsed.host} is {refused}; {fix}')
    return UrlCheck(
        allowed=True,
        reason=f"{parsed.origin} is allowed",
        url=parsed.origin + (parsed.rest if parsed.rest.startswith("/") else "/" + parsed.rest),
        scheme=parsed.scheme,
        host=parsed.host,
        port=parsed.port,
        private=exact,
    )


def check_host(host: str, allowed_domains: Sequence[str]) -> str | None:
    """Why a host (of an e-mail address) is not covered by `allowed_domains`; None when it is."""
    entries, _ = parse_allowed(tuple(allowed_domains))
    try:
        name = normalise_host(host)
    except HostError as error:
        return f'domain "{one_line(host)}" is not usable: {error}'
    if as_address(name) is not None:
        return f'domain "{name}" is an address, not a name'
    if any(entry.scheme is None and entry.port is None and entry.covers(name) for entry in entries):
        return None
    return f"domain {name} is not allowed"
