"""Where the gateway's requests go, and by which way: the addresses, proxies and authorities of the user."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_agentsafety.model.errors import ConfigError

ANTHROPIC, OPENAI = "anthropic", "openai"
DEFAULTS = {ANTHROPIC: "https://api.anthropic.com", OPENAI: "https://api.openai.com/v1"}
VARIABLES = {ANTHROPIC: "ANTHROPIC_BASE_URL", OPENAI: "OPENAI_BASE_URL"}
# The path in front of which a base URL of this provider ends.
_PREFIX = {ANTHROPIC: "", OPENAI: "/v1"}
# What an authority's file is called by other HTTP clients, in the order in which we ask.
_AUTHORITY = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# Only for one hop (RFC 9110 7.6.1), or made anew for the next.
HOP = frozenset({"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"})
_MADE_ANEW = HOP | {"host", "content-length", "accept-encoding", "expect", "proxy-authorization"}
_CONNECT_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Upstreams:
    """Base URLs by provider, and the file of the certificate authority (None: what the system trusts)."""

    base: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    authority: Path | None = None

    @classmethod
    def of(
        cls, environment: Mapping[str, str] | None = None, *, url: str | None = None, authority: Path | None = None
    ) -> Upstreams:
        """What the environment says, unless `url` says it for all providers. Raises ConfigError."""
        env = os.environ if environment is None else environment
        base = {name: url or env.get(VARIABLES[name]) or default for name, default in DEFAULTS.items()}
        for name, value in base.items():
            _check(value, "--upstream" if url else VARIABLES[name])
        named = next((env[name] for name in _AUTHORITY if env.get(name)), None)
        path = authority or (None if named is None else Path(named))
        if path is not None and not path.exists():
            raise ConfigError(f"certificate authority {path} does not exist; name a PEM file")
        return cls(base=base, authority=path)

    def url(self, provider: str, path: str, query: str) -> str:
        """Where a request goes whose `path` is the API's own ("/v1/messages")."""
        prefix, base = _PREFIX[provider], self.base[provider].rstrip("/")
        if prefix and not base.endswith(prefix):
            base += prefix
        return f"{base}{path.removeprefix(prefix)}{'?' if query else ''}{query}"

    def client(self) -> Any:
        """An async client with the user's proxies. Nothing is followed, no time-out but for connecting."""
        from httpx2 import AsyncClient, Timeout

        return AsyncClient(
            verify=self._context(), timeout=Timeout(None, connect=_CONNECT_SECONDS), follow_redirects=False
        )

    def _context(self) -> ssl.SSLContext:
        if self.authority is None:
            return ssl.create_default_context()
        try:
            if self.authority.is_dir():
                return ssl.create_default_context(capath=str(self.authority))
            return ssl.create_default_context(cafile=str(self.authority))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"certificate authority {self.authority} cannot be used: {error}") from None


def _check(value: str, place: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{place}: {value!r} is no http(s) URL, for example {DEFAULTS[ANTHROPIC]}")


def forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an agent's request that go on, keys included."""
    named = {part.strip().lower() for part in headers.get("connection", "").split(",")}
    return {name: value for name, value in headers.items() if name not in _MADE_ANEW and name not in named}


def returned(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer that go back. Its body goes back unpacked, in a length of its own."""
    dropped = HOP | {"content-length", "content-encoding"}
    named = {part.strip().lower() for part in headers.get("connection", "").split(",")}
    return {n.lower(): v for n, v in headers.items() if n.lower() not in dropped and n.lower() not in named}
