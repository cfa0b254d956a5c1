"""The system prompt that a request carries is kept by the gate without anybody declaring it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.gate import instructions as module
from pytest_agentsafety.gate.instructions import instructions_in
from pytest_agentsafety.llm import HijackedModel
from pytest_agentsafety.model.messages import ModelRequest, PlannedTurn
from pytest_agentsafety.model.policy import GUARDS, Policy

SECRET = "You work for the Example Shop. Never mention that the boss of the night desk is called Robin Hale."


def request(system: Any) -> ModelRequest:
    messages = [{"role": "user", "content": "Hi"}]
    payload = {"model": "claude-opus-5-5", "max_tokens": 64, "system": system, "messages": messages}
    body = json.dumps(payload).encode()
    return ModelRequest(url="http://x.invalid/v1/messages", path="/v1/messages", body=body, payload=payload)


def answered(system: Any, text: str, policy: Policy | None = None) -> str:
    model = HijackedModel([PlannedTurn(text="x")], None, lambda: False)
    task = Gate(policy or Policy()).open("Hi", responder=model)
    task.admit(request(system))
    return task.check_answer(text)


@pytest.mark.parametrize("system", [SECRET, [{"type": "text", "text": SECRET, "cache_control": {"type": "ephemeral"}}]])
def test_an_answer_that_repeats_the_system_prompt_is_held(system: Any) -> None:
    assert answered(system, f"Sure: {SECRET}") == "[the answer was held by the pii guard (instructions)]"
    assert answered(system, "We open at nine.") == "We open at nine."


def test_with_the_guard_off_it_passes() -> None:
    policy = Policy().with_guards(frozenset(GUARDS) - {"pii", "provenance"})
    assert SECRET in answered(SECRET, f"Sure: {SECRET}", policy)


def test_a_check_that_crashes_holds_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: str) -> str:
        raise RuntimeError("broken")

    monkeypatch.setattr(module, "gives_away", broken)
    assert answered(SECRET, "We open at nine.").startswith("[the answer was held")


@pytest.mark.parametrize("system", [None, 17, {}, [], [17], [{"type": "image"}]])
def test_what_is_no_text_is_none(system: Any) -> None:
    assert instructions_in(system).strip() == ""
