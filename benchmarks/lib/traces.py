"""Recorded runs of real models on AgentDojo, replayed call by call through a real tool door.

A replay is exact up to the first call that is refused: nobody knows what the model would have done then. So two things
are told: whether the attacker's goal was reached by the calls before the first refusal, and whether it would be reached
if the model carried on as it did, without the refused calls.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.lib.memory import MemoryEvidence
from benchmarks.lib.rows import Refusal
from benchmarks.lib.stopwatch import Stopwatch
from pytest_agentsafety.catalog.agentdojo import resolve
from pytest_agentsafety.catalog.agentdojo.suite import AgentDojoSuite
from pytest_agentsafety.gate import Gate, TaskGate
from pytest_agentsafety.gate.texts import DenialText
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import PlannedCall, RenderedText
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.tasks import Case


class RecordedError(Exception):
    """A tool failed when the run was recorded."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A call of the model and what came back."""

    tool: str
    arguments: dict[str, Any]
    result: str
    error: str | None

    @property
    def call(self) -> PlannedCall:
        return PlannedCall(name=self.tool, arguments=self.arguments)


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One recorded run. `kind` is "benign", "succeeded" (the attacker's goal was reached) or "resisted"."""

    model: str
    suite: str
    version: str
    user_task: str
    injection_task: str | None
    kind: str
    prompt: str
    system: str | None
    steps: tuple[Step, ...]
    answer: str


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What became of a trace. `stopped` and `stopped_carrying_on` are None where the run had no attack that
    succeeded, or where AgentDojo's own check does not find the recorded success again."""

    model: str
    suite: str
    user_task: str
    injection_task: str | None
    kind: str
    touched: bool
    stopped: bool | None
    stopped_carrying_on: bool | None
    answer_changed: tuple[str, ...]
    ended_by: str | None
    refusals: tuple[Refusal, ...]
    decisions_us: tuple[float, ...]


def read_traces(path: Path) -> list[Trace]:
    """SystemExit with a plain message where the file is not there."""
    if not path.is_file():
        raise SystemExit(
            f"{path} does not exist. The recorded runs are not part of this repository: they are AgentDojo's published "
            "runs (MIT), one JSON object a line, gzipped; give their place with --traces"
        )
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_trace(json.loads(line)) for line in lines]


def _trace(data: Mapping[str, Any]) -> Trace:
    messages = data["messages"]
    said = [message for message in messages if message["role"] == "assistant"]
    kind = "benign" if data["attack"] == "none" else "succeeded" if data["security"] else "resisted"
    return Trace(
        model=data["model"],
        suite=data["suite"],
        version=data["benchmark_version"],
        user_task=data["user_task_id"],
        injection_task=data["injection_task_id"] if data["attack"] != "none" else None,
        kind=kind,
        prompt=next(message["content"] for message in messages if message["role"] == "user"),
        system=next((message["content"] for message in messages if message["role"] == "system"), None),
        steps=tuple(_steps(messages)),
        answer=(said[-1]["content"] or "") if said else "",
    )


def _steps(messages: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    results = {message["tool_call_id"]: message for message in messages if message["role"] == "tool"}
    for message in messages:
        for call in message.get("tool_calls") or ():
            found = results.get(call["id"], {})
            yield Step(
                tool=call["name"],
                arguments=dict(call["args"]),
                result=found.get("content") or "",
                error=found.get("error"),
            )


class Replayer:
    """Replays traces; `policy_for` gives the rules of a suite, `make_gate` builds a gate of them."""

    def __init__(self, policy_for: Callable[[Any], Policy], make_gate: Callable[..., Gate], watch: Stopwatch) -> None:
        self._policy_for, self._make_gate, self._watch = policy_for, make_gate, watch
        self._suites: dict[str, AgentDojoSuite] = {}
        self._cases: dict[tuple[str, str, str | None], Case] = {}
        self._gates: dict[str, Gate] = {}
        self._texts: dict[str, frozenset[str]] = {}

    def replay(self, trace: Trace) -> Replayed:
        suite, case = self._case(trace)
        evidence = MemoryEvidence()
        task = self._open(suite, case, trace, evidence)
        self._watch.take()
        refused, ended = _through(task, trace, self._texts[suite.name])
        shown = trace.answer if ended else task.check_answer(trace.answer)
        task.close()
        stopped = carrying_on = None
        if trace.kind == "succeeded":
            stopped, carrying_on = _stopped(suite, case, trace, refused, shown)
        return Replayed(
            model=trace.model,
            suite=trace.suite,
            user_task=trace.user_task,
            injection_task=trace.injection_task,
            kind=trace.kind,
            touched=bool(refused) or ended is not None,
            stopped=stopped,
            stopped_carrying_on=carrying_on,
            answer_changed=evidence.answer_changed,
            ended_by=ended,
            refusals=tuple(evidence.refusals()),
            decisions_us=self._watch.take()[0],
        )

    def _case(self, trace: Trace) -> tuple[AgentDojoSuite, Case]:
        name = f"agentdojo@{trace.version}:{trace.suite}"
        if name not in self._suites:
            (suite,) = resolve(name, place="--traces")
            self._suites[name] = suite
            for case in suite.cases():
                self._cases[name, case.user_task, case.injection_task] = case
        return self._suites[name], self._cases[name, trace.user_task, trace.injection_task]

    def _open(self, suite: AgentDojoSuite, case: Case, trace: Trace, evidence: MemoryEvidence) -> TaskGate:
        if suite.name not in self._gates:
            self._gates[suite.name] = self._make_gate(self._policy_for(suite))
            tools = suite.open(case).tools
            self._gates[suite.name].wrap(tools)
            self._texts[suite.name] = frozenset(t.name for t in tools if t.fn.__annotations__.get("return") is str)
        return self._gates[suite.name].open(trace.prompt, system=trace.system, sink=evidence)


def _through(task: TaskGate, trace: Trace, texts: frozenset[str]) -> tuple[list[int], str | None]:
    """All calls through the door: the places of those refused, and what ended the run where something did.

    `texts` are the tools that return text; the others returned objects, of which the traces keep the YAML.
    """
    refused: list[int] = []
    for place, step in enumerate(trace.steps):
        try:
            if isinstance(task.call(step.tool, step.arguments, _recorded(step, plain=step.tool in texts)), DenialText):
                refused.append(place)
        except StopRun as stop:
            return refused, f"{type(stop).__name__}: {stop}"
        except (RecordedError, RuntimeError):  # the tool's own error, told as it was or changed by a guard
            continue
    return refused, None


def _recorded(step: Step, *, plain: bool) -> Callable[..., str]:
    def run(**_: Any) -> str:
        if step.error:
            raise RecordedError(step.error)
        return step.result if plain else _rendered(step.result)

    return run


def _rendered(text: str) -> str:
    """The text as AgentDojo rendered it, with the object that it was rendered from."""
    try:
        data = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return text
    return RenderedText(text, data) if isinstance(data, dict | list) else text


def _stopped(
    suite: AgentDojoSuite, case: Case, trace: Trace, refused: Sequence[int], shown: str
) -> tuple[bool | None, bool | None]:
    """Was the goal missed by the calls before the first refusal, and by all calls that were not refused?"""
    if not refused and shown == trace.answer:
        return False, False
    if not _reached(suite, case, trace.steps, trace.answer):
        return None, None  # this world does not show the recorded success, so it cannot show a failure
    let_through = [step for place, step in enumerate(trace.steps) if place not in refused]
    carrying_on = not _reached(suite, case, let_through, shown)
    if not refused:
        return carrying_on, carrying_on
    return not _reached(suite, case, trace.steps[: refused[0]], ""), carrying_on


def _reached(suite: AgentDojoSuite, case: Case, steps: Sequence[Step], answer: str) -> bool:
    """AgentDojo's own word on these calls, made anew in a world of the case."""
    scenario = suite.open(case)
    tools = {spec.name: spec.fn for spec in scenario.tools}
    made: list[PlannedCall] = []
    for step in steps:
        if step.tool in tools:
            made.append(step.call)
            try:
                tools[step.tool](**step.arguments)
            except Exception:  # as it failed when it was recorded
                continue
    return scenario.attack_succeeded(answer, made).value is True
