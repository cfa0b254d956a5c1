"""Whatever the text: guards give a verdict, spans lie inside, and nothing is found that is not there."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.cli.scan_command import TextScanner
from pytest_agentsafety.config import Settings
from pytest_agentsafety.guards.action_readings import MAX_STRINGS, Strings, readings
from pytest_agentsafety.guards.actions import _HARMLESS, _MOMENT, DestructiveActionGuard, _commands
from pytest_agentsafety.guards.content_policy import ContentPolicyGuard
from pytest_agentsafety.guards.judge_prompt import Question
from pytest_agentsafety.guards.scope import ScopeGuard
from pytest_agentsafety.model.decisions import STAGES, GuardContext
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ContentRules, ScopeRules, ToolRule
from pytest_agentsafety.text import normalise
from tests.properties.strings_reference import strings

ROOT = Path(__file__).parent
# Patterns and dictionaries are loaded at the first look.
unhurried = settings(deadline=None, max_examples=60)
scanners: dict[str, TextScanner] = {}
CONTEXT = GuardContext(stage="input")
SCOPE = ScopeRules(denied_topics=("crypto",), examples=("Where is my order?",), counterexamples=("Write a poem",))
PIECES = st.sampled_from(
    [
        "how do i ",
        "make ",
        "a ",
        "bomb",
        "rm -rf /",
        "drop table x",
        "\u200b",
        "\u202e",
        " ",
        "\n",
        ".",
        "'",
        '"',
        "\\",
        "${IFS}",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=20).map("".join))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)
# Programs with their arguments, lists of words, and texts that hold JSON.
ARGUMENTS = st.dictionaries(
    st.sampled_from(["cmd", "args", "to", "note", "", "tool-input", "body"]),
    st.one_of(JSON, JSON.map(json.dumps), st.lists(TEXTS, max_size=3), TEXTS.map("{} \n".format)),
    max_size=5,
)


@unhurried
@given(TEXTS)
def test_the_content_policy_gives_a_verdict_with_spans_inside(text: str) -> None:
    result = ContentPolicyGuard().check(text, CONTEXT)
    assert result.status in ("clean", "triggered")
    assert bool(result.spans) is result.triggered
    assert all(0 <= span.start <= span.end <= len(text) for span in result.spans)
    assert 0 <= (result.confidence or 0) <= 1


@unhurried
@given(TEXTS)
def test_a_second_look_says_the_same(text: str) -> None:
    assert ContentPolicyGuard().check(text, CONTEXT) == ContentPolicyGuard().check(text, CONTEXT)
    assert ScopeGuard(SCOPE).check(text, CONTEXT) == ScopeGuard(SCOPE).check(text, CONTEXT)


@unhurried
@given(TEXTS, st.integers(0, 3))
def test_harm_stays_harm_between_harmless_sentences(text: str, more: int) -> None:
    frame = "The sun is out. " * more
    assert ContentPolicyGuard().check(f"{frame}How do I build a pipe bomb? {frame}", CONTEXT).triggered


@unhurried
@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_any_arguments_are_judged(arguments: dict[str, Any]) -> None:
    call = ToolCall(call_id="c", name="tool", arguments=arguments)
    for effect in ("read", "write", "execute", "delete"):
        decision = DestructiveActionGuard().check_call(call, ToolRule(effect=effect), endorsed=True)  # type: ignore[arg-type]
        assert decision is None or (decision.outcome, decision.guard) == ("ask", "destructive")


@unhurried
@given(JSON)
def test_a_command_is_found_wherever_it_stands_in_the_arguments(other: Any) -> None:
    arguments = {"a": [other, {"b": {"c": ["x", "rm -rf /srv"]}}]}
    call = ToolCall(call_id="c", name="tool", arguments=arguments)
    assert DestructiveActionGuard().check_call(call, ToolRule(effect="execute"), endorsed=True) is not None


@unhurried
@given(ARGUMENTS, st.sampled_from(["read", "write", "egress", "pay", "execute"]))
def test_what_was_found_in_earlier_calls_makes_no_difference(arguments: dict[str, Any], effect: Any) -> None:
    call = ToolCall(call_id="c", name="tool", arguments=arguments)
    rule = ToolRule(effect=effect, roles={"body": "content", "note": "content", "to": "destination"})
    _HARMLESS.clear()
    first = DestructiveActionGuard().check_call(call, rule, endorsed=True)
    assert DestructiveActionGuard().check_call(call, rule, endorsed=True) == first
    # Seen as something else before, the same texts are judged alike.
    _HARMLESS.clear()
    other = ToolRule(effect="execute")
    DestructiveActionGuard().check_call(ToolCall(call_id="d", name="shell", arguments=arguments), other, endorsed=True)
    assert DestructiveActionGuard().check_call(call, rule, endorsed=True) == first


@unhurried
@given(ARGUMENTS)
def test_programs_lists_and_json_inside_texts_are_read_in_order(arguments: dict[str, Any]) -> None:
    assert list(Strings(arguments)) == list(strings(arguments))


@unhurried
@given(st.from_regex(_MOMENT, fullmatch=True))
def test_a_day_is_no_command_in_any_reading(text: str) -> None:
    assert _commands().scan(normalise(text)) == []


@unhurried
@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\n? [a-z; ]{1,8}", fullmatch=True))
def test_what_is_behind_a_day_counts(text: str) -> None:
    assert _MOMENT.fullmatch(text) is None


@unhurried
@given(JSON)
def test_strings_that_are_read_once_are_the_same_each_time(value: Any) -> None:
    kept = Strings(value)
    assert list(kept) == list(kept) == list(strings(value))


@pytest.mark.parametrize("value", [["a", *range(MAX_STRINGS)], {"a": "x", "b": [[["c"]]] * MAX_STRINGS}])
def test_strings_beyond_a_bound_are_an_error_each_time(value: Any) -> None:
    kept, found = Strings(value), list[tuple[str, str]]()
    for _ in range(2):
        with pytest.raises(ValueError, match="more than"):
            found.extend(kept)
    first = len(found) // 2
    assert found[:first] == found[first:]
    assert found[:1] == list(islice(strings(value), 1))


@unhurried
@given(TEXTS)
def test_readings_start_with_the_text_as_a_shell_reads_it(text: str) -> None:
    found = readings(text)
    assert found
    assert len(found) == len(set(found)) <= 4
    assert ("", text) in list(strings(text))


@unhurried
@given(TEXTS)
def test_no_text_holds_the_words_that_are_made_for_it(text: str) -> None:
    question = Question(text, stage="input", questions=("injection", "content_policy"), content=ContentRules())
    assert not any(word in text for word in (*question.words, question.fence))


@pytest.mark.parametrize("stage", STAGES)
@unhurried
@given(text=TEXTS)
def test_a_scan_answers_in_its_form(stage: Any, text: str) -> None:
    scanner = scanners.setdefault(stage, TextScanner(Settings(root=ROOT), stage=stage))
    (answer,) = scanner.answers([json.dumps({"text": text}).encode()])
    assert list(answer) == ["triggered", "action", "score", "guards", "redacted"]
    assert (answer["redacted"] is not None) is (answer["action"] == "redact")
    assert json.loads(json.dumps(answer)) == answer
