"""Everything one task's two doors share."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from pytest_agentsafety.budget import Budget, Charge
from pytest_agentsafety.budget.forks import renew_on_fork
from pytest_agentsafety.gate.resume import Resume
from pytest_agentsafety.gate.rule_book import RuleBook
from pytest_agentsafety.gate.tally import Stop, Tally
from pytest_agentsafety.gate.ungated import PassLedger
from pytest_agentsafety.guards import StageRunner, StageVerdict
from pytest_agentsafety.llm.active import take_over
from pytest_agentsafety.llm.circuit import CircuitBreaker
from pytest_agentsafety.llm.retry import RetryPlanner
from pytest_agentsafety.llm.routing import Rerouting
from pytest_agentsafety.model.decisions import GuardContext, Stage
from pytest_agentsafety.model.errors import RunTerminated, StopRun
from pytest_agentsafety.model.events import Event, GuardChecked, Notice
from pytest_agentsafety.model.guard_call import asking
from pytest_agentsafety.model.messages import ModelRequest, ModelResponse
from pytest_agentsafety.model.passage import Passage
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.permissions import PermissionChecker
from pytest_agentsafety.protocols import Approver, EventSink, ModelDoor, Observer, Responder, ToolStage, recorder
from pytest_agentsafety.provenance import ProvenanceTracker

_MOST_ADDRESSES = 20


class NullSink:
    """Records nothing: for an application that wants enforcement without evidence."""

    def emit(self, event: Event) -> None:
        """Drop the event."""


class NullObserver:
    """Watches nothing."""

    delivered = False

    def raw_result(self, tool: str, text: str) -> None:
        """Ignore."""

    def sent_text(self, text: str) -> None:
        """Ignore."""


@dataclass(eq=False)
class TaskState:
    """One task: its rules, its memory, its counters. `stopped` closes both doors for good."""

    task_id: str
    prompt: str
    policy: Policy
    sink: EventSink
    budget: Budget
    approver: Approver
    stages: StageRunner
    tracker: Callable[[], ProvenanceTracker]
    permissions: PermissionChecker
    retries: RetryPlanner
    rules: RuleBook
    observer: Observer = field(default_factory=NullObserver)
    responder: Responder | None = None
    rerouting: Rerouting | None = None
    circuit: CircuitBreaker = field(default_factory=CircuitBreaker)
    upstream: str | None = None
    is_attacker: Callable[[str, Mapping[str, Any]], bool] | None = None
    stage: ToolStage | None = None  # puts stand-ins in the place of the user's own tools
    base: Path | None = None
    workspace: Path | None = None  # what code in the sandbox gets a copy of, and may change
    on_reply: Callable[[ModelRequest, ModelResponse, Charge], None] | None = None
    on_passage: Callable[[Passage], None] | None = None  # is told what came from upstream
    resume: Resume | None = None
    door: ModelDoor | None = None
    instructions: Any = None  # the system prompt of the last request, as it came
    tally: Tally = field(default_factory=Tally)
    passes: PassLedger = field(default_factory=PassLedger)
    lock: threading.RLock = field(default_factory=threading.RLock)
    stopped: StopRun | None = None
    handoffs: set[str] = field(default_factory=set)  # tools that only let another agent of the framework go on
    answers: set[str] = field(default_factory=set)  # tools by which agents of the framework answer
    adapted: set[str] = field(default_factory=set)  # tools that an adapter has told of
    hooked: set[str] = field(default_factory=set)  # tools of other processes that ask the tool door before they run
    refusals: set[str] = field(default_factory=set)  # what was answered in a refused call's place
    _addresses: set[str] = field(default_factory=set)
    call_numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        # Asked before an event is made: making one costs more than dropping it.
        self.recording = not isinstance(self.sink, NullSink)
        self.observed = not isinstance(self.observer, NullObserver)
        # Where an argument comes from is asked by provenance, and by a person who has to answer.
        self.traced = not self.policy.guards.isdisjoint({"provenance", "approval"})
        if self.traced:
            _ = self.provenance
        per_action = self.policy.budget.max_cost_per_action_usd
        self.most_per_action = per_action if "cost" in self.policy.guards else math.inf
        self._record: Callable[[Sequence[Event]], None] = recorder(self.sink)
        self._pid = os.getpid()
        renew_on_fork(self)
        self.guarded = frozenset(stage for guard in self.stages.guardrails for stage in guard.stages)

    @cached_property
    def provenance(self) -> ProvenanceTracker:
        """Who follows where values come from; made at once where somebody asks."""
        return self.tracker()

    @property
    def plays_only(self) -> bool:
        """Is this a measurement without guards, over stand-ins? Then there is no code that would have to be contained.

        What is no stand-in after all is refused where it would run (`gate.execute`).
        """
        return self.stage is not None and not self.policy.guards

    def emit(self, event: Event) -> None:
        """Record. What cannot be recorded ends the task, also where the agent swallows the error."""
        self.emit_all((event,))

    def emit_all(self, events: Sequence[Event]) -> None:
        """As `emit`, for events that belong together: one write for all of them."""
        if not events or not self.recording:
            return
        try:
            self._record(events)
        except StopRun as error:
            raise self.stop(error) from None

    def passed_by(self, address: str) -> None:
        """Note a connection that passed neither door."""
        with self.lock:
            if address in self._addresses or len(self._addresses) >= _MOST_ADDRESSES:
                return
            self._addresses.add(address)
        message = (
            f"a connection to {address} passed neither door: what went over it was not seen, and a model that was "
            f"asked there was not gated"
        )
        self.emit(Notice(task_id=self.task_id, level="warning", message=message))

    def after_fork(self) -> None:
        """A child would write into our files."""
        self.recording = False

    def check_open(self) -> None:
        """Raise what stopped this task, if anything did: a stopped task stays stopped even if the agent swallows it."""
        if os.getpid() != self._pid:
            self.after_fork()
            raise self.stop(RunTerminated(f"task {self.task_id} belongs to the process that forked this one"))
        if self.stopped is not None:
            raise self.stopped
        try:
            self.budget.check_time()
        except StopRun as error:
            raise self.stop(error) from None

    def stop(self, error: StopRun) -> StopRun:
        with self.lock:
            if self.stopped is None:
                self.stopped = error
            return self.stopped

    def close(self) -> None:
        self.stop(RunTerminated(f"task {self.task_id} is over; a thread it left behind still calls"))
        if self.resume is not None:
            self.resume.close()

    def note_stop(self, guard: str, *, attacker: bool, answer: bool = False, carrier: bool = False) -> None:
        """`carrier`: a call that could have brought the attacker's text was kept from running."""
        stop = Stop(guard, attacker, self.observer.delivered, answer, carrier)
        with self.lock:
            self.tally.stops.append(stop)

    def _judged(self, stage: Stage, text: str, source: str) -> StageVerdict:
        """What a guard asks a model meanwhile passes this task's door, as the guard's."""
        may_ask = bool(getattr(self.responder, "answers_guards", True))
        context = GuardContext(stage=stage, source=source, task=self.prompt, may_ask=may_ask)
        leave = take_over(self.door) if self.door is not None else None
        try:
            with asking("guards"):
                return self.stages.run(stage, text, context)
        finally:
            if leave is not None:
                leave()

    def scan(self, stage: Stage, text: str, *, source: str, call_id: str = "") -> tuple[str, bool, str, str]:
        """Run a stage's guards over a text: (text to use, blocked, deciding guard, rule). Every trigger is an event."""
        if stage not in self.guarded:
            return text, False, "", ""
        started = time.perf_counter()
        verdict = self._judged(stage, text, source)
        with self.lock:
            self.tally.guard_ms += (time.perf_counter() - started) * 1000
        for result in verdict.results:
            if result.status in ("triggered", "crashed"):
                self.emit(
                    GuardChecked(
                        task_id=self.task_id,
                        call_id=call_id,
                        stage=stage,
                        guard=result.guard,
                        status=result.status,
                        action=result.action,
                        rule=result.rule,
                        reason=result.reason,
                        score=result.score,
                        source=source,
                        spans=[[span.start, span.end, span.rule] for span in result.spans],
                        severity=result.severity or 0.0,
                        confidence=result.confidence or 0.0,
                    )
                )
        decisive = verdict.decisive
        if decisive is None:
            return verdict.text, verdict.blocked, "", ""
        return verdict.text, verdict.blocked, decisive.guard, decisive.rule
