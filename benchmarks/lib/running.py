"""Cases through the project's own runner, in this process: the real SDK loop, the hijacked model, both doors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from benchmarks.lib.memory import MemoryEvidence
from benchmarks.lib.rows import Row
from benchmarks.lib.stopwatch import Stopwatch
from benchmarks.lib.suites import AttackKinds, load_suites
from pytest_agentsafety.adapters import load_agent
from pytest_agentsafety.budget import default_prices
from pytest_agentsafety.config import Settings
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.llm import install
from pytest_agentsafety.model.events import CaseEnded
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.tasks import Case, CaseRun
from pytest_agentsafety.protocols import Suite
from pytest_agentsafety.runner import CaseRunner, ModeSettings, RunSetup
from pytest_agentsafety.session import RunOptions
from pytest_agentsafety.session.key import BorrowedKey
from pytest_agentsafety.session.rules import SuiteRules

_AGENT = "pytest_agentsafety.catalog.reference_agent:build"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What to run. `suites` are names as `--agent-safety-suite` takes them, `off` mechanisms of the provenance.

    `tracker` ("module:class") decides in place of the project's own provenance.
    """

    suites: tuple[str, ...] = ("agentdojo",)
    foreign: tuple[str, ...] = ()
    attack: str = "important_instructions"
    provenance: str = "enforce"
    guards: str = "all"
    off: frozenset[str] = frozenset()
    cases: tuple[str, ...] = ()
    every: int = 1
    benign_only: bool = False
    attacks_only: bool = False
    oracle: bool = True
    tracker: str | None = None


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A case by name, so that it can be sent to another process."""

    suite: str
    case_id: str


class Bench:
    """Runs the cases of a choice one after another. Open it with `running()`."""

    def __init__(self, choice: Choice, suites: Mapping[str, Suite] | None = None) -> None:
        """`suites` are those of another bench over the same choice of suites: loading them takes time."""
        self.choice = choice
        self.suites = suites or {s.name: s for s in load_suites(choice.suites, choice.foreign, choice.attack)}
        self._tracker = _imported(choice.tracker)
        self._tools: dict[str, Sequence[ToolSpec]] = {}
        self._cases = {(s.name, case.case_id): case for s in self.suites.values() for case in s.cases()}
        self._kinds = AttackKinds(self.suites)
        self._evidence = MemoryEvidence()
        self._watch = Stopwatch()

    def units(self) -> list[Unit]:
        """The cases chosen, suite by suite."""
        chosen = [case for case in self._cases.values() if self._in(case)]
        kept = [
            case.case_id
            for kind in ("benign", "attack")
            for case in _share([case for case in chosen if case.kind == kind], self.choice.every)
        ]
        wanted = frozenset(kept)
        return [Unit(suite=case.suite, case_id=case.case_id) for case in chosen if case.case_id in wanted]

    def _in(self, case: Case) -> bool:
        if (self.choice.benign_only and case.kind != "benign") or (self.choice.attacks_only and case.kind == "benign"):
            return False
        return not self.choice.cases or any(fnmatchcase(case.case_id, pattern) for pattern in self.choice.cases)

    @contextmanager
    def running(self) -> Iterator[Callable[[Unit], Row]]:
        """Everything is in place inside the block; nothing is written and nothing leaves the process."""
        with ExitStack() as stack:
            stack.enter_context(BorrowedKey())
            stack.callback(install())
            stack.enter_context(self._watch.running(self._tracker))
            folder = Path(stack.enter_context(TemporaryDirectory()))
            modes = ModeSettings()
            stack.callback(modes.close)
            runners = {name: self._runner(folder, modes, name) for name in ("deny", "oracle")}
            yield lambda unit: self._row(runners, unit)

    def _runner(self, folder: Path, modes: ModeSettings, approver: str) -> CaseRunner:
        choice = self.choice
        options = RunOptions(
            start=folder, root=folder, guards=choice.guards, provenance=choice.provenance, approver=approver
        )
        rules = SuiteRules(options, Settings(root=folder))
        setup = RunSetup(
            run_id="benchmark",
            agent=replace(load_agent(_AGENT, place="benchmark", root=folder), reference=True),
            evidence=self._evidence,
            policy_for=rules.policy_for,
            modes=modes,
            prices=default_prices({}),
            make_gate=gate_maker(choice.off),
        )
        return CaseRunner(setup)

    def _row(self, runners: dict[str, CaseRunner], unit: Unit) -> Row:
        suite, case = self.suites[unit.suite], self._cases[unit.suite, unit.case_id]
        self._tell_tools(suite)
        self._watch.take()
        wall, cpu = perf_counter(), process_time()
        result = _run(runners["deny"], suite, case)
        wall, cpu = perf_counter() - wall, process_time() - cpu
        decisions, labels = self._watch.take()
        refusals, changed = tuple(self._evidence.refusals()), self._evidence.answer_changed
        kind = self._kinds.of(suite, case)
        return Row(
            suite=suite.name,
            case_id=case.case_id,
            kind=case.kind,
            user_task=case.user_task,
            injection_task=case.injection_task,
            attack=case.attack,
            verdict=result.verdict,
            attack_succeeded=result.attack_succeeded,
            utility=result.utility,
            delivered=result.delivered,
            asks=result.escalations,
            by_calls=kind.by_calls,
            upstream=kind.upstream,
            stopped_by=result.stopped_by,
            answer_changed=changed,
            error=result.error,
            wall=wall,
            cpu=cpu,
            oracle=self._with_oracle(runners["oracle"], suite, case, result),
            refusals=refusals,
            decisions_us=decisions,
            labels_us=labels,
        )

    def _tell_tools(self, suite: Suite) -> None:
        """A tracker of other people's drafts its policy from the tools of the suite."""
        if self._tracker is not None:
            self._tracker.use(suite.name, self._tools_of(suite))

    def _tools_of(self, suite: Suite) -> Sequence[ToolSpec]:
        if suite.name not in self._tools:
            self._tools[suite.name] = suite.open(suite.cases()[0]).tools
        return self._tools[suite.name]

    def _with_oracle(self, runner: CaseRunner, suite: Suite, case: Case, denied: CaseResult) -> bool | None:
        """The utility of a benign case when an ideal person answers; a case that asks nothing ends as it did."""
        if case.kind != "benign" or not self.choice.oracle:
            return None
        return _run(runner, suite, case).utility if denied.escalations else denied.utility


def _share(cases: list[Case], every: int) -> list[Case]:
    """One in `every`, spread over all tasks and the same ones whatever the attack: steps would favour some tasks."""

    def spread(case: Case) -> str:
        return sha256(f"{case.suite}/{case.user_task}/{case.injection_task}".encode()).hexdigest()

    return sorted(cases, key=spread)[: -(-len(cases) // every)]


def _run(runner: CaseRunner, suite: Suite, case: Case) -> CaseResult:
    for event in runner.run(suite, CaseRun(case=case, mode="hijacked")):
        if isinstance(event, CaseEnded):
            return CaseResult.from_dict(event.result)
    raise AssertionError("the runner always ends with CaseEnded")


def gate_maker(off: frozenset[str]) -> Callable[..., Gate]:
    """Gates without some of the provenance's mechanisms. SystemExit where this gate cannot take any out."""
    if not off:
        return Gate
    if "provenance_off" not in inspect.signature(Gate.__init__).parameters:
        raise SystemExit("--off: this Gate takes no provenance_off, so nothing can be knocked out")
    return lambda policy, **named: Gate(policy, provenance_off=off, **named)  # type: ignore[call-arg]


def _imported(name: str | None) -> type[Any] | None:
    if name is None:
        return None
    module, _, attribute = name.partition(":")
    found: type[Any] = getattr(__import__(module, fromlist=[attribute]), attribute)
    return found


def chunks(units: Sequence[Unit], size: int) -> list[list[Unit]]:
    """Runs of cases of one suite, none longer than `size`."""
    parts: list[list[Unit]] = []
    for unit in units:
        if not parts or len(parts[-1]) >= size or parts[-1][-1].suite != unit.suite:
            parts.append([])
        parts[-1].append(unit)
    return parts
