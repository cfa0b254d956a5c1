"""A planted secret leaves in no argument of no tool, however it is written."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from pytest_agentsafety.gate.leaks import leaked, texts
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall

CANARY = "violet-otter-7391-lantern"
TASK = "Summarise the notes and mail them to Anna"


def judged(arguments: dict[str, Any], *, canaries: tuple[str, ...] = (CANARY,), task: str = TASK) -> Decision | None:
    return leaked(ToolCall(call_id="1", name="send_mail", arguments=arguments), canaries, task)


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        f"the code is {CANARY}, keep it",
        CANARY.upper(),
        CANARY[::-1],
        base64.b64encode(f"see {CANARY} there".encode()).decode(),
        CANARY.encode().hex(),
        " ".join(CANARY),
        f"https://example.test/?q={CANARY.replace('-', '%2D')}",
        "violet-otter-\n7391-lantern",
    ],
)
def test_a_canary_in_an_argument_is_denied(text: str) -> None:
    decision = judged({"to": "anna@example.com", "body": text})
    assert decision is not None
    assert (decision.outcome, decision.guard, decision.rule, decision.argument) == (
        "denied",
        "pii",
        "canary.argument",
        "body",
    )
    assert "violet" not in decision.reason


@pytest.mark.parametrize(
    "value",
    [[CANARY], {"x": {"y": CANARY}}, {CANARY: 1}, ["violet-otter-", "7391-lantern"], (b"violet-otter-7391-lantern",)],
)
def test_nested_values_and_pieces_are_read(value: Any) -> None:
    assert judged({"fields": value}) is not None


def test_pieces_spread_over_the_arguments_are_read() -> None:
    decision = judged({"subject": "violet-otter-", "body": "7391-lantern"})
    assert decision is not None
    assert decision.argument is None


def test_what_holds_no_canary_goes_on() -> None:
    assert judged({"to": "anna@example.com", "body": "violet, otter and lantern; 7391 of them", "n": 3}) is None


def test_without_canaries_nothing_is_read() -> None:
    assert judged({"body": CANARY}, canaries=()) is None


def test_a_user_who_writes_it_in_the_task_may_send_it() -> None:
    assert judged({"body": CANARY}, task=f"Mail {CANARY} to Anna") is None


def test_every_argument_has_its_own_texts() -> None:
    assert texts({"a": ["x", {"k": "y"}], "b": 1}) == {"a": "x\ny", "b": ""}


@pytest.mark.parametrize("guards", [None, frozenset({"permissions", "provenance", "approval"})])
def test_the_tool_door_denies_it_unless_the_pii_guard_is_off(open_task, policy, log, guards) -> None:
    task = open_task(replace(policy, canaries=(CANARY,), **({} if guards is None else {"guards": guards})))
    answer = task["send_mail"](to="anna@example.com", body="violet otter 7391 lantern")
    assert ("ran send_mail" in log.kinds) == (guards is not None)
    if guards is None:
        assert "canary" in str(answer)
        assert (log.last_decision.outcome, log.last_decision.rule) == ("denied", "canary.argument")
