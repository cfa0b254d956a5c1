"""One JSON record per step through the standard `logging` tree, under `agent.<agent_id>`."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pytest_agentsafety.model.events import (
    CaseEnded,
    Event,
    FinalAnswer,
    ModelFailed,
    ModelReplied,
    Notice,
    ToolCalled,
    ToolDecided,
    ToolReturned,
    Ungated,
)
from pytest_agentsafety.model.leaves import plain
from pytest_agentsafety.model.safe_text import one_line

Mask = Callable[[str], str]
SUMMARY_CHARS = 200
_ATTRIBUTE = "agentsafety"
_ENVELOPE = frozenset({"type", "ts", "task_id", "call_id"})
# What may be long: shown as result_summary, or left to the transcript.
_BULKY = frozenset({"content", "new_messages", "result", "text", "shown", "prompt", "injections", "spans", "tools"})


class LogSink:
    """An EventSink that logs; silent until the application configures the logger (see JsonFormatter).

    Each record carries, as `record.agentsafety`: agent_id, run_id, action, details, result_summary (at most 200
    characters, one printable line), timestamp (ISO 8601, UTC); for a finished tool call also tool, arguments,
    latency_ms, success (from the status, never from the text). `mask` is applied to all foreign text. `run_id` is the
    session's; without one, each task counts as a run. The task's id stands in the details.
    """

    def __init__(self, agent_id: str, *, mask: Mask, run_id: str | None = None) -> None:
        self.agent_id, self._mask, self._run_id = agent_id, mask, run_id
        self.logger = logging.getLogger(f"agent.{agent_id}")
        if not self.logger.handlers:
            self.logger.addHandler(logging.NullHandler())
        self._calls: dict[tuple[str, str], ToolCalled] = {}
        self._lock = threading.Lock()

    def emit(self, event: Event) -> None:
        self.emit_all((event,))

    def emit_all(self, events: Sequence[Event]) -> None:
        every = self.logger.isEnabledFor(logging.INFO)
        for event in events:
            kind = event.__class__
            if every or kind in _HEEDED:
                call = self._call_of(event) if kind in _KEPT else None
                if every or kind in _TOLD:
                    self._tell(event, call)

    def _tell(self, event: Event, call: ToolCalled | None) -> None:
        level = _level(event)
        if not self.logger.isEnabledFor(level):
            return
        fields = self._fields(event)
        if isinstance(event, ToolReturned):
            fields |= self._tool_fields(event, call)
        self.logger.log(level, "%s", fields["action"], extra={_ATTRIBUTE: fields})

    def _call_of(self, event: Event) -> ToolCalled | None:
        """Keeps each call until its result comes; forgets a case's calls when it ends."""
        with self._lock:
            if isinstance(event, ToolCalled):
                self._calls[event.task_id, event.call_id] = event
            elif isinstance(event, ToolReturned):
                return self._calls.pop((event.task_id, event.call_id), None)
            elif isinstance(event, CaseEnded):
                for key in [key for key in self._calls if key[0] == event.task_id]:
                    del self._calls[key]
        return None

    def _fields(self, event: Event) -> dict[str, Any]:
        details = {k: v for k, v in event.to_dict().items() if k not in _ENVELOPE and k not in _BULKY}
        return {
            "agent_id": self.agent_id,
            "run_id": self._run_id or event.task_id,
            "action": event.type,
            "details": {"task_id": event.task_id, **plain(details, self._mask)},
            "result_summary": one_line(self._mask(_summary(event)), SUMMARY_CHARS),
            "timestamp": datetime.fromtimestamp(event.ts, UTC).isoformat(timespec="milliseconds"),
        }

    def _tool_fields(self, event: ToolReturned, call: ToolCalled | None) -> dict[str, Any]:
        return {
            "tool": self._mask(event.tool),
            "arguments": plain(call.arguments if call else {}, self._mask),
            "latency_ms": event.latency_ms,
            "success": event.status == "ok",
        }


class JsonFormatter(logging.Formatter):
    """One JSON object per line, for records of LogSink and for any others that reach the same handler."""

    def format(self, record: logging.LogRecord) -> str:
        fields: Mapping[str, Any] | None = getattr(record, _ATTRIBUTE, None)
        if fields is None:
            when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
            fields = {"action": record.getMessage(), "timestamp": when}
        return json.dumps({"level": record.levelname, "logger": record.name, **fields}, default=str)


def _level(event: Event) -> int:
    if event.__class__ not in _TOLD:
        return logging.INFO
    if isinstance(event, ModelFailed):
        return logging.ERROR if event.stop else logging.WARNING
    if isinstance(event, Ungated):
        return logging.ERROR
    if isinstance(event, ToolDecided):
        return logging.INFO if event.outcome == "allowed" else logging.WARNING
    if isinstance(event, ToolReturned):
        return logging.WARNING if event.status == "error" else logging.INFO
    if isinstance(event, Notice):
        return _NOTICE_LEVELS.get(event.level, logging.INFO)
    return logging.INFO


# What tells the arguments of a finished call.
_KEPT = frozenset({ToolCalled, ToolReturned, CaseEnded})
# The others are no news by themselves.
_TOLD = frozenset({ModelFailed, Ungated, ToolDecided, ToolReturned, Notice})
_HEEDED = _KEPT | _TOLD
_NOTICE_LEVELS = {"warning": logging.WARNING, "error": logging.ERROR}


def _summary(event: Event) -> str:
    if isinstance(event, ToolReturned):
        return event.result
    if isinstance(event, FinalAnswer):
        return event.shown
    if isinstance(event, ModelReplied):
        return " ".join(str(block.get("text") or block.get("name") or "") for block in event.content)
    if isinstance(event, CaseEnded):
        return str(event.result.get("verdict", ""))
    return ""
