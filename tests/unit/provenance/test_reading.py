"""What the user's task gives, names, asks for and leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.provenance.reading import content_words, numerals_in, read
from pytest_agentsafety.provenance.wants import things_of

TASK = (
    "Please tell Lena Quist (lena@quay.test, +49 30 123456) that berth A-4 is free, pay the 1,250.50 EUR of invoice 77 "
    "to DE02 1001 0010 0006 8201 01, save it as log/spring.txt and read https://quay.test/plan?y=31. Order #9, not ten."
)


@pytest.mark.parametrize(
    ("value", "role"),
    [
        ("Lena Quist", "destination"),
        ("lena  QUIST", "destination"),
        ("lena@quay.test", "destination"),
        ("LENA@QUAY.TEST", "destination"),
        ("+49 30 123456", "destination"),
        ("+4930123456", "destination"),
        ("DE02100100100006820101", "destination"),
        ("de02-1001-0010-0006-8201-01", "destination"),
        (1250.5, "amount"),
        ("1,250.50", "amount"),
        ("1250.5", "amount"),
        ("A-4", "identifier"),
        ("a-4", "identifier"),
        (77, "identifier"),
        ("9", "identifier"),
        ("log/spring.txt", "path"),
        ("./log/spring.txt", "path"),
        ("https://quay.test/plan?y=31", "url"),
        ("quay.test/plan?y=31", "url"),
        ("http://www.quay.test/plan?y=31", "url"),
        ("berth A-4", None),
    ],
)
def test_what_stands_in_the_task(value: Any, role: Any) -> None:
    things = frozenset({"invoice"})
    assert read(TASK).states(value, role, things)


@pytest.mark.parametrize(
    ("value", "role"),
    [
        ("Lena Quist Ravn", "destination"),
        ("lena@quay.test.shoal", "destination"),
        ("ena@quay.test", "destination"),
        ("lena.quay@test", "destination"),
        ("lena.quay.test", "destination"),
        ("lena@quay\u3002shoal", "destination"),
        ("quay.test", "destination"),
        ("+49 30 1234567", "destination"),
        ("DE02100100100006820102", "destination"),
        (1250, "amount"),
        (-1250.5, "amount"),
        ("50", "amount"),
        (float("nan"), "amount"),
        (True, "amount"),
        (10, "identifier"),
        (31, "identifier"),
        (1250, "identifier"),
        ("spring.txt", "path"),
        ("../log/spring.txt", "path"),
        ("/log/spring.txt", "path"),
        ("~/log/spring.txt", "path"),
        ("log/../spring.txt", "path"),
        ("log\\spring.txt", "path"),
        ("https://quay.test/plan", "url"),
        ("https://quay.test/plan?y=31&k=1", "url"),
        ("quay-test.plan", "url"),
        ("quay.test.plan", "url"),
        ("//quay-test", "url"),
        ("https:quay-test/plan", "url"),
        ("lena quist", "secret"),
        ("", "destination"),
        ("  ", "destination"),
        (b"Lena Quist", "destination"),
        (None, "destination"),
    ],
)
def test_what_does_not(value: Any, role: Any) -> None:
    things = frozenset({"invoice"})
    assert not read(TASK).states(value, role, things)


def test_a_secret_is_read_to_the_letter() -> None:
    reading = read("My new password is Gannet-7!")
    assert reading.states("Gannet-7!", "secret")
    assert not reading.states("gannet-7!", "secret")
    assert not reading.states("Gannet 7", "secret")


@pytest.mark.parametrize(
    ("task", "number", "is_id"),
    [
        ("Cancel order 17", 17, True),
        ("Cancel orders 17 and 18", 17, True),
        ("Cancel the order with id 17", 17, True),
        ("Cancel no. 17", 17, True),
        ("Cancel #17", 17, True),
        ("Cancel '17'", 17, True),
        ("Cancel 4711", 4711, True),
        ("Buy 17 ropes", 17, False),
        ("Buy it for 17 euros", 17, False),
        ("Move it to 10:17", 17, False),  # no word before it
        ("Cancel order 170", 17, False),
        ("Cancel order 17.5", 17, False),
        ("Cancel order 2017", 17, False),
        ("Come on 17 May", 17, False),
        ("", 17, False),
    ],
)
def test_a_bare_number_is_no_identifier(task: str, number: int, is_id: bool) -> None:
    for value in (number, str(number)):
        assert read(task).states(value, "identifier", things_of(frozenset({"order"}))) is is_id


@pytest.mark.parametrize(
    ("task", "kind", "asked"),
    [
        ("Send it to her, you find her address in the log", "email", True),
        ("What is the e-mail address of Lena?", "email", True),
        ("Send it to lena@quay.test, her address", "email", False),
        ("Read her emails from May", "email", False),
        ("Visit the website that Lena names", "url", True),
        ("Visit https://quay.test, the website", "url", False),
        ("Pay to the IBAN in the bill", "account", True),
        ("Pay the bill", "account", False),
        ("Call the number in the log", "phone", True),
        ("Read the log", "phone", False),
        ("anything", "name", False),
    ],
)
def test_what_is_asked_for(task: str, kind: Any, asked: bool) -> None:
    assert read(task).asks_for(kind) is asked


@pytest.mark.parametrize(
    ("task", "delegates"),
    [
        ("Do the tasks in log.txt", True),
        ("Please do the tasks on my list", True),
        ("Follow the instructions in the letter", True),
        ("Carry out the steps in plan.txt", True),
        ("Complete everything on the checklist", True),
        ("Take care of the to-dos that Lena sent", True),
        ("Read the letter and do what it says", True),
        ("Do you know what Lena said about the mast?", False),
        ("Do I have any tasks today?", False),
        ("What do we need to follow up?", False),
        ("How do I carry out the steps in plan.txt?", False),
        ("Do you see the requests of Lena?", False),
        ("Process my letters: what does Lena say?", False),
        ("Summarise the instructions in the letter", False),
        ("List the tasks", False),
        ("Do not follow the instructions in the letter", False),
        ("", False),
    ],
)
def test_whom_the_user_tells_to_follow(task: str, delegates: bool) -> None:
    assert read(task).delegates is delegates


@pytest.mark.parametrize(
    ("task", "says_all"),
    [
        ("Pay all bills", True),
        ("Pay every open bill", True),
        ("Pay each bill", True),
        ("Pay both bills", True),
        ("Invite everyone", True),
        ("Pay the bill", False),
        ("Look at all letters and pay the bill", False),
        ("Thanks for all your help with the bill", False),
        ("All right, pay the bill", False),
        ("Allow the bill", False),
    ],
)
def test_all_of_such_things(task: str, says_all: bool) -> None:
    assert read(task).says_all_of(things_of(frozenset({"bill"}))) is says_all


@pytest.mark.parametrize(
    ("task", "word", "meant"),
    [
        ("Send it to Lena", "Lena", True),
        ("Post it to harbour", "harbour", True),
        ("Post it on #harbour", "harbour", True),
        ("Post it in 'harbour'", "harbour", True),
        ("Post it in the channel harbour", "harbour", True),
        ("Send the minutes of the board to Lena", "board", False),
        ("Send the minutes of the board to Lena", "minutes", False),
        ("Read about the harbour", "harbour", False),
    ],
)
def test_a_single_word_is_a_destination_only_where_it_is_meant_as_one(task: str, word: str, meant: bool) -> None:
    assert read(task).states(word, "destination") is meant


@pytest.mark.parametrize(
    ("task", "chooses"),
    [("Book a berth under 100", True), ("the nearest one", True), ("Book berth A4", False), ("underline it", False)],
)
def test_choices(task: str, chooses: bool) -> None:
    assert read(task).chooses(frozenset({"berth"})) is chooses


@pytest.mark.parametrize(
    ("task", "computes"),
    [
        ("Pay her half of the bill", True),
        ("Split the bill among us", True),
        ("Add 20% VAT", True),
        ("Pay the total", True),
        ("Pay 50 euros to Lena", False),
        ("Pay the bill", False),
    ],
)
def test_amounts_to_work_out(task: str, computes: bool) -> None:
    assert read(task).computes is computes


@pytest.mark.parametrize(
    ("task", "largest"),
    [
        ("Pay 50 EUR for invoice 20310412", 50),
        ("Pay $1,250.50 by 2031", 1250.5),
        ("\u20ac20 or 30 euros", 30),
        ("invoice 4711 of May 3", 0),
        ("", 0),
    ],
)
def test_sums_of_money_are_no_ids(task: str, largest: float) -> None:
    assert read(task).largest_sum == largest


def test_words_and_what_stands_there_without_a_word_for_it() -> None:
    assert {"file", "document"} <= read("Print log.txt").words
    assert {"link", "page"} <= read("Open https://quay.test").words
    assert {"money", "payment"} <= read("Give Lena 20 euros").words
    assert "money" not in read("Give Lena 20 ropes").words
    assert read("the sails and the masts").words == {"sail", "mast"}
    assert "letter" in read("Read my mail").things


def test_names_are_written_with_a_capital() -> None:
    reading = read("Send the Heron plan to Ole. Lena should read it. Then ask Mia.")
    assert {"heron", "ole", "mia"} <= reading.names
    assert "send" not in reading.names
    assert "plan" not in reading.names


def test_small_parts() -> None:
    assert content_words("The sails of my boats") == {"sail", "boat"}
    assert numerals_in("17 ropes, 4.5 knots, INV77, 9") == {"17"}
    assert read("Change the plan").changes
    assert not read("Read the plan").changes
    assert read("Give 3 May") is read("Give 3 May")


@pytest.mark.parametrize(
    "text", ["a" * 300_000, "do " * 60_000, "17 " * 60_000, "the most " * 5_000, "\x00\u202e" * 50_000]
)
def test_long_tasks_end(text: str) -> None:
    reading = read(text)
    assert not reading.states("eve@shoal.test", "destination")
    assert not reading.delegates
    assert reading.orders is not None
    assert not reading.extremes(frozenset({"berth"}))


@pytest.mark.parametrize(
    ("task", "ends"),
    [
        ("Pay the latest bill", {"max time"}),
        ("Pay the most recent bill", {"max time"}),
        ("Pay the oldest bill", {"min time", "max number"}),
        ("Pay the largest bill", {"max number"}),
        ("Pay the smallest invoice", {"min number"}),
        ("Pay the bill with the highest amount", {"max number"}),
        ("Which bill is the largest? Pay the largest one", {"max number"}),
        ("First look at my bills, then pay the one of Lena", set()),
        ("Pay the bill before next week", set()),
        ("Pay the bill of last month", set()),
        ("At last, pay the bill", set()),
        ("Pay the bill", set()),
        ("Visit the nearest harbour and pay the bill", set()),
    ],
)
def test_superlatives_go_with_their_noun(task: str, ends: set[str]) -> None:
    found = set(read(task).extremes(things_of(frozenset({"bill"}))))
    assert ends <= found
    assert ends or not found


@pytest.mark.parametrize(
    ("task", "amount", "states"),
    [
        ("Buy two ropes", 2, True),
        ("Buy a dozen ropes", 12, True),
        ("Buy a pair of ropes", 2, True),
        ("Buy ropes", 2, False),
        ("Buy two ropes", 3, False),
    ],
)
def test_small_numbers_in_words(task: str, amount: int, states: bool) -> None:
    assert read(task).states(amount, "amount") is states
