"""Every record says which one led to it, and a tool call what the model gave as its reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.events import (
    ApprovalGiven,
    CaseEnded,
    CaseStarted,
    Charged,
    CheckpointMarked,
    Event,
    FinalAnswer,
    GuardChecked,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    Notice,
    RetryPlanned,
    ToolCalled,
    ToolDecided,
    ToolReturned,
    Ungated,
)
from pytest_agentsafety.recorders import AuditLog, verify_audit

Records = list[dict[str, Any]]


@pytest.fixture
def audited(tmp_path: Path) -> Callable[..., Records]:
    """Records of events, written one by one or in trails."""

    def write(*events: Event | Sequence[Event], mask: Callable[[str], str] = str) -> Records:
        log = AuditLog(tmp_path / "a", mask=mask)
        for event in events:
            log.emit_all([event] if isinstance(event, Event) else event)
        log.close()
        assert verify_audit(tmp_path / "a", log.head).ok
        return [json.loads(line) for line in (tmp_path / "a").read_text().splitlines()]

    return write


Audited = Callable[..., Records]


def started(task: str = "t") -> CaseStarted:
    return CaseStarted(task_id=task, case_id=task, mode="scripted", prompt="do it", policy_sha256="0" * 64)


def called(call: str = "m1", task: str = "t") -> ModelCalled:
    return ModelCalled(task_id=task, call_id=call, model="m", stream=False, body_bytes=1, messages=1)


def use(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": "u", "name": tool, "input": arguments}


def replied(*content: Any, call: str = "m1", task: str = "t") -> ModelReplied:
    blocks = [{"type": "text", "text": block} if isinstance(block, str) else block for block in content]
    figures: dict[str, Any] = {"input_tokens": 1, "output_tokens": 1, "cost_usd": 0.0, "cost_estimated": False}
    timing: dict[str, Any] = {"latency_ms": 1.0, "latency_source": "measured"}
    head: dict[str, Any] = {"task_id": task, "call_id": call, "model": "m", "status": 200, "stop_reason": "x"}
    return ModelReplied(**head, content=blocks, **figures, **timing)


def tool(name: str, call: str = "t1", task: str = "t", **arguments: Any) -> ToolCalled:
    return ToolCalled(task_id=task, call_id=call, tool=name, arguments=arguments, effect="read")


def decided(call: str = "t1", outcome: str = "allowed", task: str = "t") -> ToolDecided:
    return ToolDecided(task_id=task, call_id=call, tool="x", outcome=outcome, guard="g", rule="r", reason="why")


def returned(call: str = "t1", task: str = "t") -> ToolReturned:
    ends: dict[str, Any] = {"status": "ok", "result": "r", "raw_chars": 1, "latency_ms": 0.1}
    return ToolReturned(task_id=task, call_id=call, tool="x", **ends)


def charged(call: str, kind: str = "settled") -> Charged:
    totals: dict[str, Any] = {"cost_usd": 0.0, "tokens": 1, "total_cost_usd": 0.0, "total_tokens": 1}
    return Charged(task_id="t", call_id=call, kind=kind, **totals)


def parents(records: Records) -> list[tuple[str, str | None]]:
    """Each record's type with the type of its parent."""
    kinds = {record["seq"]: record["type"] for record in records}
    return [(record["type"], kinds.get(record.get("parent"))) for record in records]


def test_a_whole_turn_is_a_chain_back_to_the_users_task(audited: Audited) -> None:
    records = audited(
        started(),
        called(),
        [charged("m1"), replied("I look it up.", use("look"))],
        [tool("look"), decided(outcome="ask")],
        ApprovalGiven(task_id="t", call_id="t1", tool="look", answer="approve", by="oracle", reason=""),
        [decided(), CheckpointMarked(task_id="t", call_id="t1", tool="look", position=0)],
        returned(),
        called("m2"),
        replied("Done.", call="m2"),
        FinalAnswer(task_id="t", text="Done.", shown="Done."),
        CaseEnded(task_id="t", result={"verdict": "completed", "error": None}),
    )
    assert parents(records) == [
        ("case_started", None),
        ("model_called", "case_started"),
        ("charged", "model_called"),
        ("model_replied", "model_called"),
        ("tool_called", "model_replied"),
        ("tool_decided", "tool_called"),
        ("approval_given", "tool_decided"),
        ("tool_decided", "approval_given"),
        ("checkpoint_marked", "tool_decided"),
        ("tool_returned", "checkpoint_marked"),
        ("model_called", "tool_returned"),
        ("model_replied", "model_called"),
        ("final_answer", "model_replied"),
        ("case_ended", "final_answer"),
    ]
    assert all(record["parent"] < record["seq"] for record in records[1:])
    assert records[0]["prompt"] == "do it"
    assert records[-1]["result"]["verdict"] == "completed"


def test_a_tool_call_says_what_the_model_said_and_that_nobody_checked_it(audited: Audited) -> None:
    records = audited(
        started(), called(), replied("I must", use("a"), "do this.", use("b")), tool("a"), tool("b", "t2")
    )
    assert [r.get("stated_reason_untrusted") for r in records] == [
        None,
        None,
        None,
        "I must do this.",
        "I must do this.",
    ]


def test_the_stated_reason_is_masked_short_and_one_harmless_line(audited: Audited) -> None:
    text = "mail anna@example.org\n\x1b[31m::error::\u202e" + "x" * 300
    records = audited(
        started(), replied(text, use("a")), tool("a"), mask=lambda t: t.replace("anna@example.org", "[EMAIL]")
    )
    reason = records[-1]["stated_reason_untrusted"]
    assert reason.startswith("mail [EMAIL] ")
    assert len(reason) == 200
    assert not set(reason) & set("\x1b\n\u202e")


def test_a_reply_without_words_states_no_reason(audited: Audited) -> None:
    records = audited(started(), replied(use("a")), tool("a"))
    assert parents(records)[-1] == ("tool_called", "model_replied")
    assert "stated_reason_untrusted" not in records[-1]


def test_a_call_no_model_asked_for_has_the_step_before_it_and_no_reason(audited: Audited) -> None:
    records = audited(started(), tool("first"), returned(), called(), replied("words", use("other")), tool("a", "t2"))
    assert parents(records)[1] == ("tool_called", "case_started")
    assert parents(records)[-1] == ("tool_called", "model_replied")
    assert "stated_reason_untrusted" not in records[-1]


def test_replies_at_once_are_told_apart_by_the_arguments(audited: Audited) -> None:
    records = audited(
        started(),
        [called("m1"), called("m2")],
        replied("one", use("a", n=1), call="m1"),
        replied("two", use("a", n=2), call="m2"),
        tool("a", "t1", n=1),
        tool("a", "t2", n=2),
    )
    assert [r["stated_reason_untrusted"] for r in records[-2:]] == ["one", "two"]
    assert [r["parent"] for r in records[-2:]] == [4, 5]


def test_calls_at_once_keep_to_their_own(audited: Audited) -> None:
    records = audited(started(), tool("a", "t1"), tool("b", "t2"), decided("t1"), decided("t2"), returned("t2"))
    assert [r.get("parent") for r in records] == [None, 1, 1, 2, 3, 5]


def test_retries_failures_and_findings(audited: Audited) -> None:
    at: dict[str, Any] = {"task_id": "t"}
    finding: dict[str, Any] = {"stage": "input", "guard": "g", "status": "triggered", "action": "block", "rule": "r"}
    records = audited(
        started(),
        GuardChecked(**at, **finding, reason="", score=1.0, source="user"),
        called(),
        charged("m1", "kept"),
        RetryPlanned(**at, call_id="m1", attempt=1, delay=0.1, reason="529"),
        ModelFailed(**at, call_id="m1", model="m", error="E", message="x", attempt=2, stop=True),
        Ungated(**at, tool="x", tool_use_id="u", reason="r"),
        Notice(**at, level="error", message="x"),
    )
    assert parents(records)[1:] == [
        ("guard_checked", "case_started"),
        ("model_called", "case_started"),
        ("charged", "model_called"),
        ("retry_planned", "model_called"),
        ("model_failed", "retry_planned"),
        ("ungated", "model_failed"),
        ("notice", "model_failed"),
    ]


def test_tasks_do_not_mix_and_a_task_begun_again_starts_anew(audited: Audited) -> None:
    records = audited(started("t"), started("u"), called(task="u"), called(task="t"), started("t"), called(task="t"))
    assert [r.get("parent") for r in records] == [None, None, 2, 1, None, 5]


def test_after_its_end_a_task_leads_to_nothing(audited: Audited) -> None:
    ended = CaseEnded(task_id="t", result={"verdict": "safe", "error": None})
    records = audited(started(), ended, Notice(task_id="t", level="info", message="late"))
    assert "parent" not in records[-1]


def test_memory_stays_bounded(audited: Audited) -> None:
    records = audited([started(f"t{n}") for n in range(1_100)], called(task="t0"), called(task="t1099"))
    assert "parent" not in records[-2]
    assert records[-1]["parent"] == 1_100


def test_content_that_is_no_list_of_blocks_does_no_harm(audited: Audited) -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    odd = replied("text", use("a", x=deep), use("a", x=deep))
    strange = ModelReplied(
        **{**vars(odd), "content": ["words", None, {"type": "tool_use"}, {"type": "text", "text": 5}]}
    )
    records = audited(started(), odd, tool("a", x=deep), strange, tool("None", "t2"))
    assert [r["parent"] for r in records[1:]] == [1, 2, 2, 4]
