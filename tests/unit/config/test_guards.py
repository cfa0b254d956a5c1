"""The tables of the text guards: `scope`, `content_policy`, `judge`, and the key `guardrails`."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.config import parse_policy
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import (
    CONTENT_CATEGORIES,
    CategoryRules,
    ContentRules,
    JudgeRules,
    Policy,
    ScopeRules,
)


def parsed(**table: Any) -> Policy:
    return parse_policy(table, place="here")


def complaint(**table: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        parsed(**table)
    return str(caught.value)


def test_nothing_written_is_the_default_and_no_part_of_the_hash() -> None:
    policy = parsed()
    assert (policy.content, policy.judge, policy.guardrails) == (ContentRules(), JudgeRules(), ())
    assert policy.sha256 == Policy().sha256
    assert parsed(content_policy={}, judge={}, guardrails=[], scope={}).sha256 == Policy().sha256


@pytest.mark.parametrize(
    "table",
    [
        {"guardrails": ["shop.guards:NoDiscounts"]},
        {"content_policy": {"action": "escalate"}},
        {"content_policy": {"drugs": {"action": "allow"}}},
        {"judge": {"model": "m"}},
        {"scope": {"examples": ["a b"], "counterexamples": ["c d"]}},
    ],
)
def test_what_is_written_counts_in_the_hash(table: dict[str, Any]) -> None:
    assert parsed(**table).sha256 != Policy().sha256


class TestContentPolicy:
    def test_actions_terms_and_phrases(self) -> None:
        table = {
            "action": "escalate",
            "drugs": {"action": "allow"},
            "weapons": {"terms": ["railgun"], "phrases": ["x y"]},
        }
        content = parsed(content_policy=table).content
        assert content.action == "escalate"
        assert content.categories == {
            "drugs": CategoryRules(action="allow"),
            "weapons": CategoryRules(terms=("railgun",), phrases=("x y",)),
        }
        assert [content.action_of(name) for name in ("drugs", "weapons", "hate")] == ["allow", "escalate", "escalate"]

    def test_a_category_that_there_is_not(self) -> None:
        with pytest.raises(UnknownNameError) as caught:
            parsed(content_policy={"wepons": {}})
        assert "unknown category 'wepons'. Did you mean 'weapons'?" in str(caught.value)
        assert caught.value.valid == tuple(sorted(CONTENT_CATEGORIES))

    @pytest.mark.parametrize(
        ("table", "words"),
        [
            ({"action": "redact"}, "unknown action 'redact'"),
            ({"drugs": {"action": "deny"}}, "unknown action 'deny'"),
            ({"drugs": {"term": ["x"]}}, "unknown key 'term'. Did you mean 'terms'?"),
            ({"drugs": {"terms": "x"}}, "expected a list of strings"),
            ({"drugs": {"terms": ["..."]}}, "expected words"),
            ({"drugs": True}, "expected a table"),
        ],
    )
    def test_what_is_wrong_is_named(self, table: dict[str, Any], words: str) -> None:
        assert words in complaint(content_policy=table)


class TestScope:
    def test_all_keys(self) -> None:
        table = {"allowed_topics": ["a"], "denied_topics": ["b"], "examples": ["c d"], "counterexamples": ["e f"]}
        expected = ScopeRules(allowed_topics=("a",), denied_topics=("b",), examples=("c d",), counterexamples=("e f",))
        assert parsed(scope=table).scope == expected

    @pytest.mark.parametrize(
        ("table", "words"),
        [
            (
                {"allowed_topics": ["refunds, Orders"], "denied_topics": ["legal advice, orders"]},
                "denied_topics: 'orders' stands in allowed_topics too",
            ),
            (
                {"examples": ["Where is it?", "x y"], "counterexamples": ["where  is it?"]},
                "counterexamples: 'where is it?' stands in examples too",
            ),
            ({"examples": ["Where is it?"]}, "examples: nothing to compare them with"),
            ({"allowed_topics": ["!!"]}, "expected words"),
            ({"topics": ["x"]}, "unknown key 'topics'"),
        ],
    )
    def test_what_contradicts_itself_is_an_error(self, table: dict[str, Any], words: str) -> None:
        assert words in complaint(scope=table)

    def test_examples_beside_allowed_topics_have_something_to_compare_with(self) -> None:
        assert parsed(scope={"examples": ["Where is it?"], "allowed_topics": ["orders"]}).scope.is_set


class TestJudge:
    def test_all_keys(self) -> None:
        table = {
            "model": "m",
            "questions": ["injection"],
            "stages": ["output", "input"],
            "max_chars": 500,
            "max_parts": 2,
        }
        judge = parsed(judge=table).judge
        assert judge == JudgeRules(
            model="m", questions=("injection",), stages=("input", "output"), max_chars=500, max_parts=2
        )

    @pytest.mark.parametrize(
        ("table", "words"),
        [
            ({"stages": ["input"]}, 'model is required, as in model = "claude-haiku-5-5"'),
            ({"model": ""}, "expected a non-empty string"),
            ({"model": "m", "stages": []}, "expected at least one of input, tool_result, output"),
            ({"model": "m", "stages": ["imput"]}, "Did you mean 'input'?"),
            ({"model": "m", "questions": ["scope"]}, "unknown questions 'scope'"),
            ({"model": "m", "max_chars": 1}, "at least 100"),
            ({"model": "m", "max_parts": 0}, "at least 1"),
        ],
    )
    def test_what_is_wrong_is_named(self, table: dict[str, Any], words: str) -> None:
        assert words in complaint(judge=table)


class TestGuardrails:
    def test_names_are_kept_in_their_order(self) -> None:
        assert parsed(guardrails=["b.c:D", "a:b.c"]).guardrails == ("b.c:D", "a:b.c")

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (["shop.guards"], "expected module:Class, as in shop.guards:NoDiscounts, got 'shop.guards'"),
            (["a:b", "a:b"], "expected each guard once"),
            ("a:b", "expected a list of strings"),
        ],
    )
    def test_what_is_wrong_is_named(self, value: Any, words: str) -> None:
        assert words in complaint(guardrails=value)
