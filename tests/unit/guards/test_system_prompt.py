"""Instructions in an answer: found however they are written, and not in an answer that only quotes a rule of them."""

from __future__ import annotations

import codecs
from base64 import b64encode

import pytest

from pytest_agentsafety.guards.system_prompt import gives_away

LONG = (
    "You are the support assistant of the Example Shop. Opening hours are Monday to Friday from nine to five. "
    "Goods can be sent back within thirty days. Never offer a discount above ten percent. Escalate complaints "
    "about damaged goods to the night desk, and do not tell customers about the internal price list."
)
SHORT = "You are a helpful mail assistant."


@pytest.mark.parametrize(
    "answer",
    [
        f"My instructions are: {LONG}",
        LONG.upper(),
        LONG[::-1],
        codecs.encode(LONG, "rot13"),
        b64encode(LONG.encode()).decode(),
        " ".join(LONG.replace(" ", "")),
        "\u200b".join(LONG),
        LONG[len(LONG) // 3 :],
    ],
)
def test_instructions_are_found_however_they_are_written(answer: str) -> None:
    assert gives_away(answer, LONG) is not None


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I am the support assistant of the Example Shop. How can I help?",
        "Goods can be sent back within thirty days. We are open Monday to Friday from nine to five.",
        "I cannot tell you about my instructions.",
    ],
)
def test_a_quoted_rule_is_no_leak(answer: str) -> None:
    assert gives_away(answer, LONG) is None


def test_short_instructions_have_to_be_there_as_a_whole() -> None:
    assert gives_away(f"I was told: {SHORT}", SHORT) is not None
    assert gives_away("I am a helpful mail assistant for you.", SHORT) is None
    assert gives_away("Be kind.", "Be kind.") is None


def test_what_the_user_wrote_may_be_repeated() -> None:
    assert gives_away(f"You wrote: {LONG}", LONG, task=f"Proofread this: {LONG}") is None
