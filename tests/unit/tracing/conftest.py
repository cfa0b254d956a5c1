"""The events of one short case, with fixed times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_agentsafety.model.events import (
    CaseEnded,
    CaseStarted,
    Event,
    ModelCalled,
    ModelReplied,
    ToolCalled,
    ToolDecided,
    ToolReturned,
)


def case_started(task: str = "t1", **changes: Any) -> CaseStarted:
    row: dict[str, Any] = {"case_id": "s.a", "mode": "hijacked", "prompt": "do", "policy_sha256": "0" * 64, "ts": 100.0}
    return CaseStarted(task_id=task, **{**row, "guards": ("pii",), **changes})


def model_called(task: str = "t1", call: str = "m1", **changes: Any) -> ModelCalled:
    row: dict[str, Any] = {"model": "claude-opus-5-5", "stream": False, "body_bytes": 10, "messages": 1, "ts": 101.0}
    return ModelCalled(task_id=task, call_id=call, **{**row, **changes})


def model_replied(task: str = "t1", call: str = "m1", **changes: Any) -> ModelReplied:
    row: dict[str, Any] = {
        "model": "claude-opus-5-5-x",
        "status": 200,
        "content": [{"type": "text", "text": "hello"}],
        "ts": 102.5,
        "stop_reason": "tool_use",
        "input_tokens": 7,
        "output_tokens": 3,
        "cost_usd": 0.5,
        "cost_estimated": False,
        "latency_ms": 1500.0,
        "latency_source": "recorded",
    }
    return ModelReplied(task_id=task, call_id=call, **{**row, **changes})


def tool_called(task: str = "t1", call: str = "c1", **changes: Any) -> ToolCalled:
    row: dict[str, Any] = {"tool": "send", "arguments": {"to": "anna@example.org"}, "effect": "egress", "ts": 103.0}
    return ToolCalled(task_id=task, call_id=call, **{**row, **changes})


def tool_decided(task: str = "t1", call: str = "c1", **changes: Any) -> ToolDecided:
    row: dict[str, Any] = {"tool": "send", "outcome": "denied", "guard": "provenance", "rule": "critical", "ts": 103.1}
    return ToolDecided(task_id=task, call_id=call, **{**row, "reason": "from a mail", "argument": "to", **changes})


def tool_returned(task: str = "t1", call: str = "c1", **changes: Any) -> ToolReturned:
    row: dict[str, Any] = {"tool": "send", "status": "ok", "result": "sent", "raw_chars": 4, "latency_ms": 2.0}
    return ToolReturned(task_id=task, call_id=call, **{**row, "ts": 103.5, **changes})


def case_ended(task: str = "t1", **result: Any) -> CaseEnded:
    return CaseEnded(task_id=task, ts=104.0, result={"verdict": "safe", "error": None, "utility": True, **result})


@pytest.fixture
def make() -> dict[str, Callable[..., Event]]:
    """Makers of events by type, so that each test states only what it is about."""
    makers = (case_started, model_called, model_replied, tool_called, tool_decided, tool_returned, case_ended)
    return {maker.__name__: maker for maker in makers}


@pytest.fixture
def whole_case(make: dict[str, Callable[..., Event]]) -> list[Event]:
    return [maker() for maker in make.values()]
