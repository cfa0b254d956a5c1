"""Telephone numbers. The library's tables say which exist; they are asked a bounded number of times per text."""

# ruff: noqa: E501 - a broken pattern is harder to read than a long one
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from pytest_agentsafety.guards.pii_kinds import Kind, Spans

_DIGITS = range(7, 16)
_START = re.compile(
    r"\+ ?\(?\d|(?<!\d)00\d|\((?=\d)|(?<!\d)\d{3}[ .-]\d{3}[.-]\d{4}(?!\d)|(?<!\d)0\d|(?<!\d)1[ .-]\(?\d{3}"
)
_NEXT = re.compile(r"\+|(?<![\d.-])00[1-9]")
_EXTENSION = re.compile(r"(?:,|;)? {0,2}(?:ext(?:ension)?\.?|x|#|;ext=) {0,2}\d{1,6}(?!\d)", re.IGNORECASE)
_TRIES = 4
# Where a 0 in front stands for the country, and the groups look like nothing else.
_NATIONAL = ("GB", "DE", "FR", "IT", "NL", "BE", "CH", "AT", "AU", "ZA", "JP", "SE", "TR", "UA", "IN", "NG", "IE", "KR")


@cache
def _library() -> tuple[Callable[..., object], type[Exception], Callable[..., bool], Callable[..., bool]]:
    """Loaded on the first candidate: the library's tables take a while."""
    import phonenumbers

    return (
        phonenumbers.parse,
        phonenumbers.NumberParseException,
        phonenumbers.is_possible_number,
        phonenumbers.is_valid_number,
    )


@lru_cache(maxsize=4096)
def is_number(text: str, regions: tuple[str, ...] = ("US",)) -> bool:
    """Does such a number exist: any that is possible with its country's code, or a valid one of the regions?"""
    parse, refused, possible, valid = _library()
    text = text.strip()
    text = "+" + text[2:] if text.startswith("00") else text
    for region in (None,) if text.startswith("+") else regions:
        try:
            number = parse(text, region)
        except refused:
            continue
        if possible(number) if region in (None, "US") else valid(number):
            return True
    return False


def looks_like_number(text: str) -> bool:
    """The same by its form alone, for texts that hold too many."""
    return sum(c.isdigit() for c in text) in _DIGITS


def find_phones(candidate: str, exists: Callable[[str], bool] = is_number) -> Spans:
    """A run of digits and separators may hold several numbers. Each starts like one and is as long as it can be."""
    found: list[tuple[int, int]] = []
    done = 0
    for start in (match.start() for match in _START.finditer(candidate)):
        if start >= done:
            end = next((end for end in _ends(candidate, start) if _is(candidate[start:end], exists)), None)
            if end is not None:
                extension = _EXTENSION.match(candidate, end)
                done = extension.end() if extension else end
                found.append((start, done))
    return tuple(found)


def find_shapes(candidate: str) -> Spans:
    return find_phones(candidate, looks_like_number)


def _is(text: str, exists: Callable[[str], bool]) -> bool:
    if exists is is_number and re.match(r"\(?0(?!0)", text):
        return _is_spaced(text) and is_number(text, _NATIONAL)
    return exists(text)


_OTHER = re.compile(
    r"\d{5}-\d{4}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[ T]\d\d?)?|\d\d?[ :]\d\d[ :]\d\d"
)


def _is_spaced(text: str) -> bool:
    """In groups, as numbers of telephones are written, and long enough."""
    return sum(c.isdigit() for c in text) >= 9 and len(re.findall(r"\d+", text)) >= 2 and not _OTHER.fullmatch(text)


def _ends(text: str, start: int) -> list[int]:
    """Where groups of digits end, longest number first, up to the longest that exists."""
    ends: list[int] = []
    digits = 0
    for i in range(start, min(len(text), start + 40)):
        if i > start + 1 and _NEXT.match(text, i):
            break
        if text[i].isdigit():
            digits += 1
            if digits > _DIGITS[-1] + 2:
                break
            if i + 1 == len(text) or not text[i + 1].isdigit():
                ends.append(i + 1)
        elif text[i].isalpha():
            break
    return ends[: -_TRIES - 1 : -1]


_WHOM = r"(?: (?:me|us|him|her|them|back|again))"
_NAMED = (
    r"(?:tele)?phones?|telefono?n?|t(?:\x{00e9}|e)l(?:\x{00e9}|e)phone|tel|mobile?|mob|cell(?:phone)?|handy|fax|whatsapp|"
    r"(?:call|dial|ring|text|reach|sms|answer|contact|message|signal)(?:l?ed|l?ing)?"
    rf"(?:{_WHOM}+(?: (?:at|on|under))?| (?:at|on|under))|contact (?:number|no\.?)|hotline|landline|switchboard"
)
_CALLED = r"\b(?i:call|dial|ring|text)(?i:l?ed|l?ing)? "
_TAIL = re.compile(r"[+(]?\d[\d ()./-]{4,22}\d(?: {0,2}(?:ext\.?|x) {0,2}\d{1,6})?\Z")
_DATED = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)")
_NUMBER_LIKE = re.compile(r"\d{4}-\d{4}-\d{4}-\d{4}|\d{1,3}(?:\.\d{1,3}){3}")


def find_named(candidate: str) -> Spans:
    """What stands behind a word for a telephone, in any country's form."""
    match = _TAIL.search(candidate)
    if match is None:
        return ()
    text = match.group()
    digits = sum(c.isdigit() for c in re.split(r"[ex]", text)[0])
    if digits not in _DIGITS or _DATED.match(text) or _NUMBER_LIKE.search(text):
        return ()
    return (match.span(),)


# No part of a row of numbers: none stands before it.
_FREE = r"(?:^|[^0-9 \t][ \t]?)"
_INTERNATIONAL = rf"(?:\+ ?\(?|{_FREE}\b00)\d[\d ()./-]{{5,60}}\d"
_GROUPS = r"\d{2,4}[ -]\d{3,4}[ -]\d{3,4}|\d{4}[ -]\d{6}|[1-9](?:[ .]\d\d){4}|\d{2,4}/\d{5,8}|\d{2,3}[ -]\d{6,8}"
_SUFFIX = r"(?:(?:,|;)? {0,2}(?i:ext(?:ension)?\.?|x|#|;ext=) {0,2}\d{1,6})?"
KINDS: tuple[Kind, ...] = (
    Kind(
        name="phone",
        costly=True,
        check=find_phones,
        pattern=rf"(?:{_INTERNATIONAL}|(?:\b1[ .-])?\(\d{{3}}\) ?\d{{3}}[ .-]\d{{4}}|\(0\d{{1,5}}\) ?\d[\d /-]{{4,11}}\d|"
        rf"\b(?:1[ .-])?\d{{3}}[ .-]\d{{3}}[.-]\d{{4}}|{_FREE}\b0(?:{_GROUPS})\b){_SUFFIX}",
    ),
    Kind(
        name="phone",
        check=find_named,
        words=rf"\b(?i:{_NAMED})\b",
        pattern=rf"\b(?i:{_NAMED})\b(?:[ _-]?(?i:number|no\.?|nr\.?|#|nummer))?[^0-9+(\n\],]{{0,18}}[+(]?\d[\d ()./-]{{4,22}}\d(?: {{0,2}}(?i:ext\.?|x) {{0,2}}\d{{1,6}})?",
    ),
    Kind(
        name="phone",
        check=find_named,
        words=rf"{_CALLED}[+(]?\d",
        pattern=rf"{_CALLED}[+(]?\d[\d ()./-]{{4,22}}\d",
    ),
)
_LABEL = r"[+(]?\d[\d ()./-]{4,22}\d {1,2}\(?(?i:office|fax|mobile|cell|landline|tel|phone)\)?[ \t]*(?:[\n,;.]|\z)"


def find_labelled(candidate: str) -> Spans:
    """What stands before such a word, at the end of a line."""
    size = len(re.match(r"[\d ()+./-]*\d", candidate).group())  # type: ignore[union-attr]
    return tuple(span for span in find_named(candidate[:size]) if span[0] == 0)


KINDS += (Kind(name="phone", check=find_labelled, pattern=_LABEL),)
NATIONAL_PATTERN = r"\(?\d[\d ()./-]{4,20}\d"


def find_national(candidate: str, regions: Iterable[str]) -> Spans:
    """A number as it is written within one of the regions."""
    text = candidate.strip()
    return ((0, len(candidate)),) if not _OTHER.match(text) and is_number(text, tuple(regions)) else ()
