"""What a case does on its way to the evidence, in as few writes as the order of things allows."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from pytest_agentsafety.model.events import (
    CaseStarted,
    CheckpointMarked,
    Event,
    FinalAnswer,
    ModelCalled,
    ModelReplied,
    ToolCalled,
    ToolDecided,
    ToolReturned,
)
from pytest_agentsafety.protocols import EventSink, Scenario, recorder
from pytest_agentsafety.runner.modes import Cast

# That a case begins, for what it does first.
_AT_FIRST: frozenset[type[Event]] = frozenset({CaseStarted})
# What was asked and answered inside this process. Nothing that outlasts it takes effect through these.
_MAY_WAIT = _AT_FIRST | {ModelCalled, ModelReplied, ToolReturned, FinalAnswer}
# Without a checkpoint mark behind them they let a read happen, which has no effect on a world of memory.
_OF_READS = frozenset({ToolCalled, ToolDecided})
_MOST_WAITING = 64


class Tap:
    """Records events and keeps them for the generator. Events of a case that is over are recorded no more.

    Where nobody outside the process answers, questions and answers wait for the next decision, or the next `settle`:
    one write for all of them. A decision is recorded when `emit_all` returns; that on a read in a world of memory waits
    with the others. That a case begins waits for what it does first, everywhere.
    """

    def __init__(self, evidence: EventSink, events: deque[Event]) -> None:
        self._record, self._events = recorder(evidence), events
        self._record_passing: Callable[[Sequence[Event]], None] = getattr(evidence, "emit_passing", self._record)
        self._in_memory: frozenset[str] = frozenset()
        self._waiting: list[Event] = []
        self._may_wait = _AT_FIRST
        self._open = True
        self._lock = threading.Lock()

    def world_is(self, scenario: Scenario) -> None:
        """What tools do to a world that is memory alone does not outlast the process: no record waits for the disk."""
        if getattr(scenario, "in_memory", False):
            self._in_memory = frozenset(tool.name for tool in scenario.tools)

    def cast_is(self, cast: Cast) -> None:
        """A question that leaves the process is recorded before it does: it costs money."""
        if cast.responder is not None and cast.recording is None:
            self._may_wait = _MAY_WAIT

    def _passes(self, events: Sequence[Event]) -> bool:
        """Do they announce no other effect than one in memory? An agent may have brought tools of its own."""
        tools = self._in_memory
        return all(event.tool in tools for event in events if isinstance(event, CheckpointMarked))

    def emit(self, event: Event) -> None:
        self.emit_all((event,))

    def emit_all(self, events: Sequence[Event]) -> None:
        """Several events at once, recorded in one go where the evidence can."""
        with self._lock:  # one order for both
            if self._open:
                waiting = self._waiting
                waiting += events
                if len(waiting) >= _MOST_WAITING or not all(map(self._can_wait, events)):
                    self._settle()

    def _can_wait(self, event: Event) -> bool:
        kind = event.__class__
        if kind in _OF_READS:
            return self._may_wait is _MAY_WAIT and getattr(event, "tool", "") in self._in_memory
        return kind in self._may_wait

    def settle(self) -> None:
        """Everything so far is recorded when this returns."""
        with self._lock:
            self._settle()

    def _settle(self) -> None:
        events, self._waiting = self._waiting, []
        if events:
            passing = self._in_memory and CheckpointMarked in map(type, events) and self._passes(events)
            (self._record_passing if passing else self._record)(events)
            self._events.extend(events)

    def close(self) -> None:
        """Nothing more is taken; what waits is left to `end` or `settle`."""
        with self._lock:
            self._open = False

    def end(self, event: Event) -> None:
        """Record the last event of a case, and what waited for it."""
        with self._lock:
            self._waiting.append(event)
            self._settle()
