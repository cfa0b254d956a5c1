"""Spans: one trace a case, children under the root, all closed, readable as OTLP JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.events import (
    ApprovalGiven,
    Event,
    GuardChecked,
    ModelFailed,
    Notice,
    Rerouted,
    RetryPlanned,
    Ungated,
)
from pytest_agentsafety.tracing import SpanRecorder

Make = dict[str, Callable[..., Event]]


def record(path: Path, events: list[Event], **options: Any) -> list[list[dict[str, Any]]]:
    """The spans of each line."""
    recorder = SpanRecorder(path, agent_id="shop", **options)
    for event in events:
        recorder.emit(event)
    recorder.close()
    return spans_in(path)


def spans_in(path: Path) -> list[list[dict[str, Any]]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [line["resourceSpans"][0]["scopeSpans"][0]["spans"] for line in lines]


def value(wrapped: dict[str, Any]) -> Any:
    ((kind, inner),) = wrapped.items()
    if kind == "arrayValue":
        return [value(item) for item in inner["values"]]
    return int(inner) if kind == "intValue" else inner


def attributes(span: dict[str, Any]) -> dict[str, Any]:
    return {item["key"]: value(item["value"]) for item in span["attributes"]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "spans.jsonl"


def test_a_case_is_one_trace_with_its_children(path: Path, whole_case: list[Event]) -> None:
    ((root, chat, tool),) = record(path, whole_case)
    assert [span["name"] for span in (root, chat, tool)] == [
        "invoke_agent shop",
        "chat claude-opus-5-5",
        "execute_tool send",
    ]
    assert "parentSpanId" not in root
    assert {chat["parentSpanId"], tool["parentSpanId"]} == {root["spanId"]}
    assert len({span["traceId"] for span in (root, chat, tool)}) == 1
    assert len({span["spanId"] for span in (root, chat, tool)}) == 3


def test_the_line_is_otlp_json(path: Path, whole_case: list[Event]) -> None:
    ((root, chat, tool),) = record(path, whole_case)
    document = json.loads(path.read_text())
    assert document["resourceSpans"][0]["resource"]["attributes"] == [
        {"key": "service.name", "value": {"stringValue": "shop"}}
    ]
    for span in (root, chat, tool):
        assert len(bytes.fromhex(span["traceId"])) == 16
        assert len(bytes.fromhex(span["spanId"])) == 8
        assert isinstance(span["startTimeUnixNano"], str)
    assert (chat["kind"], tool["kind"]) == (3, 1)


def test_times_are_those_of_the_events(path: Path, whole_case: list[Event]) -> None:
    ((root, chat, tool),) = record(path, whole_case)
    spans = [(int(s["startTimeUnixNano"]), int(s["endTimeUnixNano"])) for s in (root, chat, tool)]
    second = 1_000_000_000
    assert spans == [
        (100 * second, 104 * second),
        (101 * second, 102_500_000_000),
        (103 * second, 103_500_000_000),
    ]


def test_attributes_have_the_conventions_names(path: Path, whole_case: list[Event]) -> None:
    ((root, chat, tool),) = record(path, whole_case)
    assert attributes(root) == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "shop",
        "gen_ai.conversation.id": "t1",
        "agentsafety.case_id": "s.a",
        "agentsafety.mode": "hijacked",
        "agentsafety.policy_sha256": "0" * 64,
        "agentsafety.guards": ["pii"],
        "agentsafety.verdict": "safe",
        "agentsafety.utility": True,
        "agentsafety.stopped_by": [],
    }
    assert attributes(chat) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-opus-5-5",
        "gen_ai.response.model": "claude-opus-5-5-x",
        "gen_ai.response.finish_reasons": ["tool_use"],
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 3,
        "http.response.status_code": 200,
        "agentsafety.stream": False,
        "agentsafety.body_bytes": 10,
        "agentsafety.messages": 1,
        "agentsafety.cost_usd": 0.5,
        "agentsafety.cost_estimated": False,
        "agentsafety.latency_ms": 1500.0,
        "agentsafety.latency_source": "recorded",
    }
    assert attributes(tool)["gen_ai.tool.name"] == "send"
    assert attributes(tool)["gen_ai.tool.call.id"] == "c1"
    assert attributes(tool)["agentsafety.tool.status"] == "ok"


def test_decisions_are_events_on_their_tool(path: Path, whole_case: list[Event]) -> None:
    ((root, _, tool),) = record(path, whole_case)
    assert "events" not in root
    (event,) = tool["events"]
    assert event["name"] == "agentsafety.tool_decided"
    assert attributes(event) == {
        "agentsafety.outcome": "denied",
        "agentsafety.guard": "provenance",
        "agentsafety.rule": "critical",
        "agentsafety.argument": "to",
    }


def test_no_content_is_taken_into_spans(path: Path, whole_case: list[Event]) -> None:
    record(path, whole_case)
    text = path.read_text()
    for content in ("anna@example.org", "hello", "sent", '"do"', "from a mail"):
        assert content not in text


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("denied", 0), ("held", 0), ("error", 2)])
def test_a_denial_is_no_error(path: Path, make: Make, status: str, code: int) -> None:
    events = [make["case_started"](), make["tool_called"](), make["tool_returned"](status=status), make["case_ended"]()]
    ((_, tool),) = record(path, events)
    assert tool["status"]["code"] == code
    assert attributes(tool)["agentsafety.tool.status"] == status
    assert ("error.type" in attributes(tool)) == (code == 2)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (400, 2), (529, 2)])
def test_http_errors_are_errors(path: Path, make: Make, status: int, code: int) -> None:
    events = [
        make["case_started"](),
        make["model_called"](),
        make["model_replied"](status=status),
        make["case_ended"](),
    ]
    ((_, chat),) = record(path, events)
    assert chat["status"]["code"] == code


def test_a_stop_closes_the_chat_with_its_error_masked(path: Path, make: Make) -> None:
    failed: dict[str, Any] = {"task_id": "t1", "call_id": "m1", "model": "m", "error": "CassetteMiss"}
    events = [
        make["case_started"](),
        make["model_called"](),
        ModelFailed(**failed, message="try 1", attempt=1, stop=False, ts=101.2),
        RetryPlanned(task_id="t1", call_id="m1", attempt=2, delay=0.5, reason="529", ts=101.3),
        ModelFailed(**failed, message="mail anna@example.org", attempt=2, stop=True, ts=102.0),
        make["case_ended"](verdict="error", error="for anna@example.org"),
    ]
    ((root, chat),) = record(path, events, mask=lambda text: text.replace("anna@example.org", "[EMAIL]"))
    assert chat["status"] == {"code": 2, "message": "mail [EMAIL]"}
    assert attributes(chat)["error.type"] == "CassetteMiss"
    assert [e["name"] for e in chat["events"]] == [
        "agentsafety.model_failed",
        "agentsafety.retry_planned",
        "agentsafety.model_failed",
    ]
    assert chat["endTimeUnixNano"] == "102000000000"
    assert root["status"] == {"code": 2, "message": "for [EMAIL]"}


def test_what_is_open_when_the_case_ends_is_closed_with_an_error(path: Path, make: Make) -> None:
    events = [make["case_started"](), make["model_called"](), make["tool_called"](), make["case_ended"]()]
    ((root, chat, tool),) = record(path, events)
    assert root["status"]["code"] == 1
    for span in (chat, tool):
        assert span["status"] == {"code": 2, "message": "not finished when the case ended"}
        assert span["endTimeUnixNano"] == "104000000000"


def test_a_case_that_never_ends_is_written_on_close(path: Path, make: Make) -> None:
    ((root, tool),) = record(path, [make["case_started"](), make["tool_called"]()])
    assert root["status"] == {"code": 2, "message": "the case never ended"}
    assert tool["status"]["code"] == 2
    assert int(root["endTimeUnixNano"]) >= int(tool["endTimeUnixNano"]) == 103_000_000_000


def test_time_never_runs_backwards_in_a_span(path: Path, make: Make) -> None:
    events = [make["case_started"](), make["tool_called"](), make["tool_returned"](ts=50.0), make["case_ended"]()]
    ((root, tool),) = record(path, events)
    assert tool["startTimeUnixNano"] == tool["endTimeUnixNano"]
    assert int(root["endTimeUnixNano"]) >= int(tool["endTimeUnixNano"])


def test_guards_and_other_steps_are_noted_where_they_belong(path: Path, make: Make) -> None:
    guard: dict[str, Any] = {"stage": "input", "guard": "injection", "status": "triggered", "action": "block"}
    at: dict[str, Any] = {"task_id": "t1"}
    events = [
        make["case_started"](),
        make["model_called"](),
        GuardChecked(**at, call_id="m1", **guard, rule="r", reason="secret words", score=0.9, source="user"),
        Rerouted(**at, call_id="m1", asked="a", used="b", reason="overload"),
        make["tool_called"](),
        ApprovalGiven(**at, call_id="c1", tool="send", answer="reject", by="deny", reason="no"),
        Ungated(**at, call_id="x", tool="late", tool_use_id="u", reason="unknown"),
        Notice(**at, level="info", message="nothing for a span"),
        make["case_ended"](),
    ]
    ((root, chat, tool),) = record(path, events)
    assert [e["name"] for e in chat["events"]] == ["agentsafety.guard_checked", "agentsafety.rerouted"]
    assert [e["name"] for e in tool["events"]] == ["agentsafety.approval_given"]
    assert [e["name"] for e in root["events"]] == ["agentsafety.ungated"]
    assert "secret words" not in path.read_text()


def test_cases_at_once_are_kept_apart(path: Path, make: Make) -> None:
    events: list[Event] = []
    for name in ("case_started", "tool_called", "tool_returned", "case_ended"):
        events += [make[name]("t1"), make[name]("t2")]
    first, second = record(path, events)
    assert [attributes(spans[0])["gen_ai.conversation.id"] for spans in (first, second)] == ["t1", "t2"]
    assert {span["traceId"] for span in first}.isdisjoint({span["traceId"] for span in second})
    assert len(first) == len(second) == 2


def test_stragglers_and_strays_are_ignored(path: Path, make: Make, whole_case: list[Event]) -> None:
    events = [make["tool_returned"]("unknown"), *whole_case, make["tool_called"](), make["case_ended"]()]
    ((*spans,),) = record(path, events)
    assert len(spans) == 3
    assert record(path.with_name("none.jsonl"), []) == []


def test_answers_without_a_call_are_ignored(path: Path, make: Make) -> None:
    events = [make["case_started"](), make["tool_returned"](), make["model_replied"](), make["case_ended"]()]
    ((*spans,),) = record(path, events)
    assert len(spans) == 1


def test_a_tool_name_is_masked(path: Path, make: Make) -> None:
    events = [make["case_started"](), make["tool_called"](tool="anna@example.org"), make["case_ended"]()]
    record(path, events, mask=lambda text: text.replace("anna@example.org", "[EMAIL]"))
    assert "anna@" not in path.read_text()


@pytest.mark.parametrize(("model", "provider"), [("claude-x", "anthropic"), ("gpt-9", "openai"), ("llama", "_OTHER")])
def test_providers(path: Path, make: Make, model: str, provider: str) -> None:
    ((_, chat),) = record(path, [make["case_started"](), make["model_called"](model=model), make["case_ended"]()])
    assert attributes(chat)["gen_ai.provider.name"] == provider


def test_threads_write_whole_lines(path: Path, make: Make) -> None:
    recorder = SpanRecorder(path, agent_id="shop")

    def work(number: int) -> None:
        for name in ("case_started", "tool_called", "tool_returned", "case_ended"):
            recorder.emit(make[name](f"t{number}"))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(spans) for spans in spans_in(path)] == [2] * 8


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path, whole_case: list[Event]) -> None:
    (tmp_path / "file").write_text("x")
    recorder = SpanRecorder(tmp_path / "file" / "spans.jsonl", agent_id="shop")
    for event in whole_case[:-1]:
        recorder.emit(event)
    with pytest.raises(AgentSafetyError, match="cannot write spans to"):
        recorder.emit(whole_case[-1])
