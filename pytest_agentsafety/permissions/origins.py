"""The entries of `allowed_domains`: a host, `*.host`, or a whole origin such as `http://127.0.0.1:8080`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pytest_agentsafety.permissions.hosts import HostError, normalise_host

DEFAULT_PORTS = {"https": 443, "http": 80}
_ORIGIN = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<wild>\*\.)?(?P<host>\[[^\]]*\]|[^/?#@:\\\[\]]*)(?::(?P<port>[0-9]{1,5}))?/?"
)


@dataclass(frozen=True)
class AllowedOrigin:
    """One parsed entry. `scheme` None: any that the caller allows; `port` None: likewise. `covers` is about hosts."""

    scheme: str | None
    host: str
    port: int | None
    wildcard: bool

    @property
    def exact(self) -> bool:
        """A whole origin: allows exactly this one, private address or not."""
        return self.scheme is not None and not self.wildcard

    def covers(self, host: str) -> bool:
        return host.endswith("." + self.host) if self.wildcard else host == self.host


def _parse(entry: str) -> AllowedOrigin | None:
    match = _ORIGIN.fullmatch(entry)
    if match is None:
        return None
    try:
        host = normalise_host(match["host"])
    except HostError:
        return None
    scheme, port = match["scheme"], int(match["port"]) if match["port"] else None
    if port is None and scheme is not None:
        port = DEFAULT_PORTS[scheme]
    if port is not None and not 0 < port < 65536:
        return None
    return AllowedOrigin(scheme, host, port, match["wild"] is not None)


@lru_cache(maxsize=256)
def parse_allowed(entries: tuple[str, ...]) -> tuple[tuple[AllowedOrigin, ...], tuple[str, ...]]:
    """The entries that can be understood, and those that cannot (they allow nothing)."""
    parsed = [(entry, _parse(entry)) for entry in entries]
    return tuple(p for _, p in parsed if p is not None), tuple(entry for entry, p in parsed if p is None)
