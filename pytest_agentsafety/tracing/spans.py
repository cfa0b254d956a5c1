"""Spans from events: `invoke_agent` per case, below it `chat` per model call and `execute_tool` per tool call."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.events import (
    ApprovalGiven,
    CaseEnded,
    CaseStarted,
    Event,
    GuardChecked,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    Rerouted,
    RetryPlanned,
    ToolCalled,
    ToolDecided,
    ToolReturned,
    Ungated,
)
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.tracing.otlp import CLIENT, ERROR, OK, Span, new_id, to_line, to_otlp

Mask = Callable[[str], str]
RESULT_CHARS = 200
_SCOPE = "pytest-agentsafety"
_UNFINISHED = "not finished when the case ended"
# Spans of a case are made of so many events together: one after the other they cost twice as much.
_TOGETHER = 64


@dataclass
class _Trace:
    root: Span
    spans: list[Span]
    open: dict[tuple[str, str], Span] = field(default_factory=dict)
    waiting: list[Event] = field(default_factory=list)


class SpanRecorder:
    """An EventSink that appends one OTLP JSON line per case to `path`; thread-safe.

    Names and numbers: no prompt, argument or model text is taken into a span, of a tool's result 200 characters. These
    and error texts pass `mask`. Every span is closed when its case ends, whatever happened. Raises AgentSafetyError
    when the file cannot be written.
    """

    def __init__(self, path: Path, *, agent_id: str, mask: Mask = str) -> None:
        self._path, self._agent_id, self._mask = path, agent_id, mask
        self._traces: dict[str, _Trace] = {}
        self._lock = threading.Lock()

    def emit(self, event: Event) -> None:
        self.emit_all((event,))

    def emit_all(self, events: Sequence[Event]) -> None:
        with self._lock:
            for event in events:
                kind = event.__class__
                if kind in _STEPS:
                    trace = self._traces.get(event.task_id)
                    if trace is not None:  # else a straggler of a case that is over
                        trace.waiting.append(event)
                        if len(trace.waiting) >= _TOGETHER:
                            self._catch_up(trace)
                elif kind is CaseStarted:
                    self._start_case(event)
                elif kind is CaseEnded and (trace := self._traces.get(event.task_id)) is not None:
                    self._catch_up(trace)
                    self._end_case(event.task_id, trace, event)

    def close(self) -> None:
        """Write the cases that never ended, closed with an error."""
        with self._lock:
            for task_id, trace in list(self._traces.items()):
                self._catch_up(trace)
                latest = max(max(span.start, span.end) for span in trace.spans)
                trace.root.status, trace.root.message = ERROR, "the case never ended"
                self._finish(task_id, trace, latest)

    def _start_case(self, event: Any) -> None:
        root = Span(name=f"invoke_agent {self._agent_id}", trace_id=new_id(16), span_id=new_id(8), start=_ns(event.ts))
        root.attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": self._agent_id,
            "gen_ai.conversation.id": event.task_id or None,
            "agentsafety.case_id": event.case_id,
            "agentsafety.mode": event.mode,
            "agentsafety.policy_sha256": event.policy_sha256,
            "agentsafety.guards": list(event.guards),
        }
        self._traces[event.task_id] = _Trace(root, [root])

    def _catch_up(self, trace: _Trace) -> None:
        waiting, trace.waiting = trace.waiting, []
        for event in waiting:
            _STEPS[event.__class__](self, trace, event)

    def _open_chat(self, trace: _Trace, event: ModelCalled) -> None:
        span = self._child(trace, "chat", event, f"chat {event.model}")
        span.kind = CLIENT
        span.attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": _provider(event.model),
            "gen_ai.request.model": event.model,
            "agentsafety.stream": event.stream,
            "agentsafety.body_bytes": event.body_bytes,
            "agentsafety.messages": event.messages,
        }
        if event.guard:
            span.attributes["agentsafety.guard"] = event.guard

    def _close_chat(self, trace: _Trace, event: ModelReplied) -> None:
        span = trace.open.pop(("chat", event.call_id), None)
        if span is None:
            return
        span.attributes |= {
            "gen_ai.response.model": event.model,
            "gen_ai.response.finish_reasons": [event.stop_reason] if event.stop_reason else None,
            "gen_ai.usage.input_tokens": event.input_tokens,
            "gen_ai.usage.output_tokens": event.output_tokens,
            "http.response.status_code": event.status,
            "agentsafety.cost_usd": event.cost_usd,
            "agentsafety.cost_estimated": event.cost_estimated,
            "agentsafety.latency_ms": event.latency_ms,
            "agentsafety.latency_source": event.latency_source,
        }
        failed = event.status >= 400
        if failed:
            span.attributes["error.type"] = str(event.status)
        span.close(_ns(event.ts), status=ERROR if failed else 0, message=f"status {event.status}" if failed else "")

    def _model_failed(self, trace: _Trace, event: ModelFailed) -> None:
        key = ("chat", event.call_id)
        span = trace.open.get(key, trace.root)
        more = {"error.type": event.error, "agentsafety.attempt": event.attempt}
        span.events.append(("agentsafety.model_failed", _ns(event.ts), more))
        if event.stop and trace.open.pop(key, None) is not None:
            span.attributes["error.type"] = event.error
            span.close(_ns(event.ts), status=ERROR, message=self._mask(event.message))

    def _open_tool(self, trace: _Trace, event: ToolCalled) -> None:
        tool = self._mask(event.tool)  # a model may ask for any name
        span = self._child(trace, "tool", event, f"execute_tool {tool}")
        span.attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": tool,
            "gen_ai.tool.call.id": event.call_id,
            "gen_ai.tool.type": "function",
            "agentsafety.tool.effect": event.effect,
            "agentsafety.attacker": event.attacker,
        }

    def _close_tool(self, trace: _Trace, event: ToolReturned) -> None:
        span = trace.open.pop(("tool", event.call_id), None)
        if span is None:
            return
        span.attributes |= {
            "agentsafety.tool.status": event.status,
            "agentsafety.tool.result_chars": event.raw_chars,
            "agentsafety.tool.result_summary": one_line(self._mask(event.result), RESULT_CHARS),
            "agentsafety.latency_ms": event.latency_ms,
            "agentsafety.guard_ms": event.guard_ms,
        }
        failed = event.status == "error"  # a denial is no tool error
        if failed:
            span.attributes["error.type"] = "tool_error"
        span.close(_ns(event.ts), status=ERROR if failed else 0, message="the tool failed" if failed else "")

    def _note(self, trace: _Trace, event: Event) -> None:
        details = {name: getattr(event, of) for name, of in _NOTES[event.__class__]}
        span = trace.open.get(("tool", event.call_id)) or trace.open.get(("chat", event.call_id)) or trace.root
        span.events.append((f"agentsafety.{event.type}", _ns(event.ts), details))

    def _child(self, trace: _Trace, kind: str, event: Event, name: str) -> Span:
        root = trace.root
        # Ids have to differ within their trace, and asking the system for each costs more than the rest of a span.
        span_id = f"{root.trace_id[:8]}{len(trace.spans):08x}"
        span = Span(name=name, trace_id=root.trace_id, span_id=span_id, parent_id=root.span_id, start=_ns(event.ts))
        trace.spans.append(span)
        trace.open[kind, event.call_id] = span
        return span

    def _end_case(self, task_id: str, trace: _Trace, event: Any) -> None:
        verdict, error = event.result.get("verdict"), event.result.get("error")
        trace.root.attributes |= {
            "agentsafety.verdict": verdict,
            "agentsafety.attack_succeeded": event.result.get("attack_succeeded"),
            "agentsafety.utility": event.result.get("utility"),
            "agentsafety.stopped_by": list(event.result.get("stopped_by") or ()),
        }
        if verdict == "error" or error:
            trace.root.status, trace.root.message = ERROR, self._mask(str(error or "error"))
        else:
            trace.root.status = OK
        self._finish(task_id, trace, _ns(event.ts))

    def _finish(self, task_id: str, trace: _Trace, at: int) -> None:
        for span in trace.open.values():
            span.close(at, status=ERROR, message=_UNFINISHED)
        root = trace.root
        root.close(max([at, *(span.end for span in trace.spans)]), status=root.status, message=root.message)
        del self._traces[task_id]
        resource = {"service.name": self._agent_id}
        self._append(to_line(to_otlp(trace.spans, resource=resource, scope=_SCOPE)))

    def _opened(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        try:
            return os.open(self._path, flags, 0o644)
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, flags, 0o644)

    def _append(self, line: bytes) -> None:
        try:
            handle = self._opened()
            try:
                written = os.write(handle, line)
            finally:
                os.close(handle)
        except OSError as exc:
            raise AgentSafetyError(f"cannot write spans to {self._path}: {exc.strerror}") from exc
        if written != len(line):
            raise AgentSafetyError(f"cannot write spans to {self._path}: {written} of {len(line)} bytes fitted")


def _provider(model: str) -> str:
    if model.startswith("claude"):
        return "anthropic"
    return "openai" if model.startswith(("gpt-", "o1", "o3", "o4")) else "_OTHER"


def _ns(seconds: float) -> int:
    return int(seconds * 1_000_000_000)


# What a span event tells of a step. Steps that are in neither table are no news on a span.
_NOTED: dict[type[Event], tuple[str, ...]] = {
    ToolDecided: ("outcome", "guard", "rule", "argument"),
    GuardChecked: ("stage", "guard", "status", "action", "rule", "score", "severity", "confidence"),
    ApprovalGiven: ("answer", "by"),
    RetryPlanned: ("attempt", "delay"),
    Rerouted: ("asked", "used"),
    Ungated: ("tool",),
}
_NOTES = {kind: tuple((f"agentsafety.{name}", name) for name in names) for kind, names in _NOTED.items()}
_STEPS: dict[type[Event], Callable[[SpanRecorder, _Trace, Any], None]] = {
    ModelCalled: SpanRecorder._open_chat,
    ModelReplied: SpanRecorder._close_chat,
    ModelFailed: SpanRecorder._model_failed,
    ToolCalled: SpanRecorder._open_tool,
    ToolReturned: SpanRecorder._close_tool,
    **dict.fromkeys(_NOTED, SpanRecorder._note),
}
