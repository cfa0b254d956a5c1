"""Telephone numbers. The library's tables say which exist; they are asked a bounded number of times per text."""

# ruff: noqa: E501 - a broken pattern is harder to read than a long one
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from pytest_agentsafety.guards import pii_names
from pytest_agentsafety.guards.pii_kinds import ASKED, LINK, Kind, Spans

_DIGITS = range(7, 16)
_START = re.compile(
    r"\(\+\d{1,4}\)|\+ ?\(?\d|(?<!\d)00\d|\((?=\d)|(?<!\d)\d{3}[ .-]\d{3}[.-]\d{4}(?!\d)|(?<!\d)0\d|(?<!\d)1[ .-]\(?\d{3}"
)
_NEXT = re.compile(r"\+|(?<![\d.-])00(?:1|[2-9]\d{1,2})[ (./-]\d")
_EXTENSION = re.compile(r"(?:,|;)? {0,2}(?:ext(?:ension)?\.?|x|#|;ext=) {0,2}\d{1,6}(?!\d)", re.IGNORECASE)
_TRIES = 4
# Where a 0 in front stands for the country, and the groups look like nothing else.
_NATIONAL = ("GB", "DE", "FR", "IT", "NL", "BE", "CH", "AT", "AU", "ZA", "JP", "SE", "TR", "UA", "IN", "NG", "IE", "KR")


@cache
def _library() -> Any:
    """Loaded on the first candidate: the library's tables take a while."""
    import phonenumbers

    return phonenumbers


@lru_cache(maxsize=4096)
def _parsed(text: str, region: str | None) -> Any:
    try:
        return _library().parse(text, region)
    except _library().NumberParseException:
        return None


def _plain(text: str) -> str:
    """Without what may stand around a country's code."""
    text = text.strip()
    text = text[1:] if text.startswith("(+") else text
    return "+" + text[2:] if text.startswith("00") else text


@lru_cache(maxsize=4096)
def is_number(text: str, regions: tuple[str, ...] = ("US",)) -> bool:
    """Does such a number exist: any that is possible with its country's code, or a valid one of the regions? A number
    in groups behind a plus sign and such a code is one where it has the length of some (E.164): who made it up knew
    no more."""
    marked = "+" in text[:2]
    told = marked or not text.startswith("00") or (not text.isdigit() and sum(c.isdigit() for c in text) > 10)
    text = _plain(text)
    foreign = text.startswith("+")
    for region in (None,) if foreign else regions:
        number = _parsed(text, region)
        if number is None:
            continue
        tables = _library()
        exists = tables.is_possible_number if told and region in (None, "US") else tables.is_valid_number
        if exists(number) or (marked and (_has_groups(text) or _is_long(text, number.country_code))):
            return True
    return False


def _has_groups(text: str) -> bool:
    return len(re.findall(r"\d+", text)) > 1 and 8 <= sum(c.isdigit() for c in text) <= 15


def _is_long(text: str, country: int) -> bool:
    """Made up without groups: as long as a number with a country's code may be. Not in North America, where what a
    plus sign adds is a number; no time without its signs."""
    size = sum(c.isdigit() for c in text)
    if country == 1 or _TIMESTAMP.match(text):
        return False
    tried = (_parsed(text[:-1], None), _parsed(f"{text}0", None)) if size == 10 else ()
    near = any(number is not None and _library().is_possible_number(number) for number in tried)
    return near or 11 <= size <= 15


_TIMESTAMP = re.compile(r"\+(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d")


def _is_assigned(text: str) -> bool:
    number = _parsed(_plain(text), None)
    return number is not None and _library().is_valid_number(number)


def looks_like_number(text: str) -> bool:
    """The same by its form alone, for texts that hold too many."""
    return sum(c.isdigit() for c in text) in _DIGITS


def find_phones(candidate: str, exists: Callable[[str], bool] = is_number) -> Spans:
    """A run of digits and separators may hold several numbers. Each starts like one and is as long as it can be."""
    found: list[tuple[int, int]] = []
    done = 0
    for start in (match.start() for match in _START.finditer(candidate)):
        if start < done:
            continue
        row = _ROW.match(candidate, start)
        if row is not None and _is_times(row.group()):
            done = row.end()
        elif (end := _end(candidate[: start + _ROW_SIZE] if row else candidate, start, exists)) is not None:
            extension = _EXTENSION.match(candidate, end)
            done = extension.end() if extension else end
            found.append((start + _opens(candidate[start:end]), done))
    return tuple(found)


def _end(text: str, start: int, exists: Callable[[str], bool]) -> int | None:
    """Where the number that starts there ends: the longest that was given out, or else that could be."""
    ends = _ends(text, start)
    if exists is is_number and _plain(text[start : start + 4]).startswith("+"):
        ends = [end for end in ends if end - start > _SHORTEST] or ends
        given_out = next((end for end in (ends if len(ends) > 1 else ()) if _is_assigned(text[start:end])), None)
        if given_out is not None:
            return given_out
    return next((end for end in ends if _is(text[start:end], exists)), None)


_SHORTEST = 7
# Five groups of two digits, or three of four, are a telephone number; more of them are times, or numbers of a draw.
_ROW = re.compile(r"0\d(?: \d\d){4,}(?!\d)|0\d{3}(?: \d{4}){2,}(?!\d)")
_ROW_SIZE = len("01 02 03 04 05")


def _is_times(row: str) -> bool:
    return len(row) > _ROW_SIZE if row[4] == " " else (len(row) + 1) % (_ROW_SIZE + 1) != 0


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
    r"(?:tele|mobile |cell |home |work )?phones?|telefono?n?s?|t(?:\x{00e9}|e)l(?:\x{00e9}|e)(?:phone|fono?)s?|t(?:\x{00e9}|e)l|telf|tlf|mob(?:ile?|iel|il|iltelefon)?|mvl|"
    r"m(?:\x{00f3}|o)vil(?:es)?|cell(?:phone|ulare)?|celular(?:es)?|telem(?:\x{00f3}|o)vel|portable|handy|telefoon|kom\x{00f3}rka|fax|whatsapp|viber|telefonsz\x{00e1}m|puhelin|matkapuhelin|cep tel(?:efonu?)?|gsm|msisdn|"
    r"(?:telefon|handy|mobil|mobile |phone |telefoon|puhelin)[ -]?(?:nummer|nr|number|numret|numero)|telefon(?:u|em|ie|nya|ulo|e|en|a|i)?|"
    r"(?:call|dial|ring|text|reach|sms|answer|contact|message|signal)(?:l?ed|l?ing)?"
    rf"(?:{_WHOM}+(?: (?:at|on|under))?| (?:at|on|under))|contact (?:number|no\.?)|hotline|landline|switchboard"
)
_CALLS = rf"(?:(?:\b|_)(?i:{_NAMED})(?:\b|_|(?i:number|nummer|numero|no|nr|s)\b)|(?i:{pii_names.TELEPHONE}))"
_CALLED = r"\b(?i:call|dial|ring|text)(?i:l?ed|l?ing)? "
_TAIL = re.compile(r"[+(]{0,2}\d[\d ()./-]{4,22}\d(?: {0,2}(?:ext\.?|x) {0,2}\d{1,6})?\Z", re.ASCII)
_DATED = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)")
_NUMBER_LIKE = re.compile(r"\d{4}-\d{4}-\d{4}-\d{4}|(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)")


def find_named(candidate: str) -> Spans:
    """What stands behind a word for a telephone, in any country's form."""
    match = _TAIL.search(candidate)
    if match is None:
        return ()
    text = match.group()
    digits = sum(c.isdigit() for c in re.split(r"[ex]", text)[0])
    if digits not in _DIGITS or _DATED.match(text) or _NUMBER_LIKE.search(text):
        return ()
    start, end = match.span()
    return ((start + _opens(text), end),)


def _opens(text: str) -> bool:
    """Does it begin with a bracket that is closed behind it?"""
    return text[0] == "(" and text.count("(") > text.count(")")


# No part of a row of numbers: none stands before it.
_FREE = r"(?:^|[^0-9 \t][ \t]?)"
_INTERNATIONAL = rf"(?:\(?\+ ?\(?|{_FREE}\b00)\d[\d ()./-]{{5,60}}\d"
_GROUPS = r"\d{2,4}[ -]\d{3,4}[ -]\d{3,4}|\d{4}[ -]\d{6}|[1-9](?:[ .]\d\d){4}|\d{2,4}/\d{5,8}|\d{2,3}[ -]\d{6,8}"
_SUFFIX = r"(?:(?:,|;)? {0,2}(?i:ext(?:ension)?\.?|x|#|;ext=) {0,2}\d{1,6})?"
_FORMS = (
    rf"(?:{_INTERNATIONAL}|(?:\b1[ .-])?\(\d{{3}}\) ?\d{{3}}[ .-]\d{{4}}|\(0\d{{1,5}}\) ?\d[\d /-]{{4,11}}\d|"
    rf"\b(?:1[ .-])?\d{{3}}[ .-]\d{{3}}[.-]\d{{4}}|{_FREE}\b0(?:{_GROUPS})\b)"
)
# What has such a form and another name.
_NO_PHONE = (
    r"\b(?i:(?:p/n|part|sku|art(?:icle|ikel)?\.?-?(?:nr|no)\b|model|cat(?:alog(?:ue)?)?\.? no|s/n|isbn(?:-1[03])?)(?: ?(?:no|nr|number|num)\b)?[.:# ]{1,3}|"
    r"(?:item|serial|lot|batch|order|invoice|ticket|case|ref|code|bestell)(?:[ -]?(?:no|nr|number|nummer|num)\b|[:#])[.:# ]{0,2})"
)
_OTHER_NAME = re.compile(_NO_PHONE)
KINDS: tuple[Kind, ...] = (
    Kind(
        name="phone",
        costly=True,
        check=lambda text: () if _OTHER_NAME.match(text) else find_phones(text),
        hint=_FORMS,
        pattern=rf"(?:{_NO_PHONE}(?:[0-9(][\d ()./-]{{5,22}}\d)|{_FORMS}(?:(?: \d\d){{1,5}}\b|(?: \d{{4}}){{1,3}}\b)?{_SUFFIX})",
    ),
    Kind(
        name="phone",
        check=find_named,
        words=_CALLS,
        pattern=rf"{_CALLS}(?:[ _-]?(?i:number|no\.?|nr\.?|#|nummer))?(?:(?:[\"']\])?(?:[^0-9+(\n\],]|\(#){{0,24}}|{ASKED})"
        r"[+(]{0,2}\d[\d ()./-]{4,22}\d(?: {0,2}(?i:ext\.?|x) {0,2}\d{1,6})?",
    ),
    Kind(
        name="phone",
        check=lambda text: find_labelled(text),  # noqa: PLW0108 - defined below
        words=rf"\d{LINK}{_CALLS}",
        pattern=rf"[+(]{{0,2}}\b\d[\d ()./-]{{4,22}}\d{LINK}{_CALLS}",
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
    size = len(re.match(r"[\d ()+./-]*\d", candidate, re.ASCII).group())  # type: ignore[union-attr]
    return tuple(span for span in find_named(candidate[:size]) if span[0] == 0)


KINDS += (Kind(name="phone", check=find_labelled, pattern=_LABEL),)
NATIONAL_PATTERN = r"\(?\d[\d ()./-]{4,20}\d"


def find_national(candidate: str, regions: Iterable[str]) -> Spans:
    """A number as it is written within one of the regions."""
    text = candidate.strip()
    return ((0, len(candidate)),) if not _OTHER.match(text) and is_number(text, tuple(regions)) else ()
