"""Which of several a task means."""

from __future__ import annotations

import pytest

from pytest_agentsafety.provenance.choosing import calls, chooses_another, numbers_of, speaks_of_several, takes


@pytest.mark.parametrize(
    ("task", "several"),
    [
        ("Cancel her lessons", True),
        ("Move those early lessons", True),
        ("Cancel her lesson", False),
        ("Cancel one of her lessons", False),
        ("Cancel some of the lessons", False),
        ("Cancel lessons", False),
    ],
)
def test_known_things_in_the_plural(task: str, several: bool) -> None:
    assert speaks_of_several(task, frozenset({"lesson"})) is several


@pytest.mark.parametrize(
    ("task", "numbers"),
    [
        ("Let plot 7 to Ole", {"7"}),
        ("plots 7 and 9 are free", {"7", "9"}),
        ("plot no. 12", {"12"}),
        ("the plot has 7 trees", set()),
    ],
)
def test_numbers_behind_a_thing(task: str, numbers: set[str]) -> None:
    assert numbers_of(task, "plot") == numbers


def test_another_one() -> None:
    assert chooses_another("use another berth")
    assert chooses_another("ask someone else")
    assert not chooses_another("use this berth")


def test_a_file_by_its_words() -> None:
    assert calls(" send the rowing rota ", "rowing_rota.txt")
    assert not calls(" send the rota ", "rowing_rota.txt")


@pytest.mark.parametrize(
    ("word", "before", "after", "taken"),
    [
        ("close", "", ".", True),
        ("over", "please take ", ";", True),
        ("set", "", ".", False),
        ("close", "", " euros", False),
    ],
)
def test_a_number_that_is_done_something_with(word: str, before: str, after: str, taken: bool) -> None:
    assert takes(word, before, after) is taken
