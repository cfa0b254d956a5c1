"""Values as people and programs write them: what kind one is, and one spelling for each."""

from __future__ import annotations

import base64
import binascii
import re
import string
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import unquote

from pytest_agentsafety.provenance.links import link_host
from pytest_agentsafety.provenance.normal import normalise

Kind = Literal["email", "url", "account", "phone", "number", "date", "name", "text"]

# Every pattern is bounded, so that none can stall on hostile text.
_EMAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_URL = r"(?:[a-z][a-z0-9+.-]{1,20}:[/\\]{1,3}|www\.|//(?=[\w.-]+\.))[^\s<>\"'`)\]}|]{1,2000}"
_BARE = r"(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}(?::\d{1,5})?/[^\s<>\"'`)\]}|]{0,1000}"
_ACCOUNT = r"[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{2,4}){2,8}|\d{9,34}|(?:\d{4}[ -]){3}\d{4}"
_PHONE = (
    r"\+\d[\d ()./-]{6,20}\d(?![,.]\d)(?!\d)|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|"
    r"\(?0\d{1,4}\)?[ /-]\d{2,4}[ -]\d{3,5}(?!\d)"
)
# One pattern a kind, each tried only where the text has what the kind cannot be without.
_KINDS: tuple[tuple[Kind, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (kind, re.compile(needs), re.compile(pattern, re.IGNORECASE))  # type: ignore[misc]
    for kind, needs, pattern in (
        ("email", "@", rf"(?<![\w.+-]){_EMAIL}"),
        ("url", r"[/\\]|www\.|WWW\.", rf"(?<![\w@]){_URL}|(?<![\w@./-]){_BARE}"),
        ("phone", r"\d[\d ()./-]{5}", rf"(?<![\w+]){_PHONE}(?!\w)"),
        ("account", r"\d\w|\d[ -]\w", rf"(?<![\w-])(?:{_ACCOUNT})(?![\w-])"),
    )
)
_NUMBER = re.compile(r"[-+]?[$€£¥]?\s?\d[\d,]*(?:\.\d+)?\s?%?")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]m)?", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]+")
_SHORTEST_BLOB, _LONGEST_BLOB = 12, 20_000
_PRINTABLE = frozenset(string.printable.encode())
_NEXT_SENTENCE = re.compile(r"(?<=[a-z]{2})\.[A-Z][a-z]+$")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]{1,20}:)?[/\\]{1,3}")
_GROUPS = re.compile(r"[ -]")
_ONE_GROUP, _FULL = 12, 4
_TRAILING = ".,;:!?*_"
_SHORT, _LONGEST_LINK = 80, 2_000


class Item(NamedTuple):
    """One typed value inside longer text: its kind, one spelling of it, and the words as they stand."""

    kind: Kind
    value: str
    text: str


def canonical(kind: Kind, text: str) -> str:
    """One spelling for what is the same address, link, account or phone number."""
    folded = normalise(text)
    if kind == "url":
        return _SCHEME.sub("", folded).removeprefix("www.").rstrip("/")
    if kind == "account":
        return folded.replace(" ", "").replace("-", "")
    if kind == "phone":
        return "".join(char for char in folded if char.isdigit() or char == "+")
    return folded


def typed_items(text: str) -> Iterator[Item]:
    """The links, e-mail addresses, account and phone numbers in a text, in order."""
    found: list[tuple[int, int, Kind]] = []
    for kind, needs, pattern in _KINDS:
        if needs.search(text) is not None:
            found += [
                (*match.span(), kind)
                for low, high in _places(kind, text)
                for match in pattern.finditer(text, low, high)
            ]
    if len(found) > 1:
        found.sort(key=lambda one: (one[0], -one[1]))
    end = 0
    for start, stop, kind in found:
        if start >= end:
            end = stop
            item = _item(kind, text[start:stop])
            if item is not None:
                yield item


def _places(kind: Kind, text: str) -> Iterator[tuple[int, int]]:
    """Where values of a kind may stand. No link or address has a blank in it: the words with its marks will do."""
    if kind not in ("email", "url"):
        yield 0, len(text)
        return
    if kind == "email":
        words = [word for word in text.split() if "@" in word]
    elif "www." in text.lower():
        words = [word for word in text.split() if "/" in word or "\\" in word or "www." in word.lower()]
    else:
        words = [word for word in text.split() if "/" in word or "\\" in word]
    end = 0
    for word in words:
        start = text.find(word, end)
        end = start + len(word)
        yield start, end


def _item(kind: Kind, text: str) -> Item | None:
    found = text.rstrip(_TRAILING)
    if kind == "account":
        found = _account(found)
    if kind == "url":
        if "/" not in found.split("://", 1)[-1]:
            found = _NEXT_SENTENCE.sub("", found)  # "... at www.shop.test.They say"
        if "://" not in found and "@" in found:
            return None
    return Item(kind, canonical(kind, found), found)


def _account(text: str) -> str:
    """An account number without the words behind it: its first group, or the groups that have digits or are full."""
    groups = _GROUPS.split(text)
    if len(groups[0]) >= _ONE_GROUP or groups[0].isdigit():
        return text if text[:1].isdigit() else groups[0]
    end = 0
    for group in groups:
        if not (any(char.isdigit() for char in group) or (len(group) == _FULL and group.isupper())):
            break
        end += len(group) + 1
    return text[: max(0, end - 1)] or groups[0]


def _typed_kind(text: str) -> Kind | None:
    """The kind of a text that is one typed value as a whole."""
    for kind, needs, pattern in _KINDS:
        if needs.search(text) is not None and pattern.fullmatch(text) is not None:
            return kind if kind != "account" or _account(text) == text else None
    return None


@lru_cache(maxsize=8192)
def kind_of(text: str) -> Kind:
    """What kind of value a whole string is. Several lines, or a long one, is text."""
    stripped = text.strip()
    if len(stripped) > _SHORT or "\n" in stripped:
        long_link = len(stripped) < _LONGEST_LINK and " " not in stripped and _typed_kind(stripped) == "url"
        return "url" if long_link else "text"
    if _ISO_DATE.fullmatch(stripped) or _CLOCK.fullmatch(stripped):
        return "date"
    return _typed_kind(stripped) or ("number" if _NUMBER.fullmatch(stripped) else "name")


def decodings(text: str, depth: int = 2) -> Iterator[str]:
    """What may be hidden in a text: URL escapes, base64 and hex runs, each decoded as deep as `depth`."""
    found = [unquote(text)] if "%" in text else []
    for token in text.split():
        if len(token) >= _SHORTEST_BLOB:
            found += [inner for match in _RUN.finditer(token[:_LONGEST_BLOB]) for inner in _decoded(match[0])]
    for inner in found:
        if inner != text:
            yield inner
            if depth > 1:
                yield from decodings(inner, depth - 1)


def _decoded(run: str) -> Iterator[str]:
    """A run of letters and digits read as hex or base64, where that gives plain text."""
    if len(run) % 2 == 0 and _HEX.fullmatch(run):
        yield from _printable(bytes.fromhex(run))
    raw = run.rstrip("=").replace("-", "+").replace("_", "/")
    if raw.islower() or raw.isdigit() or len(raw) % 4 == 1:
        return
    try:
        yield from _printable(base64.b64decode(raw + "=" * (-len(raw) % 4), validate=True))
    except (binascii.Error, ValueError):
        return


def _printable(data: bytes) -> Iterator[str]:
    if len(data) > 5 and all(byte in _PRINTABLE for byte in data):
        yield data.decode("ascii")


def same_spelling(text: str) -> str:
    """The spelling under which a whole value is looked up, whatever its kind."""
    return _remembered(text) if len(text) <= _SHORT else _same_spelling(text)


def _same_spelling(text: str) -> str:
    kind = kind_of(text)
    return canonical(kind, text.strip().rstrip("/") if kind == "url" else text.strip())


_remembered = lru_cache(maxsize=8192)(_same_spelling)


def host_of(url: str) -> str:
    """The host part of a link as written, case folded, less "www."."""
    return link_host(normalise(url))
