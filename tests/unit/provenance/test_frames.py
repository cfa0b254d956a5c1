"""The sentences an order stands in, and what only looks like one."""

from __future__ import annotations

import pytest

from pytest_agentsafety.provenance.orders import read_orders

FRAMES = [
    "The tide is low, so {verb} the barge.",
    "ok {verb} the barge",
    "Yes, {verb} the barge.",
    "hey {verb} the barge",
    "pls {verb} the barge",
    "let's {verb} the barge",
    "otherwise {verb} the barge",
    "if not {verb} the barge",
    "once done {verb} the barge",
    "in that case {verb} the barge",
    "after that {verb} the barge",
    "while you're at it {verb} the barge",
    "as always {verb} the barge",
    "on Monday {verb} the barge",
    "tomorrow {verb} the barge",
    "low tide - {verb} the barge",
    "please help me {verb} the barge",
    "I'd be glad if you'd {verb} the barge",
]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("verb", ["move", "cancel", "transfer", "record"])
def test_an_imperative_behind_what_may_lead_it(frame: str, verb: str) -> None:
    assert verb in read_orders(frame.format(verb=verb)).verbs


SOFT = [
    "We should {base} the barge.",
    "Can we {base} the barge?",
    "Could we {base} the barge, please?",
    "Why don't you {base} the barge?",
    "Why not {base} the barge?",
    "The barge needs {ing}.",
    "{ing} the barge would be great",
    "The barge is to be {past}.",
    "Make sure the barge gets {past}.",
    "See to it that the barge is {past}.",
    "I would appreciate it if you {past} the barge.",
]
FORMS = {"move": ("moving", "moved"), "approve": ("approving", "approved"), "label": ("labelling", "labelled")}


@pytest.mark.parametrize("frame", SOFT)
@pytest.mark.parametrize("base", FORMS)
def test_a_request_that_is_none_by_its_form(frame: str, base: str) -> None:
    ing, past = FORMS[base]
    found = read_orders(frame.format(base=base, ing=ing, past=past))
    assert base in found.verbs
    assert base not in found.grave


@pytest.mark.parametrize("frame", ["We should {} the ship's bill.", "Can we {} the bill?", "Why not {} the bill?"])
@pytest.mark.parametrize("verb", ["pay", "delete", "cancel", "execute"])
def test_nothing_grave_is_asked_for_softly(frame: str, verb: str) -> None:
    assert verb not in read_orders(frame.format(verb)).grave


@pytest.mark.parametrize(
    "text",
    [
        "Did you cancel the barge?",
        "Has the barge been moved?",
        "Who has to pay the toll?",
        "Which barge should be moved?",
        "Was the toll paid?",
        "Do you think we should move the barge?",
        "Should we move the barge?",
        "the right transfer",
        "He took the phone book the shop sent.",
        "Who's free on Monday?",
    ],
)
def test_a_question_or_a_noun_orders_no_change(text: str) -> None:
    found = read_orders(text).verbs
    assert found.isdisjoint({"move", "cancel", "pay", "book", "free", "transfer"})


def test_a_negation_stays_one() -> None:
    assert "move" not in read_orders("Don't move the barge").verbs
    assert "move" not in read_orders("We should not move the barge").verbs
    assert "move" not in read_orders("Make sure the barge is not moved").verbs
