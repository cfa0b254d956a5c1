"""Values that a task says in other words."""

from __future__ import annotations

import pytest

from pytest_agentsafety.provenance.reading import read
from pytest_agentsafety.provenance.said import dated, half_said, led_to


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-05-12", True),
        ("2026-05-12T15:00", True),
        ("2026-05-12T09:00", False),
        ("2026-05-13", False),
        ("2046-05-12", False),
        ("Mia", False),
        (12, False),
    ],
)
def test_a_day_in_other_words(value: object, said: bool) -> None:
    assert dated(value, read("on 12 May 2026 at 3 pm")) is said


@pytest.mark.parametrize(
    ("value", "said"),
    [("gift wrap", True), ("full refund", False), ("wrap Eve", False), ("gift", False), ("gift 12", False), (5, False)],
)
def test_half_of_the_words(value: object, said: bool) -> None:
    assert half_said(value, read("please wrap it as a gift")) is said


def test_a_search_is_led_to_by_half_of_its_words() -> None:
    reading = read("find the log of the Tern")
    assert led_to(["Tern log"], reading)
    assert not led_to(["Tern log", "passwords"], reading)
    assert not led_to([""], reading)
