from __future__ import annotations

import pytest

from pytest_agentsafety.guards.scope import ScopeGuard, content_stems
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult
from pytest_agentsafety.model.policy import ScopeRules

SHOP = ScopeRules(
    allowed_topics=("orders, refunds", "shipping status"), denied_topics=("legal advice", "crypto, stocks")
)


def check(text: str, scope: ScopeRules = SHOP) -> GuardrailResult:
    return ScopeGuard(scope).check(text, GuardContext(stage="input"))


@pytest.mark.parametrize(
    "text", ["Where is my order 17?", "I want to be refunded", "Has it shipped yet, the blue lamp?"]
)
def test_text_about_an_allowed_topic_passes(text: str) -> None:
    assert check(text).status == "clean"


@pytest.mark.parametrize("text", ["hi", "yes please", "Thank you very much!", ""])
def test_text_about_nothing_passes(text: str) -> None:
    assert check(text).status == "clean"


def test_text_about_something_else_is_blocked() -> None:
    result = check("Write a poem about spring flowers")
    assert (result.status, result.action, result.rule) == ("triggered", "block", "scope.allowed")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I need legal advice about my order", "legal advice"),
        ("Which stock should I order?", "crypto, stocks"),
        ("Can my refund be paid in CRYPTO?", "crypto, stocks"),
        ("my order, and cr\u200bypto", "crypto, stocks"),
    ],
)
def test_a_denied_topic_wins(text: str, topic: str) -> None:
    result = check(text)
    assert (result.action, result.rule) == ("block", "scope.denied")
    assert topic in result.reason


def test_a_topic_of_two_words_needs_both() -> None:
    assert check("Any advice on my order?").status == "clean"


def test_denied_topics_alone_leave_everything_else_open() -> None:
    scope = ScopeRules(denied_topics=("politics",))
    assert check("Write a poem about spring flowers", scope).status == "clean"
    assert check("Tell me about politics", scope).triggered


def test_without_topics_the_guard_is_skipped() -> None:
    assert check("anything at all", ScopeRules()).status == "skipped"


def test_stems_forget_endings_and_empty_words() -> None:
    assert content_stems("Please ship the shipping of ships") == {"ship"}
