"""Days in texts, whatever way they are written: 2026-05-03, 3 May, May 3rd, 03.05.2026."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTHS = {name: index for index, name in enumerate(_NAMES, 1)}
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_WRITTEN = re.compile(
    r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
    rf"|\b{_MONTH.format('m1')},? {_DAY.format('d1')}\b(?!:)"
    rf"|\b{_DAY.format('d2')}(?: of)? {_MONTH.format('m2')}(?![a-z])"
    r"|\b(?P<d3>\d{1,2})\.(?P<m3>\d{1,2})\.(?:\d{2,4})?(?!\d)"
    r"|\b(?P<a4>\d{1,2})/(?P<b4>\d{1,2})/\d{2,4}\b",
    re.IGNORECASE,
)


_LONE_MONTH = re.compile(
    r"(?<!\d )(?<!\d\w\w )(?<!\d of )(?<!\d\w\w of )"
    r"\b(jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?<=in )may|(?<=since )may)\b(?! \d{1,2}(?!\d))",
    re.IGNORECASE,
)


class Day(NamedTuple):
    """A day of any year: month 1 to 12, day 1 to 31."""

    month: int
    day: int


def _days(match: re.Match[str]) -> list[Day]:
    if match["m"]:
        return [Day(int(match["m"]), int(match["d"]))]
    for month, day in (("m1", "d1"), ("m2", "d2")):
        if match[month]:
            return [Day(_MONTHS[match[month][:3].lower()], int(match[day]))]
    if match["m3"]:
        return [Day(int(match["m3"]), int(match["d3"]))]
    first, second = int(match["a4"]), int(match["b4"])
    return [Day(first, second), Day(second, first)]  # both ways of writing it


@lru_cache(maxsize=4096)
def months_in(text: str) -> frozenset[int]:
    """The months that a text names without a day ("in February", "2026-02")."""
    found = {_MONTHS[match[1][:3].lower()] for match in _LONE_MONTH.finditer(text)}
    return frozenset(found)


_TO = r"(?: ?[-\u2013] ?| (?:to|until|till|through|and|or) (?:the )?)"
_NTH = r"(?:st|nd|rd|th)?"
_RANGE = re.compile(
    rf"\b(?P<a>\d{{1,2}}){_NTH}\.?{_TO}(?P<b>\d{{1,2}}){_NTH}\.?(?: of)? {_MONTH.format('m')}(?![a-z])"
    rf"|\b{_MONTH.format('n')} (?P<c>\d{{1,2}}){_NTH}{_TO}(?P<d>\d{{1,2}}){_NTH}\b(?!:)",
    re.IGNORECASE,
)


def _ends(text: str) -> list[Day]:
    """The first and last day of ranges that name their month once ("3 to 14 August", "August 3-14")."""
    found = []
    for match in _RANGE.finditer(text):
        month = _MONTHS[(match["m"] or match["n"])[:3].lower()]
        found += [Day(month, int(day)) for day in (match["a"] or match["c"], match["b"] or match["d"])]
    return found


_EDGE = re.compile(
    r"\b(?:(?P<end>(?:end|last day))|(?P<start>start|beginning|first day)|(?P<mid>the middle))"
    rf" of {_MONTH.format('m')}(?![a-z])|\bmid[- ]{_MONTH.format('n')}(?![a-z])",
    re.IGNORECASE,
)
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _edges(text: str) -> list[Day]:
    """The days of "by the end of June", "the beginning of May", "mid-March"."""
    found = []
    for match in _EDGE.finditer(text):
        month = _MONTHS[(match["m"] or match["n"])[:3].lower()]
        last = _LONGEST[month - 1]
        days = (
            (last, last - 1)
            if match["end"] and month == 2
            else (last,)
            if match["end"]
            else (1,)
            if match["start"]
            else (15,)
        )
        found += [Day(month, day) for day in days]
    return found


@lru_cache(maxsize=4096)
def days_in(text: str) -> frozenset[Day]:
    """The days that a text names. Impossible ones are left out."""
    found = [*(day for match in _WRITTEN.finditer(text) for day in _days(match)), *_ends(text), *_edges(text)]
    return frozenset(day for day in found if 1 <= day.month <= 12 and 1 <= day.day <= 31)


_CLOCKS = re.compile(
    r"\b(?P<h>[01]?\d|2[0-3])[:.h](?P<m>[0-5]\d)\b(?! ?%)(?:\s?(?P<half>[ap])\.?m\b)?"
    r"|\b(?P<h2>1[0-2]|0?[1-9])\s?(?P<half2>[ap])\.?m\b"
    r"|\b(?:at|from|until|till|to|by|around|before|after) (?P<h3>2[0-3]|1?\d)"
    r"(?: o'clock\b|(?![\w:%]|[.,/-]\d| ?[%$\u20ac\u00a3]| [a-z]))"
    r"|\b(?P<h4>2[0-3]|1?\d) o'clock\b"
    r"|\b(?P<part>half past|quarter past|quarter to) (?P<h5>\w{3,6}|1[0-2]|[1-9])\b"
    r"|\b(?P<noon>noon|midday)\b",
    re.IGNORECASE,
)
_HOURS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_WRITTEN_CLOCK = re.compile(r"(?:^|[T ])(\d{1,2}):(\d\d)")


@lru_cache(maxsize=4096)
def clocks_in(text: str) -> frozenset[str]:
    """The times of day that a text names ("at 11", "2 pm", "14:00", "noon"), as HH:MM."""
    found = set()
    for match in _CLOCKS.finditer(text):
        if match["noon"]:
            found.add("12:00")
            continue
        if match["part"]:
            found |= _parted(match["part"].lower(), match["h5"].lower())
            continue
        hour = int(match["h"] or match["h2"] or match["h3"] or match["h4"])
        half = (match["half"] or match["half2"] or "").lower()
        hour = hour % 12 + (12 if half == "p" else 0) if half else hour
        if hour < 24:
            found.add(f"{hour:02d}:{match['m'] or '00'}")
    return frozenset(found)


def _parted(part: str, hour: str) -> set[str]:
    """ "Half past two": of the morning or of the afternoon."""
    number = int(hour) if hour.isdigit() else _HOURS.index(hour) + 1 if hour in _HOURS else 0
    if not number:
        return set()
    minute = {"half past": 30, "quarter past": 15, "quarter to": 45}[part]
    first = (number - (part == "quarter to")) % 12
    return {f"{first:02d}:{minute}", f"{first + 12:02d}:{minute}"}


def clock_of(value: str) -> str | None:
    """The time of day that a value starts at ("09:30", "2026-05-12T09:30"), as HH:MM."""
    match = _WRITTEN_CLOCK.search(value)
    return f"{int(match[1]):02d}:{match[2]}" if match is not None else None


_YEAR = re.compile(r"(?<![\w.,/-])(?:19|20)\d\d(?![\w]|[.,]\d)|(?<!\d)(?:19|20)\d\d(?=-\d\d-\d\d)")


@lru_cache(maxsize=4096)
def far_from(value: str, text: str) -> bool:
    """Is a day in another year than those that a text names, and in none right beside them?"""
    years = {int(year) for year in _YEAR.findall(text)}
    own = {int(year) for year in _YEAR.findall(value)}
    return bool(years) and any(min(abs(year - other) for other in years) > 1 for year in own)


_ORDINAL = re.compile(
    r"\bthe (\d{1,2})(?:st|nd|rd|th)\b(?! (?:floor|time|edition|place|century|grade|of))", re.IGNORECASE
)
_RELATIVE = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?s?\b|"
    r"\b(?:next|this|following|same|last|coming) (?:day|week|weekend|month|year)\b|"
    r"\b(?:days?|weeks?|months?|nights?) (?:later|earlier|longer|more|less|after|before|ahead|from)\b|"
    r"\b(?:in|by|for|another) (?:an?|one|two|three|four|five|six|seven|ten|\d{1,3}) (?:\w+ )?"
    r"(?:days?|weeks?|months?|nights?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def ordinals_in(text: str) -> frozenset[int]:
    """The days of a month that a text names by their number alone ("the 8th")."""
    return frozenset(int(match[1]) for match in _ORDINAL.finditer(text))


@lru_cache(maxsize=4096)
def speaks_relatively(text: str) -> bool:
    """Does a text name days that have to be reckoned ("next Monday", "two nights longer")?"""
    return _RELATIVE.search(text) is not None
