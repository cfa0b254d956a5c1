"""Numbers by value: 1,000.00 and 1000 are the same amount."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

# Not the inside of something longer: "INV-77", "2026-11-05", "v1.2". Possessive, so that it does not shrink to fit.
_NUMBER = re.compile(r"(?<![\w.,])(?<!\w[-/@+])[-+]?[0-9][0-9.,]{0,40}+(?!\w)(?![-/@]\w)")
_PLAIN = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[-+]?[1-9][0-9]{0,2}(?P<sep>[.,])[0-9]{3}(?:(?P=sep)[0-9]{3})*(?:(?!(?P=sep))[.,][0-9]+)?")
_LONGEST = 40
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _readings(token: str) -> set[Decimal]:
    """What a written number can mean: "1.000" is one or a thousand, "12,50" is twelve and a half."""
    texts = []
    if _PLAIN.fullmatch(token):
        texts.append(token)
    grouped = _GROUPED.fullmatch(token)
    if grouped is not None:
        texts.append(token.replace(grouped["sep"], "").replace(",", "."))
    elif _COMMA.fullmatch(token):
        texts.append(token.replace(",", "."))
    return {value for value in map(_decimal, texts) if value is not None}


def numbers_in(text: str) -> frozenset[Decimal]:
    """The values of all numbers in a text."""
    found: set[Decimal] = set()
    for match in _NUMBER.finditer(text):
        found |= _readings(match.group().rstrip(".,"))
    return frozenset(found)


def as_number(value: object) -> Decimal | None:
    """The value of a number or of a string that is nothing but a plainly written one. Leading zeros: not a number."""
    if isinstance(value, str):
        return _written(value) if len(value) <= _LONGEST else None
    kind = type(value)
    if (kind is float or kind is int) and value:  # the one that is zero has two signs
        return _sized(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    return _size(value)


def _size(value: int | float | Decimal) -> Decimal | None:
    number = _decimal(str(value))
    return number if number is not None and number.is_finite() else None


_sized = lru_cache(maxsize=4096, typed=True)(_size)


@lru_cache(maxsize=8192)
def _written(text: str) -> Decimal | None:
    if not any(map(str.isdigit, text)):
        return None
    readings = _readings(text.strip())
    return readings.pop() if len(readings) == 1 else None


def spellings(number: Decimal) -> tuple[str, ...]:
    """How a number may be written in a result, most telling first."""
    plain = f"{number:f}"
    short = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return tuple(dict.fromkeys((short, plain, f"{number:.2f}", f"{number:,.2f}", f"{number:,f}")))
