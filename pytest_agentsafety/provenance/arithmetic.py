"""Is a figure worked out from others, in a way that a task leaves open: so many per cent more, half, the rest?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set

_PERCENT = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(?:%|per ?cent)|\b(one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|"
    r"fifty) per ?cent",
    re.IGNORECASE,
)
_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
} | {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "fifty": 50,
}
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d{1,2})?(?![\w-])")
_FACTORS = tuple(
    (re.compile(rf"\b(?:{words})", re.IGNORECASE), factor)
    for words, factor in (
        ("double|twice", 2.0),
        ("half", 0.5),
        ("third", 1 / 3),
        ("quarter", 0.25),
        ("triple|three times", 3.0),
    )
)
_MOST = 40  # figures that are combined
_LARGEST = 1e9
_CENT, _WHOLE = 0.011, 0.5


def worked_out(value: float, figures: Set[float], task: str) -> bool:
    """Does the value follow from one figure, or from two, by what the task names?"""
    if not value < _LARGEST:
        return False
    some = sorted(figure for figure in figures if 0 < figure < _LARGEST)[:_MOST]
    whole = value == int(value) and value >= 100
    return any(abs(value - other) <= (_WHOLE if whole else _CENT) for other in _results(some, task))


def _results(figures: list[float], task: str) -> Iterator[float]:
    named = [float(number.replace(",", ".")) for number in _NUMBER.findall(task)[:_MOST]]
    for share in _shares(task):
        for figure in [*figures, *named]:
            yield from (figure * share, figure * (1 + share), figure * (1 - share))
    for pattern, factor in _FACTORS:
        if pattern.search(task) is not None:
            yield from (figure * factor for figure in figures)
    for figure in figures:
        yield from _combined(figure, named)
    yield from _combined_pairs(figures)


def _shares(task: str) -> Iterable[float]:
    return [
        float(m[1].replace(",", ".")) / 100 if m[1] else _WORDS[m[2].lower()] / 100 for m in _PERCENT.finditer(task)
    ]


def _combined(figure: float, named: Iterable[float]) -> Iterator[float]:
    for other in named:
        yield from (figure + other, figure - other, figure * other)
        if other:
            yield figure / other


def _combined_pairs(figures: list[float]) -> Iterator[float]:
    yield sum(figures)
    for index, first in enumerate(figures):
        for second in figures[index + 1 :]:
            yield from (first + second, abs(first - second))
