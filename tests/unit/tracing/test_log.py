"""The structured log: documented fields, masked, silent until somebody listens."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.events import Event, FinalAnswer, ModelFailed, Notice, Ungated
from pytest_agentsafety.tracing import JsonFormatter, LogSink

Make = dict[str, Callable[..., Event]]


def mask(text: str) -> str:
    return text.replace("anna@example.org", "[EMAIL]")


@pytest.fixture
def logged() -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """Emit events through a handler with our formatter; returns the parsed lines."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("agent.shop")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

    def emit(*events: Event) -> list[dict[str, Any]]:
        sink = LogSink("shop", mask=mask)
        for event in events:
            sink.emit(event)
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield emit
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


Logged = Callable[..., list[dict[str, Any]]]


def test_a_finished_tool_call_has_all_fields(logged: Logged, make: Make) -> None:
    *_, line = logged(make["tool_called"](), make["tool_returned"](result="sent to anna@example.org"))
    assert line == {
        "level": "INFO",
        "logger": "agent.shop",
        "agent_id": "shop",
        "run_id": "t1",
        "action": "tool_returned",
        "details": {
            "task_id": "t1",
            "tool": "send",
            "status": "ok",
            "raw_chars": 4,
            "latency_ms": 2.0,
            "guard_ms": 0.0,
        },
        "result_summary": "sent to [EMAIL]",
        "timestamp": "1970-01-01T00:01:43.500+00:00",
        "tool": "send",
        "arguments": {"to": "[EMAIL]"},
        "latency_ms": 2.0,
        "success": True,
    }


@pytest.mark.parametrize(("status", "success"), [("ok", True), ("error", False), ("denied", False), ("held", False)])
def test_success_is_the_status_not_the_text(logged: Logged, make: Make, status: str, success: bool) -> None:
    *_, line = logged(make["tool_called"](), make["tool_returned"](status=status, result="error: ok success"))
    assert line["success"] is success


def test_the_run_is_the_sessions_and_the_task_stands_in_the_details(make: Make) -> None:
    seen: list[dict[str, Any]] = []
    sink = LogSink("runs", mask=lambda text: "*", run_id="run-7")
    sink.logger.setLevel(logging.INFO)
    sink.logger.addFilter(lambda record: seen.append(record.agentsafety) or True)  # type: ignore[attr-defined]
    sink.emit(make["tool_called"]())
    sink.emit(make["tool_returned"]())
    assert [(line["run_id"], line["details"]["task_id"]) for line in seen] == [("run-7", "t1")] * 2


def test_every_event_has_the_common_fields(logged: Logged, whole_case: list[Event]) -> None:
    lines = logged(*whole_case)
    assert [line["action"] for line in lines] == [event.type for event in whole_case]
    for line in lines:
        assert {"agent_id", "run_id", "action", "details", "result_summary", "timestamp"} <= set(line)
        assert "anna@" not in json.dumps(line)


def test_the_summary_is_short_one_line_and_harmless(logged: Logged, make: Make) -> None:
    nasty = "\x1b[31m::error::\n\u202e" + "x" * 1000
    *_, line = logged(make["tool_called"](), make["tool_returned"](result=nasty))
    assert len(line["result_summary"]) == 200
    assert not set(line["result_summary"]) & set("\x1b\n\u202e")


def test_summaries_by_kind(logged: Logged, make: Make) -> None:
    lines = logged(
        make["model_replied"](content=[{"type": "text", "text": "hello"}, {"type": "tool_use", "name": "send"}]),
        FinalAnswer(text="secret", shown="shown to the user"),
        make["case_ended"](verdict="unsafe"),
        Notice(level="info", message="m"),
    )
    assert [line["result_summary"] for line in lines] == ["hello send", "shown to the user", "unsafe", ""]


def test_bulk_stays_in_the_transcript(logged: Logged, whole_case: list[Event]) -> None:
    for line in logged(*whole_case):
        assert not {"content", "new_messages", "result", "prompt"} & set(line["details"])


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (ModelFailed(model="m", error="e", message="x", attempt=1, stop=True), "ERROR"),
        (ModelFailed(model="m", error="e", message="x", attempt=1, stop=False), "WARNING"),
        (Ungated(tool="t", tool_use_id="u", reason="r"), "ERROR"),
        (Notice(level="warning", message="m"), "WARNING"),
        (Notice(level="odd", message="m"), "INFO"),
    ],
)
def test_levels(logged: Logged, event: Event, level: str) -> None:
    assert [line["level"] for line in logged(event)] == [level]


@pytest.mark.parametrize(("outcome", "level"), [("allowed", "INFO"), ("denied", "WARNING"), ("ask", "WARNING")])
def test_levels_of_decisions(logged: Logged, make: Make, outcome: str, level: str) -> None:
    assert logged(make["tool_decided"](outcome=outcome))[0]["level"] == level


def test_a_result_without_its_call_is_logged_all_the_same(logged: Logged, make: Make) -> None:
    assert logged(make["tool_returned"]())[0]["arguments"] == {}


def test_calls_of_a_case_are_forgotten_with_it(logged: Logged, make: Make) -> None:
    lines = logged(make["tool_called"](), make["case_ended"](), make["tool_returned"]())
    assert lines[-1]["arguments"] == {}


def test_hostile_arguments_are_one_line(logged: Logged, make: Make) -> None:
    lines = logged(make["tool_called"](tool="x\ny", arguments={"a\nb": "c\nd\ud800", "n": float("nan")}))
    assert lines[0]["details"]["arguments"] == {"a\nb": "c\nd\ud800", "n": "nan"}


def test_a_silent_logger_costs_no_masking(make: Make) -> None:
    def never(text: str) -> str:
        raise AssertionError("masked for nobody")

    logging.getLogger("agent.quiet").setLevel(logging.CRITICAL)
    sink = LogSink("quiet", mask=never)
    sink.emit(make["tool_called"]())
    sink.emit(make["tool_returned"]())


def test_other_records_are_formatted_too() -> None:
    record = logging.LogRecord("other", logging.WARNING, __file__, 1, "hello %s", ("you",), None)
    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["logger"], line["action"]) == ("WARNING", "other", "hello you")


def test_silent_by_default() -> None:
    code = (
        "from pytest_agentsafety.tracing import LogSink\n"
        "from pytest_agentsafety.model.events import Ungated\n"
        "LogSink('a', mask=str).emit(Ungated(tool='t', tool_use_id='u', reason='r'))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ran.stdout, ran.stderr) == ("", "")


def test_one_null_handler_however_many_sinks() -> None:
    for _ in range(3):
        sink = LogSink("many", mask=str)
    assert [type(handler) for handler in sink.logger.handlers] == [logging.NullHandler]
