"""Links, addresses and account numbers inside longer text. Every pattern is bounded, so that none can stall."""

from __future__ import annotations

import re

_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{0,20}://|\bwww\.)[^\s<>\"'`)\]}|]{1,4000}")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ACCOUNT = re.compile(r"(?<!\w)(?:[a-z]{2}\d{2}[a-z0-9]{10,30}|\d{9,34})(?!\w)")
ACTIVE_LINK = re.compile(
    r"\b(?:javascript|vbscript)\s{0,3}:(?=\S|\s{0,3}[\w.]{1,40}\()[^<>\"\n]{0,200}|\bdata:[a-z]{1,20}/[\w.+-]{1,60}[;,][^\s<>\"]{0,200}",
    re.IGNORECASE,
)
_HOST_END = re.compile(r"[/?#\\]")


def links(text: str) -> list[str]:
    """The links in a normalised text, without the punctuation of the sentence around them."""
    return [match.rstrip(".,;:!?*_") for match in _LINK.findall(text)]


def telling(text: str) -> list[str]:
    """Links, e-mail addresses and account numbers in a normalised text."""
    return [*links(text), *_EMAIL.findall(text), *_ACCOUNT.findall(text)]


def link_host(link: str) -> str:
    """The host part of a link as written, less "www."; with what stands before an "@" (no host anybody named)."""
    return _HOST_END.split(link.split("://", 1)[-1], maxsplit=1)[0].removeprefix("www.")


def has_query(link: str) -> bool:
    """Does it have a query, or a path as long as one?"""
    return "?" in link or len(link) > 2000
