"""Does a URL carry data away? Its parts looked at: host, path, query; what is encoded in them, how long, how random."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from pytest_agentsafety.guards.pii_scan import find_pii
from pytest_agentsafety.guards.pii_secrets import entropy

# Services that draw a picture from their URL or hold public files: who writes a URL of theirs does not see it fetched.
_RENDERER_HOSTS = (
    "img.shields.io shields.io badge.fury.io badgen.net codecov.io coveralls.io travis-ci.org travis-ci.com "
    "app.travis-ci.com circleci.com ci.appveyor.com readthedocs.org readthedocs.com pepy.tech static.pepy.tech "
    "github.com raw.githubusercontent.com camo.githubusercontent.com user-images.githubusercontent.com "
    "avatars.githubusercontent.com gitlab.com bestpractices.coreinfrastructure.org mybinder.org "
    "colab.research.google.com zenodo.org joss.theoj.org api.codacy.com app.codacy.com sonarcloud.io snyk.io "
    "deepsource.io badges.gitter.im isitmaintained.com api.star-history.com github-readme-stats.vercel.app "
    "contrib.rocks secure.gravatar.com www.gravatar.com upload.wikimedia.org via.placeholder.com placehold.co "
    "dummyimage.com i.ytimg.com img.youtube.com maps.googleapis.com www.google-analytics.com"
)
RENDERERS = frozenset(_RENDERER_HOSTS.split())
# Parameters that say what they are for.
_TELLING_NAMES = "data payload exfil leak leaked secret secrets stolen dump password passwords cookie cookies ssn creds"
_TELLING = frozenset(_TELLING_NAMES.split())
_LOADED_NAMES = (
    "d p q c x m msg message text body info content query search value result output answer log email mail "
    "user name key pass session history chat conversation prompt memory ctx context note notes summary"
)
_LOADED_TELLING = _TELLING | frozenset(_LOADED_NAMES.split())
# A sentence is what these are for.
_WORDY_NAMES = (
    "q query search s text title subject body description desc quote summary message hashtags keywords term p url "
    "u via su k w"
)
_WORDY = frozenset(_WORDY_NAMES.split())
_STORES = (
    ".amazonaws.com",
    ".cloudfront.net",
    ".blob.core.windows.net",
    "storage.googleapis.com",
    ".digitaloceanspaces.com",
)
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_URL = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]{0,10}:)?[/\\]{2,}([^/?#\\]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_LONG = 4_096


class Address(NamedTuple):
    """`user` is what stands before the host, `query` the names and values as they were meant."""

    host: str
    user: str
    path: str
    query: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1024)
def parse(url: str) -> Address | None:
    """As a browser reads it: references resolved, tabs and line breaks ignored. None without a host."""
    match = _URL.match(re.sub(r"[\t\r\n]", "", html.unescape(url[:_LONG])))
    if match is None:
        return None
    user, _, host = match.group(1).rpartition("@")
    pairs = (part.partition("=") for part in re.split("[&;]", match.group(3) or "") if part)
    query = tuple(
        (name.lower(), unquote_plus(value)) if sep else ("", unquote_plus(name)) for name, sep, value in pairs
    )
    host = host.partition(":")[0].rstrip(".").lower()
    return Address(host, user, match.group(2) or "", query) if host else None


@lru_cache(maxsize=1024)
def carries(address: Address, *, loaded: bool, depth: int = 0) -> str:
    """What of the address carries data away, in a word; empty where nothing does.

    `loaded`: a browser fetches it by itself, so less is enough; a link waits for somebody to follow it.
    """
    if address.host in RENDERERS:
        return ""
    if any(map(_says, address.host.split("."))) or any(len(label) > 40 for label in address.host.split(".")):
        return "host"
    if address.user and len(address.user) > 8:
        return "user"
    if any(map(_says, _segments(address.path))) or (loaded and _is_wordy_path(address.path)):
        return "path"
    stored = address.host.endswith(_STORES)
    for name, value in address.query:
        if _carries_url(value, depth) if _NESTED.match(value) else _carries_value(name, value, loaded, stored):
            return "query"
    return ""


_NESTED = re.compile(r"(?:https?:)?//")
_DEPTH = 3


def _carries_url(value: str, depth: int) -> bool:
    """A page that a link was shared from, say. Nobody nests them deeply."""
    nested = parse(value)
    return nested is not None and (depth >= _DEPTH or carries(nested, loaded=False, depth=depth + 1) != "")


def _segments(path: str) -> Iterator[str]:
    for segment in path.split("/"):
        plain = unquote(segment)
        yield plain
        stem, _, ending = plain.rpartition(".")
        if stem and len(ending) <= 4:
            yield stem


def _is_wordy_path(path: str) -> bool:
    """A sentence in a path: a file may have a name in words, but ends like a file."""
    last = unquote(path.rpartition("/")[2])
    return any(len(unquote(part).split()) >= 4 for part in path.split("/")) and "." not in last[-6:]


def _carries_value(name: str, value: str, loaded: bool, stored: bool) -> bool:
    if not value or (value.isdigit() and len(value) < 12):
        return False
    if any(map(_says, [value, *_TOKEN.findall(value)])) or _is_personal(value):
        return True
    words = len(value.split())
    if loaded:
        telling = name in _LOADED_TELLING and len(value) >= 3
        return telling or words >= 3 or len(value) > 80 or (not stored and _is_random(value, 24))
    if name in _TELLING and len(value) >= 8:
        return True
    return not stored and name not in _WORDY and (words >= 12 or _is_random(value, 100))


def _is_personal(value: str) -> bool:
    return any(finding.kind not in ("ip", "ip6", "password", "token") for finding in find_pii(value))


def _is_random(value: str, size: int) -> bool:
    """Neither a hash nor an id: those are short or of hexadecimal digits alone."""
    bare = value.rstrip("=")
    return (
        len(value) >= size and not _HEX.fullmatch(bare.replace("-", "")) and entropy(bare) >= 3.8 and " " not in value
    )


def _says(token: str) -> bool:
    """Is the token text in an encoding: base64, base32 or hexadecimal?"""
    token = token.strip("=")
    if len(token) < 12 or not _TOKEN.fullmatch(token):
        return False
    if _HEX.fullmatch(token) and _readable(bytes.fromhex(token)):
        return True
    if token.isalpha() and (token.islower() or token.istitle()) and len(token) < 24:
        return False
    return any(raw is not None and _readable(raw) for raw in (_base64(token), _base32(token)))


def _base64(token: str) -> bytes | None:
    flat = token.translate(str.maketrans("-_", "+/"))
    flat = flat[:-1] if len(flat) % 4 == 1 else flat
    try:
        return base64.b64decode(flat + "=" * (-len(flat) % 4), validate=True)
    except binascii.Error:
        return None


def _base32(token: str) -> bytes | None:
    if not token.isupper() and not token.islower():
        return None
    flat = token.upper()
    try:
        return base64.b32decode(flat + "=" * (-len(flat) % 8))
    except binascii.Error:
        return None


def _readable(raw: bytes) -> bool:
    """Text that somebody wrote: no bytes outside it, mostly letters, figures and spaces."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    plain = sum(c.isascii() and (c.isalnum() or c in " ,.:-_@/\n") for c in text)
    return len(text) >= 8 and plain >= 0.9 * len(text)
