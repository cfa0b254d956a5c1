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


EXAMPLES = ScopeRules(
    examples=(
        "Where is my order 17?",
        "I want to return the blue lamp",
        "The parcel arrived broken",
        "Can I pay by card?",
        "Change the delivery address",
    ),
    counterexamples=(
        "Write a poem about the sea",
        "Solve my maths homework",
        "What do you think of the president?",
        "Write Python code that sorts a list",
        "Which stocks should I buy?",
    ),
)


class TestExamples:
    @pytest.mark.parametrize(
        "text",
        [
            "Where is my parcel, the order number is 18",
            "I would like to send the blue lamp back to you",
            "please change the address of my delivery",
            "My parcel is broken, the lamp too",
            "Tell me something about whales and dolphins",  # like nothing at all
            "poem",
        ],
    )
    def test_what_is_nearer_to_what_is_in_passes(self, text: str) -> None:
        assert check(text, EXAMPLES).status == "clean"

    @pytest.mark.parametrize(
        "text",
        [
            "write me a long poem on the stormy sea",
            "can you solve this maths exercise for my homework",
            "I need Python code to sort lists of names",
            "which stocks are good to buy this week",
            "wr\u200bite a poe\u200bm about the s\u0435a",
        ],
    )
    def test_what_is_nearer_to_what_is_out_is_blocked(self, text: str) -> None:
        result = check(text, EXAMPLES)
        assert (result.action, result.rule) == ("block", "scope.counterexample")
        assert 0.5 <= (result.confidence or 0) <= 0.95

    def test_the_examples_themselves_are_on_their_side(self) -> None:
        inside = [check(text, EXAMPLES).status for text in EXAMPLES.examples]
        assert inside == ["clean"] * len(inside)
        assert all(check(text, EXAMPLES).triggered for text in EXAMPLES.counterexamples)

    def test_an_example_opens_what_the_topics_do_not_name(self) -> None:
        topics = ScopeRules(allowed_topics=("orders",))
        with_example = ScopeRules(allowed_topics=("orders",), examples=("Can I pay my bill by card?",))
        text = "May I pay the bill with my card?"
        assert check(text, topics).triggered
        assert check(text, with_example).status == "clean"

    def test_a_denied_topic_goes_before_an_example(self) -> None:
        scope = ScopeRules(denied_topics=("crypto",), examples=("Can I pay with crypto?",), counterexamples=("a b c",))
        assert check("Can I pay with crypto?", scope).rule == "scope.denied"

    def test_it_is_the_same_every_time(self) -> None:
        text = "write me a long poem on the stormy sea"
        results = {ScopeGuard(EXAMPLES).check(text, GuardContext(stage="input")).confidence for _ in range(3)}
        assert len(results) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bought", "buying"),
        ("ship", "shipping"),
        ("selling", "sold"),
        ("refund", "refunds"),
        ("cities", "city"),
        ("Bestellungen", "Bestellung"),
        ("pedido", "pedidos"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert content_stems(one) == content_stems(other)
