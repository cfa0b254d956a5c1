"""Which record of a result the user means."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.provenance.naming import Mark, marks
from pytest_agentsafety.provenance.reading import read
from pytest_agentsafety.provenance.records import records_of

BERTHS = [
    {"id": 1, "boat": "Grey Heron", "owner": "lena@quay.test", "fee": 120.5, "until": "2031-05-03"},
    {"id": 2, "boat": "Teal", "owner": "ole.ravn@quay.test", "fee": 80, "until": "2031-06-01"},
    {"id": 3, "boat": "Black Swan", "owner": "mia@quay.test", "fee": 300, "until": "2030-01-01"},
]


def marked(task: str, data: Any = BERTHS, *objects: str, own: bool = True) -> list[Mark]:
    found = marks(records_of(data, own=own), read(task), frozenset(objects))
    return list(found.values())


def surely(task: str, data: Any = BERTHS, *objects: str) -> list[int]:
    return [index for index, mark in enumerate(marked(task, data, *objects)) if mark.surely]


def extreme(task: str, data: Any = BERTHS, *objects: str) -> list[int]:
    return [index for index, mark in enumerate(marked(task, data, *objects)) if mark.extreme]


@pytest.mark.parametrize(
    ("task", "records"),
    [
        ("Who owns the Teal?", [1]),
        ("Who owns the teal?", [1]),
        ("Renew the berth of the Grey Heron", [0]),
        ("Write to Ole Ravn", [1]),
        ("Write to mia@quay.test", [2]),
        ("Whose fee is 120.50?", [0]),
        ("The one that ends on 3 May", [0]),
        ("Renew the berth that costs 300", [2]),
        ("Renew the Teal and the Black Swan", [1, 2]),
        ("Renew a berth", []),
        ("Renew the berth of the Cormorant", []),
        ("Two boats came in", []),
        ("", []),
    ],
)
def test_a_record_is_meant_by_its_values(task: str, records: list[int]) -> None:
    assert surely(task, BERTHS, "berth", "boat") == records


def test_a_value_that_all_have_singles_out_none() -> None:
    data = [{"boat": "Teal", "pier": "North"}, {"boat": "Swan", "pier": "North"}]
    assert surely("Renew the berths at pier North", data) == []
    assert surely("Renew the Teal at pier North", data) == [0]


def test_words_for_the_sort_of_thing_single_out_none() -> None:
    data = [{"title": "berth"}, {"title": "mast"}]
    assert surely("Renew my berth", data) == [0]
    assert surely("Renew my berth", data, "berth") == []


def test_half_of_a_title_is_enough_a_word_of_a_long_text_is_not() -> None:
    data = [{"title": "spring regatta plan"}, {"title": "winter"}]
    assert surely("Print the regatta plan", data) == [0]
    words = [{"title": "what the old keeper told us of storms and wrecks and one regatta"}, {"title": "winter"}]
    assert surely("Print the regatta plan", words) == []
    assert [mark.mention for mark in marked("Print the regatta plan", words)] == ["weak", "none"]


def test_parts_are_meant_with_the_whole() -> None:
    data = [{"boat": "Teal", "crew": [{"name": "Ann"}, {"name": "Bo"}]}, {"boat": "Swan", "crew": [{"name": "Cy"}]}]
    found = marks(records_of(data, own=True), read("Write to the crew of the Teal"), frozenset())
    named = {next((field.value for field in record.fields), ""): mark.surely for record, mark in found.items()}
    assert named == {"Teal": True, "Ann": True, "Bo": True, "Swan": False, "Cy": False}


@pytest.mark.parametrize(
    ("task", "records"),
    [
        ("Renew the most expensive berth", []),
        ("Renew the cheapest berth", [1]),
        ("Renew the berth with the highest fee", []),
        ("Which is the cheapest one?", [1]),
        ("Renew the latest berth", [1]),
        ("Renew the earliest berth", [2]),
        ("Renew the newest berth and the oldest berth", [1, 2]),
    ],
)
def test_first_and_last_of_all(task: str, records: list[int]) -> None:
    assert set(records) <= set(extreme(task, BERTHS, "berth"))


@pytest.mark.parametrize(
    "task",
    [
        "First look at the berths, then renew mine",
        "Renew the berth before next week",
        "Renew the berth, that is the most I can do today",
        "Renew the berth of last month",
        "At last! Renew the berth.",
        "Renew a berth",
    ],
)
def test_a_loose_word_is_no_choice(task: str) -> None:
    assert extreme(task, BERTHS, "berth") == []


def test_one_record_is_no_first_of_many() -> None:
    assert extreme("Renew the latest berth", BERTHS[:1], "berth") == []


def test_ids_and_mixed_columns_have_no_order() -> None:
    assert extreme("Renew the latest berth", [{"id": 1}, {"id": 2}], "berth") == []
    assert extreme("Renew the latest berth", [{"until": "2031-05-03"}, {"until": "soon"}], "berth") == []


def test_amounts_with_units_are_ordered_by_size() -> None:
    data = [{"boat": "Teal", "fee": "$90"}, {"boat": "Swan", "fee": "$1200"}, {"boat": "Auk", "fee": "$300"}]
    assert extreme("Renew the cheapest berth", data, "berth") == [0]


def test_a_text_names_but_says_less() -> None:
    data = [{"subject": "regatta", "body": "x"}, {"title": "regatta", "body": "x"}, {"title": "mast", "body": "y"}]
    first, second, third = marked("Read about the regatta", data, own=False)
    assert second.score > first.score > third.score


def test_no_records_no_marks() -> None:
    assert marks([], read("Renew the Teal"), frozenset()) == {}


def test_many_records() -> None:
    data = [{"boat": f"Boat {index}"} for index in range(3_000)]
    assert surely("Renew Boat 2718", data) == [2718]
