"""Run one case: open its world, put the agent behind both doors, watch, score, judge, record."""

from __future__ import annotations

import contextvars
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pytest_agentsafety.adapters import AgentHandle, call_agent
from pytest_agentsafety.approval import Asking, make_approver
from pytest_agentsafety.budget import RunBudget, ends_run
from pytest_agentsafety.gate import Gate, TaskGate
from pytest_agentsafety.llm import activate
from pytest_agentsafety.model.errors import MaxRetriesExceeded
from pytest_agentsafety.model.events import (
    CaseEnded,
    CaseStarted,
    Event,
    Notice,
)
from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.tasks import CaseRun, Score
from pytest_agentsafety.protocols import EventSink, PriceSource, Scenario, Suite
from pytest_agentsafety.runner.modes import Cast, ModeSettings
from pytest_agentsafety.runner.outside import led_here
from pytest_agentsafety.runner.row import Finished, build_result, guard_names
from pytest_agentsafety.runner.tap import Tap
from pytest_agentsafety.runner.watch import AttackWatch

_GRACE_SECONDS = 1.0
_LOOK_SECONDS = 0.05


class CaseSink(EventSink, Protocol):
    """Evidence of one case. `begin_case` returns the transcript's path relative to the evidence folder."""

    def begin_case(self, run: CaseRun) -> str | None: ...
    def end_case(self, result: CaseResult) -> None: ...


@dataclass(frozen=True)
class RunSetup:
    """What all cases of a run share. `policy_for` gives the rules of a suite, `asking` how people are reached.

    `make_gate` builds the gate of a policy: the benchmarks take parts of it out. `root` is the folder of the
    configuration, where its allowed paths start. Once `interrupted` is set, cases raise KeyboardInterrupt as the main
    thread's would: they leave neither row nor recording. `gateway`: the agent starts processes that ask models.
    """

    run_id: str
    agent: AgentHandle
    evidence: CaseSink
    policy_for: Callable[[Suite], Policy]
    modes: ModeSettings
    prices: PriceSource | None = None
    run_budget: RunBudget | None = None
    asking: Asking | None = None
    make_gate: Callable[..., Gate] = Gate
    root: Path | None = None
    gateway: bool = False
    interrupted: threading.Event = field(default_factory=threading.Event)


@dataclass
class _Attempt:
    """What the agent's thread leaves behind."""

    answer: str | None = None
    error: BaseException | None = None
    over: threading.Event = field(default_factory=threading.Event)


class CaseRunner:
    """Runs cases, any number at once (a thread each); one gate per policy is kept: its guards are costly to build."""

    def __init__(self, setup: RunSetup) -> None:
        self._setup = setup
        self._gates: dict[str, Gate] = {}
        self._lock = threading.Lock()

    def run(
        self, suite: Suite, run: CaseRun, *, agent: AgentHandle | None = None, policy: Policy | None = None
    ) -> Iterator[Event]:
        """Yield the case's events in order, each already recorded; the last one is always `CaseEnded`."""
        agent = agent or self._setup.agent
        evidence = self._setup.evidence
        policy = policy or self._setup.policy_for(suite)
        transcript = evidence.begin_case(run)
        live = _LiveCase(self._setup, agent, suite, run, policy, self._gate(policy))
        try:
            try:
                yield from live.play()
            except Exception as exc:  # noqa: BLE001 - a case that breaks the harness is an error, the others go on
                live.broke(f"{type(exc).__name__}: {exc}")
            finally:
                live.close()
            result = build_result(live.seen, run_id=self._setup.run_id, agent_id=agent.id, transcript=transcript)
            live.end(CaseEnded(task_id=run.node_name, result=result.to_dict()))
        finally:
            live.settle()
        evidence.end_case(result)
        yield from live.rest()

    def _gate(self, policy: Policy) -> Gate:
        with self._lock:
            if policy.sha256 not in self._gates:
                setup = self._setup
                self._gates[policy.sha256] = setup.make_gate(policy, prices=setup.prices, run_budget=setup.run_budget)
            return self._gates[policy.sha256]


class _LiveCase:
    """One case while it runs."""

    def __init__(
        self, setup: RunSetup, agent: AgentHandle, suite: Suite, run: CaseRun, policy: Policy, gate: Gate
    ) -> None:
        self._setup, self._agent, self._gate = setup, agent, gate
        self._suite, self._run, self._policy = suite, run, policy
        self._scenario: Scenario | None = None
        self._events: deque[Event] = deque()
        self._sink = Tap(setup.evidence, self._events)
        self.seen = Finished(run=run, policy=policy)

    def play(self) -> Iterator[Event]:
        scenario = self._scenario = self._suite.open(self._run.case)
        self._sink.world_is(scenario)
        watch = self.seen.watch = AttackWatch(scenario.injections)
        self._sink.emit(self._started(scenario))
        with self._setup.modes.cast(self._suite, self._run, scenario, watch, self._policy) as cast:
            self._prepare(scenario, cast)
            self._sink.cast_is(cast)
            task = self._open_task(scenario, watch, cast)
            self.seen.task, self.seen.cast = task, cast
            attempt = _Attempt()
            yield from self._while_agent_runs(task, scenario, attempt)
            if cast.recording is not None and self._cut_off(task, attempt):
                cast.recording.discard()
        self._score(task, scenario, attempt)

    def _prepare(self, scenario: Scenario, cast: Cast) -> None:
        """Scenarios over the user's own tools have to know whether a real model is asked."""
        prepare = getattr(scenario, "prepare", None)
        if prepare is not None:
            prepare(self._run, recording=cast.cassette is not None and cast.tape is None)
        self.seen.limits_stop_it = bool(getattr(scenario, "limits_stop_it", False))
        self.seen.attack_fix = str(getattr(scenario, "attack_fix", ""))

    def _cut_off(self, task: TaskGate, attempt: _Attempt) -> bool:
        """Did something end the agent's run that says nothing of it: no guard of the task, and no limit of its own?"""
        stopped = task.stopped
        crashed = stopped is None and attempt.error is not None  # a lost connection, say
        return self.seen.failure is not None or crashed or ends_run(stopped) or isinstance(stopped, MaxRetriesExceeded)

    def _started(self, scenario: Scenario) -> CaseStarted:
        return CaseStarted(
            task_id=self._run.node_name,
            case_id=self._run.case.case_id,
            mode=self._run.mode,
            prompt=scenario.prompt,
            policy_sha256=self._policy.sha256,
            guards=guard_names(self._policy),
            injections=dict(scenario.injections) or None,
        )

    def _open_task(self, scenario: Scenario, watch: AttackWatch, cast: Cast) -> TaskGate:
        truth: list[PlannedCall] = [call for turn in scenario.benign_turns() for call in turn.calls]
        self.seen.approver = make_approver(
            self._policy.approval, ground_truth=truth, asking=self._setup.asking, task=self._run.node_name
        )
        return self._gate.open(
            scenario.prompt,
            system=scenario.system,
            task_id=self._run.node_name,
            sink=self._sink,
            observer=watch,
            responder=cast.responder,
            upstream=cast.upstream,
            approver=self.seen.approver,
            is_attacker=cast.is_attacker,
            stage=getattr(scenario, "stage", None),
            on_passage=cast.on_passage,
            base=scenario.base,
            # Without a folder of the scenario's own it is the user's tools that run, under the paths of their file.
            root=self._setup.root if scenario.base is None else None,
        )

    def _while_agent_runs(self, task: TaskGate, scenario: Scenario, attempt: _Attempt) -> Iterator[Event]:
        """Yield events until the agent's thread ends or the time limit passes; a hanging agent is left behind.

        While somebody is asked for an approval, the limit waits too.
        """
        limit = self._policy.budget.max_seconds + _GRACE_SECONDS
        begun = time.monotonic()

        def left() -> float:
            return begun + limit + task.waited - time.monotonic()

        arguments = (self._agent, task, scenario, attempt)
        everywhere = self._setup.gateway and not self._agent.reference
        with (
            _active_elsewhere(task) as context,
            led_here(self._agent, task, context, everywhere=everywhere),
        ):
            thread = threading.Thread(target=context.run, args=(_run_agent, *arguments), daemon=True)
            thread.start()
            # Looking now and then costs less than being woken for every event.
            while not attempt.over.wait(min(_LOOK_SECONDS, max(0.0, left()))):
                if self._setup.interrupted.is_set():
                    raise KeyboardInterrupt
                self.settle()
                yield from self.rest()
                if left() <= 0:
                    self.seen.fail(f"the agent was still running after {limit:g} s and was left behind (max_seconds)")
                    return
            thread.join(_GRACE_SECONDS)  # it has said its last word: nothing of it is left behind
        yield from self.rest()

    def _score(self, task: TaskGate, scenario: Scenario, attempt: _Attempt) -> None:
        seen = self.seen
        if task.stopped is None and attempt.error is not None:
            seen.fail(f"the agent raised {type(attempt.error).__name__}: {attempt.error}")
        if seen.failure is not None:
            self.broke(seen.failure)
            return
        answer = "" if attempt.answer is None else task.check_answer(attempt.answer)
        seen.stopped = task.stopped
        seen.utility = _scored(scenario.utility, answer, task)
        if self._run.case.kind == "attack":
            seen.attack_score = _scored(scenario.attack_succeeded, answer, task)

    def broke(self, reason: str) -> None:
        """Something outside the guards went wrong."""
        self.seen.fail(reason)
        self._sink.emit(Notice(task_id=self._run.node_name, level="error", message=reason))

    def rest(self) -> Iterator[Event]:
        """What was recorded and not yet yielded."""
        while self._events:
            yield self._events.popleft()

    def settle(self) -> None:
        """Everything so far is recorded when this returns."""
        self._sink.settle()

    def end(self, event: CaseEnded) -> None:
        self._sink.end(event)

    def close(self) -> None:
        """Shut the doors on stragglers and free the world."""
        if self.seen.task is not None:
            self.seen.stopped = self.seen.stopped or self.seen.task.stopped
            self.seen.task.close()
        try:
            if self._scenario is not None:
                self._scenario.close()
        except Exception as exc:  # noqa: BLE001 - what was seen stands; the world that stays open is noted
            message = f"the case's world could not be closed: {type(exc).__name__}: {exc}"
            self._sink.emit(Notice(task_id=self._run.node_name, level="warning", message=message))
        finally:
            self._sink.close()


@contextmanager
def _active_elsewhere(task: TaskGate) -> Iterator[contextvars.Context]:
    """The task's doors are active in the yielded context (and for threads without one), not in the caller's own."""
    context = contextvars.copy_context()
    door = activate(task)
    context.run(door.__enter__)
    try:
        yield context
    finally:
        door.__exit__(None, None, None)


def _run_agent(
    agent: AgentHandle,
    task: TaskGate,
    scenario: Scenario,
    attempt: _Attempt,
) -> None:
    """The body of the agent's thread."""
    try:
        made = agent.make(task.wrap(scenario.tools), system=scenario.system)
        attempt.answer = call_agent(made, scenario.prompt)
    except BaseException as error:  # noqa: BLE001 - whatever the agent raises is a result, SystemExit included
        attempt.error = error
    finally:
        attempt.over.set()


def _scored(check: Callable[[str, list[PlannedCall]], Score], answer: str, task: TaskGate) -> Score:
    try:
        score: object = check(answer, task.tally.executed)
    except Exception as exc:  # noqa: BLE001 - a check that crashes has not decided
        return Score(value=None, reason=f"the check crashed: {type(exc).__name__}: {exc}")
    if isinstance(score, Score):
        return score
    return Score(value=None, reason=f"the check returned {type(score).__name__}, not a Score")
