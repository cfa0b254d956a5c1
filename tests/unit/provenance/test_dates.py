"""Days and months in texts, whatever way they are written."""

from __future__ import annotations

import pytest

from pytest_agentsafety.provenance.dates import Day, clocks_in, days_in, far_from, months_in


@pytest.mark.parametrize(
    "text",
    [
        "2031-05-03",
        "2031-05-03T10:00:00Z",
        "on 3 May",
        "on the 3rd of May",
        "May 3",
        "May 3rd, 2031",
        "may 03",
        "3 MAY 2031",
        "03.05.2031",
        "3.5.",
        "the regatta (May 3)",
    ],
)
def test_one_day_in_many_ways(text: str) -> None:
    assert days_in(text) == {Day(5, 3)}


def test_both_readings_of_slashes() -> None:
    assert days_in("05/03/2031") == {Day(5, 3), Day(3, 5)}
    assert days_in("25/03/2031") == {Day(3, 25)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no day at all",
        "2031-13-45",
        "99 May",
        "12:30",
        "May 10:30",
        "version 1.2.3.4",
        "12.50 euros",
        "maybe 3",
        "a mayor of 3 towns",
        "1/2",
        "order 4711",
        "it rained on the 3. May came late",
        "marina 12",
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert days_in(text) == set()


def test_all_days_of_a_text() -> None:
    assert days_in("from 1 June to June 4th, or 2031-07-09") == {Day(6, 1), Day(6, 4), Day(7, 9)}


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("the fees of February", {2}),
        ("in may and since June", {5, 6}),
        ("in Sept", {9}),
        ("you may go", set()),
        ("3 June", set()),
        ("June 3", set()),
        ("the 3rd of June", set()),
        ("march on", {3}),
        ("janitor, decent, octopus", set()),
    ],
)
def test_months_without_a_day(text: str, months: set[int]) -> None:
    assert months_in(text) == months


@pytest.mark.parametrize("text", ["1 jan " * 50_000, "1/" * 100_000, "1." * 100_000, "2031-" * 50_000, "may " * 50_000])
def test_long_texts_end(text: str) -> None:
    assert len(days_in(text)) <= 12
    assert len(months_in(text)) <= 12


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("by the end of June", Day(6, 30)),
        ("the beginning of May 2026", Day(5, 1)),
        ("mid-March", Day(3, 15)),
        ("end of February", Day(2, 28)),
        ("the end of the month", None),
    ],
)
def test_the_edges_of_a_month(text: str, day: Day | None) -> None:
    assert (days_in(text) == frozenset()) if day is None else (day in days_in(text))


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("the 10 o'clock tour", {"10:00"}),
        ("half past two", {"02:30", "14:30"}),
        ("quarter to 5", {"04:45", "16:45"}),
        ("half past the hour", set()),
    ],
)
def test_hours_in_words(text: str, clocks: set[str]) -> None:
    assert clocks_in(text) == clocks


def test_a_year_far_off() -> None:
    assert far_from("2036-05-12", "on 12 May 2026")
    assert not far_from("2027-01-12", "six months from 12 July 2026")
    assert not far_from("2036-05-12", "on 12 May")
