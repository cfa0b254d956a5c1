"""Records of one result, and what the task's words leave open between them."""

from __future__ import annotations

import pytest

from tests.unit.provenance.kit import Run, Tool, tool

LIST = tool("list_tours", "read", "list", "tour", "own")
SEARCH = tool("search_tours", "read", "search", "tour", "outside")
END = tool("cancel_tour", "delete", "cancel", "tour", tour_id="identifier")
NOTE = tool("note_tour", "write", "note", "tour", tour_id="identifier")
ROWS = [
    {"tour_id": "T-41", "guest": "Sven Dahl", "start": "2026-05-12T09:00", "guide": "Ada Moor"},
    {"tour_id": "T-42", "guest": "Mia Ravn", "start": "2026-05-12T15:00", "guide": "Ada Moor"},
]


def outcomes(task: str, rows: object, *, reading: Tool = LIST, acting: Tool = END) -> dict[str, str]:
    run = Run(task).heard(reading, rows)
    return {number: run.outcome(acting, tour_id=number) for number in ("T-41", "T-42")}


@pytest.mark.parametrize(
    "task",
    [
        "Cancel the tour at 3 pm on 12 May 2026",
        "Cancel the tour at 15:00 on 12 May",
        "Cancel the 3 o'clock tour of Mia Ravn",
        "Cancel Mia Ravn's tour with Ada Moor",
    ],
)
def test_what_has_all_the_words_is_meant(task: str) -> None:
    assert outcomes(task, ROWS) == {"T-41": "ask", "T-42": "allowed"}


def test_a_day_that_both_have_names_neither() -> None:
    assert outcomes("Cancel the tour on 12 May 2026", ROWS) == {"T-41": "ask", "T-42": "ask"}


def test_an_entry_of_a_wrapped_list_is_not_the_only_one() -> None:
    wrapped = {"count": 2, "tours": ROWS}
    task = "Note on the tour of Mia Ravn that she is vegan"
    assert outcomes(task, wrapped, acting=NOTE) == {"T-41": "ask", "T-42": "allowed"}


def test_a_twin_that_others_wrote_stays_a_rival() -> None:
    twin = [ROWS[0], {**ROWS[0], "tour_id": "T-42", "guest": "Sven Dahl", "guide": "Ada Moor, harbour"}]
    assert "allowed" not in outcomes("Cancel Sven Dahl's tour", twin, reading=SEARCH).values()


def test_the_last_one_is_no_open_choice() -> None:
    assert outcomes("Note on the last tour that it is full", ROWS, acting=NOTE) == {"T-41": "ask", "T-42": "allowed"}


FILES = tool("list_files", "read", "list", "file", "own")
ASKS = tool("request_paper", "egress", "request", "paper", file_no="identifier", paper="identifier")


def test_words_of_a_field_are_no_value() -> None:
    rows = [{"file_no": "F-77", "name": "Mia Ravn", "state": "missing: the harbour deed"}]
    run = Run("Something is missing in Mia Ravn's file, request it").heard(FILES, rows)
    assert run.outcome(ASKS, file_no="F-77", paper="harbour deed") == "ask"
