"""What a description's first sentence says a tool does."""

from __future__ import annotations

import pytest

from pytest_agentsafety.permissions.drafting.sentence import told


@pytest.mark.parametrize(
    ("text", "verbs", "objects"),
    [
        ("Send an email.", {"send"}, {"email"}),
        ("Sends an email to somebody", {"send"}, {"email"}),
        ("Sending the email", {"send"}, {"email"}),
        ("This tool sends an email.", {"send"}, {"email"}),
        ("This sends an email.", {"send"}, {"email"}),
        ("Tool for sending emails", {"send"}, {"email"}),
        ("A tool to send emails", {"send"}, {"email"}),
        ("Use this tool to send emails.", {"send"}, {"email"}),
        ("Use this to send emails.", {"send"}, {"email"}),
        ("Allows you to send emails.", {"send"}, {"email"}),
        ("Lets the agent send emails.", {"send"}, {"email"}),
        ("Useful for when you need to send emails.", {"send"}, {"email"}),
        ("Can be used to send emails", {"send"}, {"email"}),
        ("Safely and quickly sends emails", {"send"}, {"email"}),
        ("**Send** an `email`", {"send"}, {"email"}),
        ("Note: Sends an email", {"send"}, {"email"}),
        ("A wrapper around Mail. Useful to send emails.", {"send"}, {"email"}),
        ("Email sending tool", {"send"}, set()),
        ("Create a page and share it", {"create", "share"}, {"page"}),
        ("Find, open and delete the file", {"find", "delete"}, {"file"}),
        ("Make a payment to a friend", {"pay"}, {"payment"}),
        ("Performs a search of pages", {"search"}, {"search", "page"}),
        ("Execute the code", {"execute"}, {"code"}),
        ("Start playing a song", {"start", "play"}, {"song"}),
        ("Takes the item off the list", {"remove"}, {"item", "list"}),
        ("Place a GTT (good till triggered) order", {"place"}, {"order"}),
        ("Tell what day it is", {"show"}, {"day"}),
        ("Returns the weather", {"return"}, {"weather"}),
    ],
)
def test_verbs_and_objects(text: str, verbs: set[str], objects: set[str]) -> None:
    found = told(text)
    assert verbs <= set(found.verbs), found
    assert objects <= found.objects, found
    assert not found.described_thing


@pytest.mark.parametrize(
    "text",
    [
        "The orders of the user",
        "Your profile and saved addresses.",
        "List of users",
        "Comments under a post",
        "Messages that others sent",
        "What the guests wrote",
        "Everything about one order",
        "The post of a user",
        "Weather forecast for a city",
        "The family calendar",
    ],
)
def test_a_thing_is_described(text: str) -> None:
    found = told(text)
    assert found.verbs == ()
    assert found.described_thing


@pytest.mark.parametrize("text", ["", "   ", "123", "!?.", "\u540d\u524d", "Frobs the user", "Running jobs", "()[]<>"])
def test_nothing_is_told(text: str) -> None:
    found = told(text)
    assert found.verbs == ()
    assert not found.described_thing


def test_a_tool_of_a_system_is_not_the_system() -> None:
    assert told("This tool belongs to a system that allows users to send mail. Reads a file.").verbs == ("read",)
    assert told("It is a shop that lets users pay. Reads a file.").verbs == ("read",)


def test_only_the_beginning_is_read() -> None:
    assert told("One. Two. Three. Four. Five. Delete a file.").verbs == ()
    assert told("x " * 2000 + "delete a file").verbs == ()
