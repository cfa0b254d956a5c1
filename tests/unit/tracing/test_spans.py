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
        "agentsafety.duration_ms": 4_000.0,
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
        "agentsafety.duration_ms": 1_500.0,
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


def test_no_prompt_argument_or_model_text_is_taken_into_spans(path: Path, whole_case: list[Event]) -> None:
    record(path, whole_case)
    text = path.read_text()
    for content in ("anna@example.org", "hello", '"do"', "from a mail"):
        assert content not in text


def test_a_result_is_summed_up_masked_short_and_harmless(path: Path, make: Make) -> None:
    result = "sent to anna@example.org\x1b[31m\n" + "x" * 300
    events = [make["case_started"](), make["tool_called"](), make["tool_returned"](result=result), make["case_ended"]()]
    ((_, tool),) = record(path, events, mask=lambda text: text.replace("anna@example.org", "[EMAIL]"))
    summary = attributes(tool)["agentsafety.tool.result_summary"]
    assert summary.startswith("sent to [EMAIL]")
    assert len(summary) == 200
    assert "\x1b" not in summary


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


# The mapping of OTLP to JSON, judged strictly: what a collector refuses is named here


SPAN_KEYS = {"traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes"}
SPAN_KEYS |= {"status", "events"}
SCALARS: dict[str, Callable[[Any], bool]] = {
    "stringValue": lambda v: isinstance(v, str),
    "boolValue": lambda v: isinstance(v, bool),
    "intValue": lambda v: isinstance(v, str) and -(2**63) <= int(v) < 2**63,
    "doubleValue": lambda v: isinstance(v, float),
}


def judge_value(wrapped: Any) -> None:
    assert isinstance(wrapped, dict)
    ((kind, inner),) = wrapped.items()
    if kind == "arrayValue":
        assert set(inner) == {"values"}
        for item in inner["values"]:
            judge_value(item)
        assert len({next(iter(item)) for item in inner["values"]}) <= 1  # arrays are of one type
    else:
        assert SCALARS[kind](inner), wrapped


def judge_attributes(items: Any) -> None:
    assert isinstance(items, list)
    for item in items:
        assert set(item) == {"key", "value"}
        assert item["key"]
        judge_value(item["value"])
    keys = [item["key"] for item in items]
    assert len(keys) == len(set(keys))


def judge_time(text: Any) -> int:
    assert isinstance(text, str)
    assert 0 < int(text) < 2**64
    return int(text)


def judge_id(text: Any, size: int) -> str:
    assert isinstance(text, str)
    assert text == text.lower()
    assert len(bytes.fromhex(text)) == size
    assert int(text, 16) > 0
    return text


def judge_span(span: dict[str, Any]) -> None:
    assert set(span) <= SPAN_KEYS
    judge_id(span["traceId"], 16)
    judge_id(span["spanId"], 8)
    assert span["name"]
    assert span["kind"] in range(1, 6)
    start, end = judge_time(span["startTimeUnixNano"]), judge_time(span["endTimeUnixNano"])
    assert start <= end
    judge_attributes(span["attributes"])
    assert set(span["status"]) <= {"code", "message"}
    assert span["status"]["code"] in (0, 1, 2)
    for event in span.get("events", []):
        assert set(event) == {"name", "timeUnixNano", "attributes"}
        judge_time(event["timeUnixNano"])
        judge_attributes(event["attributes"])


def judge_line(line: str) -> list[dict[str, Any]]:
    document = json.loads(line)
    assert set(document) == {"resourceSpans"}
    (resource,) = document["resourceSpans"]
    assert set(resource) == {"resource", "scopeSpans"}
    judge_attributes(resource["resource"]["attributes"])
    (scoped,) = resource["scopeSpans"]
    assert set(scoped["scope"]) == {"name"}
    spans: list[dict[str, Any]] = scoped["spans"]
    for span in spans:
        judge_span(span)
    ids = [span["spanId"] for span in spans]
    assert len(ids) == len(set(ids))
    assert len({span["traceId"] for span in spans}) == 1
    roots = [span for span in spans if "parentSpanId" not in span]
    assert [root["name"].split()[0] for root in roots] == ["invoke_agent"]
    assert all(span.get("parentSpanId", ids[0]) in ids for span in spans)
    return spans


def odd_events(make: Make) -> list[Event]:
    """A case with everything that is hard to write down."""
    at: dict[str, Any] = {"task_id": "t1"}
    guard: dict[str, Any] = {"stage": "input", "guard": "g", "status": "triggered", "action": "block", "rule": "r"}
    return [
        make["case_started"](guards=()),
        make["model_called"](model="m\ud800\n", body_bytes=2**64),
        RetryPlanned(**at, call_id="m1", attempt=1, delay=0.25, reason="529"),
        GuardChecked(**at, **guard, reason="", score=1.0, source="user"),
        make["tool_called"](tool="\x00\u202e"),
        make["tool_called"](call="c2", tool="never answered"),
        make["tool_returned"](ts=1.0, latency_ms=float("inf")),
        ModelFailed(**at, call_id="m1", model="m", error="E", message="\ud800", attempt=1, stop=True),
        make["case_ended"](stopped_by=("pii", "approval")),
    ]


def test_every_line_is_what_an_otlp_reader_takes(path: Path, make: Make, whole_case: list[Event]) -> None:
    recorder = SpanRecorder(path, agent_id="shop")
    unended = [make["case_started"]("t2"), make["model_called"]("t2")]
    for event in (*whole_case, *odd_events(make), *unended):
        recorder.emit(event)
    recorder.close()
    cases = [judge_line(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [len(spans) for spans in cases] == [3, 4, 2]
    assert len({spans[0]["traceId"] for spans in cases}) == 3


def test_every_closed_span_has_its_duration(path: Path, make: Make) -> None:
    (spans,) = record(path, odd_events(make))
    for span in spans:
        elapsed = (int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])) / 1_000_000
        assert attributes(span)["agentsafety.duration_ms"] == elapsed


@pytest.mark.parametrize("guard", ["judge", ""])
def test_a_question_of_a_guard_says_whose_it_is(path: Path, make: Make, guard: str) -> None:
    ((_, chat),) = record(path, [make["case_started"](), make["model_called"](guard=guard), make["case_ended"]()])
    assert attributes(chat).get("agentsafety.guard", "") == guard
