"""What a description says without a main verb: things, questions, actions named, asides, who is made to do it."""

from __future__ import annotations

import pytest

from pytest_agentsafety.permissions.drafting.grammar import without_ciphers
from pytest_agentsafety.permissions.drafting.phrases import action_named, caused, hands_over, is_whole_phrase, passives
from pytest_agentsafety.permissions.drafting.sentence import told


def tokens(text: str) -> list[str]:
    return text.replace("s'", "s").replace(",", " ,").replace(";", " ;").replace(".", " .").lower().split()


@pytest.mark.parametrize(
    "text",
    [
        "Mean error over a day.",
        "Observers' notes for a night.",
        "Which lifts are running.",
        "Largest holders of a share.",
        "Expected arrival of a train.",
        "Soil and water samples by station.",
        "A parcel's labels.",
        "What members wrote about it.",
    ],
)
def test_a_whole_phrase_names_a_thing(text: str) -> None:
    assert is_whole_phrase(tokens(text))
    assert told(text).described_thing


@pytest.mark.parametrize(
    "text",
    [
        "Frobs parcels for the user.",
        "Frob.",
        "Zaps a user.",
        "Sends mail to users.",
        "This tool belongs to the parcel system.",
        "Defenestrate users from a tower.",
        "Has parcels collected.",
        "Delete the list of parcels.",
        "",
    ],
)
def test_what_may_be_a_verb_names_none(text: str) -> None:
    assert not is_whole_phrase(tokens(text))


def test_a_question_is_one_only_with_its_mark() -> None:
    assert told("Is this name still free?").described_thing
    assert told("Who carries the pager?").plainly
    assert not told("Deletes what?").plainly


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Removal of a member.", "remove"),
        ("Termination of a lease.", "terminate"),
        ("The dismissal of an employee.", "dismiss"),
        ("Orders of a customer.", None),
        ("Location of a parcel.", None),
        ("List of parcels.", None),
    ],
)
def test_the_noun_of_an_action_says_its_verb(text: str, verb: str | None) -> None:
    assert action_named(tokens(text)) == verb
    assert told(text).verbs == ((verb,) if verb else ())


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("Adds time; each hour is charged to the card.", {"charge"}),
        ("Add a seat, billed monthly.", {"bill"}),
        ("Merges two records. The second will be deleted.", {"delete"}),
        ("Lists records that were deleted.", set()),
        ("Lists what is not deleted.", set()),
        ("Runs when mail is sent.", set()),
    ],
)
def test_asides_say_what_else_is_done(text: str, done: set[str]) -> None:
    assert set(passives(tokens(text))) == done
    assert told(text).done == done


@pytest.mark.parametrize(
    ("text", "handed"),
    [
        ("give a user a role", True),
        ("gives somebody access", True),
        ("give the new member their key", True),
        ("gives the weather of a place", False),
        ("gives the user a summary", False),
        ("gives a summary", False),
    ],
)
def test_to_give_is_to_hand_over_or_to_tell(text: str, handed: bool) -> None:
    assert hands_over(tokens(text), 0) is handed


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("have a car towed", "tow"),
        ("has parcels collected", "collect"),
        ("let a guest enter", "enter"),
        ("have a look", None),
        ("make a list of parcels", None),
    ],
)
def test_what_is_made_to_happen(text: str, verb: str | None) -> None:
    assert caused(tokens(text), 0) == verb


def test_particles_behind_the_object_and_how_a_tool_is_called() -> None:
    assert told("Hands a parcel over to another customer.").verbs == ("handoff",)
    assert told("Turn a text into another language.").verbs == ("convert",)
    assert told("Parcel timeline (a view). Set late=true for late ones.").verbs == ()
    assert told("Start a search for parcels.").verbs == ("search",)
    assert told("Start playing a track.").verbs == ("start", "play")


def test_a_code_that_is_no_program() -> None:
    assert without_ciphers(["promo", "code"]) == ["promo"]
    assert without_ciphers(["python", "code"]) == ["python", "code"]
    assert without_ciphers(["code"]) == ["code"]
