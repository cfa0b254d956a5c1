"""Does a task say a value in other words than the call: by its day, by half of its words?"""

from __future__ import annotations

from collections.abc import Iterable

from pytest_agentsafety.provenance.dates import clock_of, days_in, far_from
from pytest_agentsafety.provenance.reading import Reading, content_words
from pytest_agentsafety.provenance.values import kind_of


def led_to(source_arguments: Iterable[str], reading: Reading) -> bool:
    """Do the user's words lead to a search for this: does half of every argument's words stand in the task?"""
    for argument in source_arguments:
        words = content_words(argument)
        if not words or 2 * len(words & reading.words) < len(words):
            return False
    return True


def half_said(value: object, reading: Reading) -> bool:
    """Two or three plain words, of which the task says at least half ("gift wrap" for "wrap it as a gift")."""
    if not isinstance(value, str) or " " not in value or not value.replace(" ", "").isalpha():
        return False
    return not any(word[:1].isupper() for word in value.split()[1:]) and led_to([value], reading)


def dated(value: object, reading: Reading) -> bool:
    """A day that the task names in other words, at an hour that it names."""
    if not isinstance(value, str) or kind_of(value) != "date" or not days_in(value) & reading.days:
        return False
    if far_from(value, reading.text):
        return False
    clock = clock_of(value)
    return clock is None or clock in reading.clocks
