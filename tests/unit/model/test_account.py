"""What is held and charged for a model call is read the same way wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.model.events import Charged, Event, ModelCalled, ModelReplied, Notice, charge_in

ENVELOPE: dict[str, Any] = {"task_id": "t", "call_id": "m1", "ts": 5.0}
CALLED: dict[str, Any] = {**ENVELOPE, "model": "m", "stream": False, "body_bytes": 9, "messages": 1}
REPLIED: dict[str, Any] = {
    **ENVELOPE,
    "model": "m",
    "status": 200,
    "content": [],
    "stop_reason": "end_turn",
    "input_tokens": 40,
    "output_tokens": 2,
    "cost_usd": 0.25,
    "cost_estimated": False,
    "latency_ms": 1.0,
    "latency_source": "measured",
}


def step(kind: str, cost_usd: float, tokens: int, total_cost_usd: float = 0.0, total_tokens: int = 0) -> Charged:
    return Charged(
        **ENVELOPE,
        kind=kind,
        cost_usd=cost_usd,
        tokens=tokens,
        total_cost_usd=total_cost_usd,
        total_tokens=total_tokens,
    )


def test_what_is_held_stands_in_the_call() -> None:
    assert charge_in(ModelCalled(**CALLED, reserved_usd=0.5, reserved_tokens=900)) == step("reserved", 0.5, 900)
    assert charge_in(ModelCalled(**CALLED, reserved_usd=0.0, reserved_tokens=0)) == step("reserved", 0.0, 0)


def test_what_is_charged_stands_in_the_answer() -> None:
    replied = ModelReplied(**REPLIED, charge="settled", total_cost_usd=1.25, total_tokens=542)
    assert charge_in(replied) == step("settled", 0.25, 42, 1.25, 542)


def test_a_step_of_its_own_is_itself() -> None:
    kept = step("kept", 0.5, 900, 2.0, 1_000)
    assert charge_in(kept) is kept


@pytest.mark.parametrize(
    "event", [ModelCalled(**CALLED), ModelReplied(**REPLIED), Notice(task_id="t", level="info", message="")]
)
def test_evidence_of_before_has_these_steps_in_records_of_their_own(event: Event) -> None:
    assert charge_in(event) is None
