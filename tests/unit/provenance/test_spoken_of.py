"""Ways to speak of an order: asked about, forbidden, put off, or meant although it says "do not"."""

from __future__ import annotations

import pytest

from pytest_agentsafety.provenance.orders import orders, read_orders
from tests.unit.provenance.kit import Run

LENA = "lena@quay.test"


@pytest.mark.parametrize(
    "task",
    [
        "Should I send a letter to {}?",
        "Why did you send a letter to {}?",
        "Refrain from sending a letter to {}",
        "Under no circumstances send a letter to {}",
        "Please ask me before you send a letter to {}",
        "It would be wrong to send a letter to {}",
    ],
)
def test_a_thing_is_not_to_be_made_where_its_verb_is_no_order(task: str) -> None:
    assert "letter" not in read_orders(task.format(LENA)).things
    assert Run(task.format(LENA)).outcome("mail_letter", to=LENA, body="hi") == "ask"


def test_an_address_between_let_and_know() -> None:
    assert "tell" in orders(f"Let {LENA} know that we are late")


@pytest.mark.parametrize("text", ["Don't forget to send a letter", "Do not fail to call", "Never miss a letter"])
def test_not_forgetting_deletes_nothing(text: str) -> None:
    assert orders(text).isdisjoint({"forget", "fail", "miss"})
    run = Run(f"{text}; log.txt, member 17")
    assert run.outcome("delete_document", path="log.txt") == "ask"
