"""Cases, rows and events to record."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.tasks import Case, CaseRun


@pytest.fixture
def make_run() -> Callable[..., CaseRun]:
    def make(case_id: str = "s.t1", *, mode: Any = "hijacked", trial: int = 1, variant: str = "") -> CaseRun:
        case = Case(case_id=case_id, suite="s", kind="benign", user_task="t1")
        return CaseRun(case=case, mode=mode, trial=trial, variant=variant)

    return make


@pytest.fixture
def make_row() -> Callable[..., CaseResult]:
    def make(case_id: str = "s.t1", **changes: Any) -> CaseResult:
        row: dict[str, Any] = {
            "run_id": "r",
            "agent_id": "a",
            "case_id": case_id,
            "kind": "benign",
            "suite": "s",
            "user_task": "t1",
            "injection_task": None,
            "vector": None,
            "attack": None,
            "mode": "hijacked",
            "model_ids": ("m",),
            "trial": 1,
            "variant": "",
            "guards": ("pii",),
            "provenance": "enforce",
            "policy_sha256": "0" * 64,
            "verdict": "completed",
            "utility": True,
            "attack_succeeded": None,
            "delivered": None,
            "exposed": None,
            "stopped_by": (),
            "escalations": 0,
            "held": 0,
            "tool_calls": 0,
            "retries": 0,
            "routes": (),
            "input_tokens": 1,
            "output_tokens": 1,
            "cost_usd": 0.0,
            "cost_estimated": False,
            "latency_ms": 1.0,
            "error": None,
            "cassette_sha256": None,
            "transcript": None,
        }
        return CaseResult(**{**row, **changes})

    return make


@pytest.fixture
def make_events(make_row: Callable[..., CaseResult]) -> Callable[..., list[Event]]:
    def make(task: str = "task-1", case_id: str = "s.t1", mode: str = "hijacked") -> list[Event]:
        at: dict[str, Any] = {"task_id": task}
        call: dict[str, Any] = {"task_id": task, "call_id": "c1"}
        spoken = [{"type": "text", "text": "mail anna@example.org"}]
        return [
            CaseStarted(**at, case_id=case_id, mode=mode, prompt="do it", policy_sha256="0" * 64),
            ModelCalled(**at, call_id="m1", model="m", stream=False, body_bytes=9, messages=1, new_messages=spoken),
            ModelReplied(
                **{**at, "call_id": "m1", "model": "m", "status": 200, "content": spoken, "stop_reason": "tool_use"},
                input_tokens=1,
                output_tokens=1,
                cost_usd=0.0,
                cost_estimated=False,
                latency_ms=1.0,
                latency_source="measured",
            ),
            ToolCalled(**call, tool="send", arguments={"to": "anna@example.org"}, effect="egress"),
            ToolDecided(**call, tool="send", outcome="denied", guard="provenance", rule="r", reason="from a mail"),
            ToolReturned(**call, tool="send", status="denied", result="denied", raw_chars=6, latency_ms=0.1),
            CaseEnded(**at, result={"case_id": case_id, "verdict": "completed", "error": None}),
        ]

    return make


@pytest.fixture
def mask() -> Callable[[str], str]:
    return lambda text: text.replace("anna@example.org", "[EMAIL]")


@contextmanager
def _file_size_limit(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def file_size_limit() -> Callable[[int], AbstractContextManager[None]]:
    """A disk that is full at `size` bytes: the kernel then writes short, and after that not at all."""
    return _file_size_limit
