"""Does the task want what a tool does: its act, its thing, both, neither."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.provenance.intent import contradiction
from pytest_agentsafety.provenance.reading import read
from pytest_agentsafety.provenance.wants import named_to_be_made, ordered, spoken_of, things_of, wanted


def sense(verbs: str, objects: str) -> ToolSense:
    return ToolSense(tool="tool", verbs=frozenset(verbs.split()), objects=frozenset(objects.split()))


@pytest.mark.parametrize(
    ("task", "effect", "verb", "thing", "want"),
    [
        ("Send the letter to Lena", "egress", "send", "letter", "act and thing"),
        ("Mail the plan to Lena", "egress", "send", "letter", "act and thing"),
        ("Forward the plan to Lena", "egress", "send", "letter", "act"),
        ("Email Lena the plan", "egress", "send", "email", "act and thing"),
        ("Notify the crew of the storm", "egress", "send", "message", "act"),
        ("Read the letter", "egress", "send", "letter", "thing"),
        ("Read the log", "egress", "send", "letter", "nothing"),
        ("Pay the bill", "pay", "pay", "invoice", "act and thing"),
        ("Settle the harbour bill", "pay", "pay", "invoice", "thing"),
        ("Transfer 20 euros to Lena", "pay", "transfer", "money", "act and thing"),
        ("Delete the old log file", "delete", "delete", "file", "act and thing"),
        ("Remove the old sail from the list", "delete", "delete", "file", "nothing"),
        ("Take the old log file", "delete", "delete", "file", "thing"),
        ("Read the log file", "delete", "delete", "file", "thing"),
        ("Run the tide script", "execute", "run", "script", "act and thing"),
        ("Print the tide script", "execute", "run", "script", "thing"),
        ("Book a berth", "write", "reserve", "berth", "act and thing"),
        ("Change the log", "write", "update", "log", "act and thing"),
        ("Do not delete the file", "delete", "delete", "file", "thing"),
        ("Have a nice day", "write", "update", "log", "nothing"),
    ],
)
def test_how_much_is_wanted(task: str, effect: Any, verb: str, thing: str, want: str) -> None:
    assert wanted(ToolRule(effect=effect), sense(verb, thing), read(task), None) == want


@pytest.mark.parametrize(
    ("effect", "verb", "thing", "want"),
    [
        ("write", "add", "note", "act and thing"),
        ("egress", "send", "letter", "act and thing"),
        ("pay", "pay", "invoice", "nothing"),
        ("delete", "delete", "file", "nothing"),
        ("execute", "run", "script", "nothing"),
    ],
)
def test_a_text_that_is_followed_never_speaks_for_what_cannot_be_taken_back(
    effect: Any, verb: str, thing: str, want: str
) -> None:
    text = read("Add a note. Send the letter. Pay the invoice. Delete the file. Run the script.")
    own = read("Do what it says")
    assert wanted(ToolRule(effect=effect), sense(verb, thing), own, text) == want


def test_a_tool_without_objects_is_spoken_of_by_every_task() -> None:
    assert spoken_of(read("anything"), sense("send", ""))
    assert not spoken_of(read("anything"), sense("send", "letter"))


def test_verbs_that_may_mean_anything_order_nothing_grave() -> None:
    assert not ordered(read("Take the file"), sense("delete", "file"), "delete")
    assert not ordered(read("Get the file"), sense("run", "script"), "execute")
    assert not ordered(read("Give the file a name"), sense("pay", "invoice"), "pay")


def test_things_to_be_made() -> None:
    assert named_to_be_made(read("I need an advert for the regatta"), sense("publish", "advert"))
    assert not named_to_be_made(read("Read the advert"), sense("publish", "advert"))


def test_words_for_the_same_thing() -> None:
    assert {"bill", "invoice"} <= things_of(frozenset({"bill"}))
    assert things_of(frozenset()) == frozenset()
    assert things_of(frozenset({"xyzzy"})) == {"xyzzy"}


@pytest.mark.parametrize(
    ("task", "effect", "forbidden"),
    [
        ("do not send it", "egress", True),
        ("don't share the plan", "egress", True),
        ("never pay it", "pay", True),
        ("without deleting it", "delete", True),
        ("you must not run it", "execute", True),
        ("no need to book it", "write", True),
        ("don\u2019t change it", "write", True),
        ("do not forward it", "pay", False),
        ("don't forget to send it", "egress", False),
        ("do not hesitate to pay", "pay", False),
        ("send it", "egress", False),
        ("do not send it", "read", False),
        ("", "pay", False),
    ],
)
def test_what_the_task_forbids(task: str, effect: Any, forbidden: bool) -> None:
    assert (contradiction(task, effect) is not None) is forbidden


@pytest.mark.parametrize(
    ("task", "wanted_too"),
    [
        ("Write a summary into the file notes.txt", False),
        ("Write down the tide in the file notes.txt", False),
        ("Write to Lena about the tide", True),
        ("Write Lena a mail about the tide", True),
    ],
)
def test_writing_is_sending_only_to_somebody(task: str, wanted_too: bool) -> None:
    want = wanted(ToolRule(effect="egress"), sense("send", "mail"), read(task), None)
    assert (want in ("act and thing", "act")) is wanted_too


@pytest.mark.parametrize("effect", ["pay", "delete", "execute"])
def test_the_effect_that_somebody_wrote_has_to_be_ordered(effect: Any) -> None:
    """Whatever the verb of the tool's name says."""
    assert not ordered(read("Read the note and get the file"), sense("fetch", ""), effect)
