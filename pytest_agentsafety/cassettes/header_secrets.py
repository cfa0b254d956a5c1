"""Values of headers that open something: none of them is kept, nor may they stand in a body."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

from pytest_agentsafety.cassettes.secrets import SHORTEST, looks_like_a_key

_SECRET = re.compile(r"auth|key|token|secret|cookie|session|credential|signature", re.IGNORECASE)
_COUNTS = re.compile(r"ratelimit|rate-limit|count|expires|reset", re.IGNORECASE)


def in_headers(headers: Mapping[str, str]) -> Iterator[str]:
    """The secrets that some headers bring; what is too plain for a key ("test") is none."""
    for name, value in headers.items():
        if _SECRET.search(name) and not _COUNTS.search(name):
            yield from _values(name.lower(), str(value))


def _values(name: str, value: str) -> Iterator[str]:
    if "cookie" in name:
        # One cookie a pair; what follows the first in set-cookie (Path, Max-Age) is too plain for a key.
        pairs = [part.partition("=")[2].strip() for part in re.split(r"[;,]", value)]
        yield from (secret for secret in pairs if looks_like_a_key(secret))
        return
    scheme, _, rest = value.rpartition(" ")
    if looks_like_a_key(rest):
        yield rest
    if scheme.lower() == "basic":
        yield from _basic(rest)


def _basic(coded: str) -> Iterator[str]:
    try:
        user, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return
    yield from (part for part in (user, password) if looks_like_a_key(part, shortest=SHORTEST))
