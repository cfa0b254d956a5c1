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


@lru_cache(maxsize=4096)
def days_in(text: str) -> frozenset[Day]:
    """The days that a text names. Impossible ones are left out."""
    found = (day for match in _WRITTEN.finditer(text) for day in _days(match))
    return frozenset(day for day in found if 1 <= day.month <= 12 and 1 <= day.day <= 31)
