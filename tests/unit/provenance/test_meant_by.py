"""Records that a task means by an hour, a file's ending, a number or a pronoun; and what does not make them meant."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.provenance.dates import clocks_in, days_in, ordinals_in, speaks_relatively
from tests.unit.provenance.kit import Run, tool

SLOTS = [{"slot": "S1", "time": "08:30"}, {"slot": "S2", "time": "11:00"}, {"slot": "S3", "time": "15:30"}]
LIST_SLOTS = tool("list_slots", "read", "list", "slot", "own")
BOOK = tool("book_slot", "write", "book", "slot", slot="identifier")
LIST_FILES = tool("list_files", "read", "list", "file", "outside", folder="path")
DELETE = tool("delete_file", "delete", "delete", "file", path="path")
BILLS: list[dict[str, Any]] = [
    {"bill": "R-1", "vendor": "Papier Huber", "amount": 412.5, "account": "DE02100100100006820101", "status": "open"},
    {"bill": "R-2", "vendor": "Sail Loft", "amount": 99.0, "account": "DE75512108001245126199", "status": "open"},
]
LIST_BILLS = tool("list_bills", "read", "list", "bill", "own")
PAY = tool("pay_bill", "pay", "pay", "bill", bill="identifier", account="destination", amount="amount")
TRIPS = [{"trip_no": "NX-40817", "customer": "Sail Loft", "passport_no": "C01X00T47", "state": "under way"}]
LIST_TRIPS = tool("list_trips", "read", "list", "trip", "own")
COURSES = [{"course": "KA1", "name": "Advanced", "children": ["Jonas", "Emma"]}]
LIST_COURSES = tool("list_courses", "read", "list", "course", "own")
MOVE_CHILD = tool("move_child", "write", "move", "child", child="identifier", course="identifier")
MAIL = tool("mail_customer", "egress", "mail send", "customer", to="destination", body="content")


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("on 8 June at 11", {"11:00"}),
        ("at 2 pm or 14:30", {"14:00", "14:30"}),
        ("at noon", {"12:00"}),
        ("for 11 people, 20 euros, by 10%", set()),
        ("at 12 am", {"00:00"}),
    ],
)
def test_hours(text: str, clocks: set[str]) -> None:
    assert clocks_in(text) == clocks


def test_days() -> None:
    assert {tuple(day) for day in days_in("from 3 to 14 August 2026")} == {(8, 3), (8, 14)}
    assert {tuple(day) for day in days_in("August 3-14")} == {(8, 3), (8, 14)}
    assert ordinals_in("on the 8th, on the 2nd floor") == {8}
    assert speaks_relatively("two nights longer")
    assert not speaks_relatively("on 8 June")


def test_by_the_hour() -> None:
    run = Run("Book the slot at 11").heard(LIST_SLOTS, SLOTS)
    assert run.outcome(BOOK, slot="S2") == "allowed"
    assert run.outcome(BOOK, slot="S3") == "ask"


class TestByTheEnding:
    def files(self) -> Run:
        names = ["a.tmp", "b.tmp", "app.js"]
        return Run("Delete all the .tmp files in build").heard(LIST_FILES, names, folder="build")

    @pytest.mark.parametrize("path", ["build/a.tmp", "build/b.tmp"])
    def test_those(self, path: str) -> None:
        assert self.files().outcome(DELETE, path=path) == "allowed"

    @pytest.mark.parametrize(
        "path", ["build/app.js", "/build/a.tmp", "build/../a.tmp", "other/a.tmp", "build/c.tmp", "~/a.tmp"]
    )
    def test_and_no_others(self, path: str) -> None:
        assert self.files().outcome(DELETE, path=path) == "ask"


class TestBills:
    def pay(self, task: str, bill: int, bills: list[dict[str, Any]] = BILLS) -> str:
        one = bills[bill]
        run = Run(task).heard(LIST_BILLS, bills)
        return run.outcome(PAY, bill=one["bill"], account=one["account"], amount=one["amount"])

    def test_a_word_that_many_share_makes_no_rival(self) -> None:
        assert self.pay("Pay the open bill of Papier Huber", 0) == "allowed"
        assert self.pay("Pay the open bill of Papier Huber", 1) == "ask"

    def test_a_name_that_two_share_does(self) -> None:
        twin = [*BILLS, {**BILLS[1], "bill": "R-3", "vendor": "Papier Huber", "status": "new"}]
        assert self.pay("Pay the open bill of Papier Huber", 0, twin) == "ask"
        assert self.pay("Pay the open bill of Papier Huber", 2, twin) == "ask"

    def test_and_not_where_all_is_said_of_something_else(self) -> None:
        task = "I want to pay Papier Huber. Tell me what each bill is about."
        assert self.pay(task, 1) == "ask"


class TestNumbersOfRecords:
    def mail(self, task: str, body: str) -> str:
        run = Run(task).heard(LIST_TRIPS, TRIPS)
        return run.outcome(MAIL, to="office@quay.test", body=body)

    def test_the_number_of_what_the_task_speaks_of_may_be_told(self) -> None:
        task = "Mail office@quay.test that the trip of Sail Loft is under way"
        assert self.mail(task, "Your trip NX-40817 is under way.") == "allowed"

    def test_a_passport_may_not(self) -> None:
        task = "Mail office@quay.test that the trip of Sail Loft is under way"
        assert self.mail(task, "Your trip is under way. C01X00T47") == "ask"

    def test_nor_the_number_of_something_else(self) -> None:
        assert self.mail("Mail office@quay.test that we are closed", "We are closed. NX-40817") == "ask"


class TestListsInRecords:
    def test_who_is_named(self) -> None:
        run = Run("Move the child Emma out of course KA1").heard(LIST_COURSES, COURSES)
        assert run.outcome(MOVE_CHILD, child="Emma", course="KA1") == "allowed"

    def test_is_not_who_stands_beside(self) -> None:
        run = Run("Move the child Emma out of her course").heard(LIST_COURSES, COURSES)
        assert run.outcome(MOVE_CHILD, child="Jonas", course="KA1") == "ask"
