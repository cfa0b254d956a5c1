"""Why something happened: which earlier record led to an event, as far as the order of events tells."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.recorders.masking import encode_ascii
from pytest_agentsafety.recorders.record import Record

REASON_CHARS = 200
_LOOKED_AT = 4_096
_TASKS = 1_024
_ASKED = 64
# What moves a call on: the call's next record has it as its parent. Charges and guard findings lead to nothing.
_STEPS = frozenset(
    {"model_called", "retry_planned", "rerouted", "tool_called", "tool_decided", "approval_given", "checkpoint_marked"}
)
# What ends a step of the task: whatever starts next was led to by it.
_MILESTONES = frozenset({"case_started", "model_replied", "model_failed", "tool_returned", "final_answer"})


class _Turn:
    """A model reply, record `seq`, that asked for tools. What it said is read when a tool is called."""

    def __init__(self, seq: int, content: Any) -> None:
        self.seq, self._content = seq, content

    @cached_property
    def stated(self) -> str:
        """The model's own words, masked and short, as a JSON member; nobody checked them."""
        content = self._content
        blocks = [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []
        spoken = " ".join(str(block.get("text") or "") for block in blocks if block.get("type") == "text")
        reason = one_line(spoken[:_LOOKED_AT], REASON_CHARS)
        return f'"stated_reason_untrusted":{encode_ascii(reason)},' if reason else ""


class _Asked(NamedTuple):
    tool: str
    arguments: object
    turn: _Turn


@dataclass
class _Task:
    milestone: int | None = None
    calls: dict[str, int] = field(default_factory=dict)
    asked: list[_Asked] = field(default_factory=list)
    # Replies, not yet looked through for calls: what was said, the same masked, and their numbers. The records are not
    # kept: memory that is free again at once is the memory that is near.
    replies: list[tuple[Any, Any, int]] = field(default_factory=list)

    def look_through(self) -> None:
        for content, masked, seq in self.replies:
            turn = _Turn(seq, masked)
            for block in content:
                if isinstance(block, Mapping) and block.get("type") == "tool_use":
                    self.asked.append(_Asked(str(block.get("name")), block.get("input"), turn))
        self.replies.clear()
        del self.asked[:-_ASKED]


class Causes:
    """Follows the events of each task. Not thread-safe: the caller holds the lock under which numbers are given."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[str, _Task] = OrderedDict()

    def of(self, record: Record, seq: int) -> str:
        """The JSON members, each with its comma, that say what led to `record`, which becomes number `seq`."""
        event = record.event
        kind, call_id = event.type, event.call_id
        task = self._tasks.get(event.task_id)
        if task is None or kind == "case_started":
            task = self._open(event.task_id)
        parent, stated = task.calls.get(call_id, task.milestone), ""
        if kind == "tool_called" and (task.asked or task.replies):
            parent, stated = _asked_for(task, event)
        if kind in _STEPS:
            task.calls[call_id] = seq
        elif kind in _MILESTONES:
            task.milestone = seq
            task.calls.pop(call_id, None)
            if kind == "model_replied":
                task.replies.append((getattr(event, "content", ()), record.spoken, seq))
                if len(task.replies) > _ASKED:
                    task.look_through()
        elif kind == "case_ended":
            del self._tasks[event.task_id]
        return f'{stated}"parent":{parent},' if parent is not None else ""

    def forget(self) -> None:
        """Numbers that were given did not come to stand in the log: what refers to them is worth nothing."""
        self._tasks.clear()

    def _open(self, task_id: str) -> _Task:
        self._tasks.pop(task_id, None)
        if len(self._tasks) >= _TASKS:  # an application may never end its tasks
            self._tasks.popitem(last=False)
        task = self._tasks[task_id] = _Task()
        return task


def _asked_for(task: _Task, event: Event) -> tuple[int | None, str]:
    """The reply that asked for this call, and what it said; a call no model asked for has the step before it."""
    task.look_through()
    tool = getattr(event, "tool", "")
    named = [asked for asked in reversed(task.asked) if asked.tool == tool]  # the latest turn is the likeliest
    if not named:
        return task.milestone, ""
    chosen = named[0]
    if len(named) > 1:
        arguments = getattr(event, "arguments", None)
        chosen = next((asked for asked in named if _equal(asked.arguments, arguments)), chosen)
    task.asked = [asked for asked in task.asked if asked is not chosen]
    return chosen.turn.seq, chosen.turn.stated


def _equal(first: object, second: object) -> bool:
    try:
        return first == second
    except RecursionError:
        return False
