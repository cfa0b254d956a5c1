"""One run, for pytest and for the command line alike."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from pytest_agentsafety.adapters import AgentHandle, describe_agent
from pytest_agentsafety.budget import RunBudget, continue_run_budget, default_prices, open_run_budget
from pytest_agentsafety.config import GateRule, Settings, load_settings
from pytest_agentsafety.fuzz.casefile import FoundCase
from pytest_agentsafety.fuzz.rows import FILE as FUZZ_FILE
from pytest_agentsafety.guards import load_guardrails
from pytest_agentsafety.metrics import min_n_for
from pytest_agentsafety.model.errors import ConfigError, LimitExceededError
from pytest_agentsafety.model.events import CaseEnded
from pytest_agentsafety.model.policy import GUARDS, Policy, RunLimits
from pytest_agentsafety.model.results import FAILING, CaseResult
from pytest_agentsafety.recorders import open_output, read_results, worker_folder
from pytest_agentsafety.recorders.transcript import case_key
from pytest_agentsafety.runner.generated import GeneratedSuite
from pytest_agentsafety.runner.modes import ModeSettings, cassette_path
from pytest_agentsafety.session.ablation import AblationFile, judge, variants
from pytest_agentsafety.session.agent_choice import chosen_agent, unusable
from pytest_agentsafety.session.asking import asking_for, keep_queue
from pytest_agentsafety.session.fuzz_cases import FuzzRun, plan_fuzz, run_case, stale_waivers
from pytest_agentsafety.session.generating import generated_suite
from pytest_agentsafety.session.key import BorrowedKey
from pytest_agentsafety.session.meter import Meter
from pytest_agentsafety.session.open_run import OpenRun
from pytest_agentsafety.session.options import RunOptions
from pytest_agentsafety.session.plan import NO_CASES, Plan, PlannedCase, make_plan, names_generated, needs_factory
from pytest_agentsafety.session.resuming import (
    Key,
    begun_without_row,
    check_same,
    drop_rows,
    earlier_run,
    is_of_run,
    remove_drafts,
    rows_on_disk,
)
from pytest_agentsafety.session.rules import SuiteRules
from pytest_agentsafety.session.run_file import describe_run, write_json
from pytest_agentsafety.session.secrets import RunSecrets

FIXTURE_AGENT = "fixture:agent_safety_agent"
RATE = "attack_success_rate"


class Session:
    """`Session(options)` checks names and writes nothing; then `start`, `run` per case, `close`, `finish`.

    Raises ConfigError or UnknownNameError for whatever a person wrote wrongly.
    """

    def __init__(
        self, options: RunOptions, *, run_id: str | None = None, found: Mapping[str, Any] | None = None
    ) -> None:
        """`found` is the `told_tools` of another process of the run, so that the agent is asked for them once."""
        self.options = options
        self._found = found
        self.told_tools: Mapping[str, Any] | None = None
        self.run_id = run_id or f"{time.strftime('%Y%m%dT%H%M%S')}-{uuid.uuid4().hex[:6]}"
        self.settings: Settings = load_settings(options.start)
        with BorrowedKey():
            self.agent = chosen_agent(options, self.settings)
        load_guardrails(self.settings.policy.guardrails, root=self.settings.root)  # wrong ones before any case
        self.rules = SuiteRules(options, self.settings)
        known, self.fuzz_cases = plan_fuzz(options, self.settings)
        self._known_cases = known
        self._told: Mapping[str, Any] | None = None
        self.replanned = False
        self.plan = self._planned()
        self.folder = options.output_folder()
        self.secrets = RunSecrets()
        self.meter = Meter()
        self._kept: dict[Key, CaseResult] = {}
        self._again: dict[Key, str] = {}
        self._earlier: Mapping[str, Any] = {}
        if options.resume:
            self._take_up()
        self.asking = asking_for(self.settings, self.folder, self.secrets.mask)  # the plugin knows the terminal better
        self.results: list[CaseResult] = []
        self.fuzz_runs: list[FuzzRun] = []
        self.worker_heads: dict[str, Mapping[str, Any]] = {}
        self.attacks_selected = self.plan.attacks  # the plugin knows better once pytest has deselected
        self.started_at = time.monotonic()
        options.checked_record()
        self.baseline = _baseline(options)
        self._open = OpenRun()
        self._budget: RunBudget | None = None
        self._knocking = threading.Lock()

    def _take_up(self) -> None:
        """Which cases of the earlier run stand, and which were cut off."""
        place = f"{self.options.prefix}resume"
        if self.options.ablate:
            raise ConfigError(f"{place}: knock-outs are not gone on with; leave out {self.options.prefix}ablate")
        self._earlier = earlier_run(self.folder, place)
        check_same(self._earlier, self.describe(), place)
        self.run_id = str(self._earlier["run_id"])
        rows = rows_on_disk(self.folder)
        selected = {case_key(planned.run): planned for planned in self.cases}
        self._kept = {row.key: row for row in rows if row.key not in selected or self._stands(selected[row.key], row)}
        begun = set(begun_without_row(self.folder, rows))
        self._again = {
            key: planned.run.node_name
            for key, planned in selected.items()
            if planned.run.node_name in begun and self._left_cassette(planned)
        }

    def _stands(self, planned: PlannedCase, row: CaseResult) -> bool:
        """An error of a case that asks somebody outside may be gone by now; a recording has to be there."""
        modes = ModeSettings(record=self.options.checked_record())
        if not modes.goes_upstream(planned.suite, planned.run):
            return True
        if not modes.records(planned.suite, planned.run):
            return row.verdict != "error"
        there = cassette_path(planned.suite, planned.run).is_file()
        return there and (row.verdict != "error" or self.options.record in ("none", "once"))

    def _left_cassette(self, planned: PlannedCase) -> bool:
        if planned.suite.cassettes is None:
            return False
        return is_of_run(cassette_path(planned.suite, planned.run), self._earlier.get("started"))

    def kept(self, planned: PlannedCase) -> CaseResult | None:
        """The row of a case that an earlier part of a resumed run has done already."""
        return self._kept.get(case_key(planned.run))

    def goes_upstream(self, planned: PlannedCase) -> bool:
        """Is there somebody else to wait for?"""
        return ModeSettings(record=self.options.checked_record()).goes_upstream(planned.suite, planned.run)

    def note_not_run(self, cases: Sequence[PlannedCase], reason: str) -> None:
        """Cases of the plan that were not begun, or dropped: the report says so."""
        if cases:
            self.plan.notes.append(f"{len(cases)} of {len(self.cases)} cases were not run: {reason}")

    @property
    def asks_people(self) -> bool:
        """Does a case stop for somebody at a terminal?"""
        return any(self.rules.policy_for(suite).approval.approver == "console" for suite in self.plan.suites)

    @property
    def limit_met(self) -> LimitExceededError | None:
        """The run's limit that was met: no further case can be run under it."""
        return None if self._budget is None else self._budget.refused

    def interrupt(self) -> None:
        """Drop what is under way: it leaves neither row nor recording."""
        self._open.interrupt()

    def _planned(self) -> Plan:
        settings, known = self.settings, self._known_cases
        plan = make_plan(
            self.options,
            settings,
            self.agent,
            self.rules,
            found=known,
            generated=self._generated,
        )
        plan.notes += stale_waivers(settings, known)
        return plan

    def _generated(self) -> GeneratedSuite:
        suite, self.told_tools = generated_suite(self.agent, self.settings, live=self.live_tools, told=self._found)
        return suite

    @property
    def live_tools(self) -> frozenset[str]:
        """The tools that were opted in to run for real: none while a guard is off."""
        return frozenset(self.settings.live_tools) if self.rules.guards == frozenset(GUARDS) else frozenset()

    @property
    def asks_agent(self) -> bool:
        """Do the cases depend on the tools that the agent brings?"""
        return names_generated(self.options, self.settings)

    def plan_for(self, agent: Any) -> None:
        """Plan anew for an agent that was not known at the start (a fixture gave it).

        Raises ConfigError for what is no agent, and where its tools cannot be attacked.
        """
        self.agent = self.describe_agent(agent)
        self._found = None  # it was another agent's
        self.plan = self._planned()
        self.attacks_selected = self.plan.attacks
        self.replanned = True
        if self.options.resume:
            self._take_up()

    def told_plan(self) -> dict[str, Any]:
        """What an xdist controller has to know of a plan that only its workers could make."""
        order = [list(case_key(planned.run)) for planned in self.cases]
        return {"run": self.describe(), "order": order, "attacks": self.attacks_selected}

    def learn_plan(self, told: Mapping[str, Any]) -> None:
        """Take over a worker's plan, for the report."""
        self._told = told
        self.attacks_selected = int(told["attacks"])
        self.plan.notes = list(told["run"]["notes"])

    @property
    def order(self) -> list[Key]:
        """The keys of all cases as the plan has them."""
        if self._told is not None:
            return [cast("Key", tuple(key)) for key in self._told["order"]]
        return [case_key(planned.run) for planned in self.cases]

    def plan_nothing(self, reason: str) -> None:
        """There is no agent to attack; the header and the report say why. A run of no cases does not pass."""
        self.plan = replace(self.plan, suites=[], cases=[], notes=[f"{NO_CASES}{reason}"])
        self.attacks_selected = 0

    @property
    def cases(self) -> list[PlannedCase]:
        return self.plan.cases

    def start(self, *, worker: str | None = None, alone: bool = True) -> None:
        """Open the evidence folder (for an xdist worker: its own below it).

        Not `alone` where others run in this process, a user's own tests: then clients are patched only while a case
        runs, and keys are lent only in `lending`.
        """
        if worker is None:
            self.prepare_folder()
        self._budget = self._run_budget()
        self._open.start(
            self.folder if worker is None else worker_folder(self.folder, worker),
            agent=lambda: self.agent,
            run_id=self.run_id,
            record=self.options.checked_record(),
            policy_for=self.rules.policy_for,
            prices=default_prices(self.settings.prices),
            run_budget=self._budget,
            asking=self.asking,
            secrets=self.secrets,
            again=frozenset(self._again.values()),
            alone=alone,
            root=self.settings.root,
            gateway=self.settings.gateway,
        )

    def _run_budget(self) -> RunBudget | None:
        """One account for all processes of the run: it lives in the controller's folder."""
        return open_run_budget(self.run_limits, self.folder)

    @property
    def run_limits(self) -> RunLimits:
        """What the run may cost and do in all: the configuration's limits, or a lower one of the options."""
        limits, most = self.settings.policy.run_budget, self.options.max_cost_usd
        if most is None or (limits.max_cost_usd is not None and limits.max_cost_usd <= most):
            return limits
        return replace(limits, max_cost_usd=most)

    def _go_on(self) -> None:
        """Make ready what an earlier part of the run left: one row a case, no drafts, its account."""
        drop_rows(self.folder, {case_key(planned.run) for planned in self.cases} - self._kept.keys())
        (self.folder / FUZZ_FILE).unlink(missing_ok=True)  # replayed again: it costs nothing
        remove_drafts({suite.cassettes for suite in self.plan.suites if suite.cassettes is not None})
        continue_run_budget(self.run_limits, self.folder)

    def prepare_folder(self) -> None:
        """Make the folder and write the first `run.json`: all an xdist controller does before its workers start."""
        open_output(self.folder, resume=self.options.resume)
        if self.options.resume:
            self._go_on()
        else:
            keep_queue(self.folder)
        write_json(self.folder / "run.json", self.describe())
        self._run_budget()  # opened before any worker starts

    def use_agent(self, agent: Any) -> None:
        """Change the agent under test: a fixture's value is known only when the first case is set up.

        One that cannot be used makes each case an error row that says why.
        """
        try:
            self.agent = self._fitting(self.describe_agent(agent))
        except ConfigError as error:
            self.agent = unusable(FIXTURE_AGENT, str(error))

    def _fitting(self, agent: AgentHandle) -> AgentHandle:
        """Most suites bring their own tools; an agent that takes none cannot be tested against them."""
        own = all(isinstance(suite, GeneratedSuite) for suite in self.plan.suites)
        return agent if own or agent.shape != "callable" else unusable(agent.id, needs_factory(agent.id))

    def describe(self) -> dict[str, Any]:
        run = describe_run(run_id=self.run_id, options=self.options, agent=self.agent, plan=self.plan, rules=self.rules)
        began = {"started": self._earlier["started"]} if "started" in self._earlier else {}
        if self._told is not None:
            run = {**self._told["run"], "run_id": run["run_id"], "started": run["started"], "command": run["command"]}
        return {**run, **began, "command": self.secrets.hide(str(run["command"]))}

    def describe_agent(self, agent: Any) -> AgentHandle:
        """Raises ConfigError for what is no agent."""
        return describe_agent(agent, id=FIXTURE_AGENT, place="fixture agent_safety_agent")

    @property
    def user_policy(self) -> Policy:
        """The configuration's policy with what the options change: for the user's own tools."""
        return self.rules.adapted(self.settings.policy)

    @property
    def active_folder(self) -> Path:
        """Where this process writes: the output folder, or a worker's folder below it."""
        return self._open.evidence.folder

    def run(self, planned: PlannedCase, *, agent: AgentHandle | None = None) -> CaseResult:
        """Run one case to its last event, in any thread. Its row is on disk when this returns.

        A case that an earlier part of a resumed run has done is not run again. Raises KeyboardInterrupt once the
        session was interrupted.
        """
        kept = self.kept(planned)
        if kept is not None:
            return kept
        ended: Mapping[str, Any] | None = None
        self._open.lend_key(planned.run.mode)
        self.secrets.look_around()
        self.meter.begin()
        try:
            with self._open.doors():
                for event in self._open.runner.run(planned.suite, planned.run, agent=agent or self.agent):
                    self.meter.see(event)
                    if isinstance(event, CaseEnded):
                        ended = event.result
        finally:
            self.meter.end(done=ended is not None)
        assert ended is not None, "the runner always ends with CaseEnded"
        result = CaseResult.from_dict(ended)
        self.results.append(result)
        if self.options.ablate and result.kind == "attack" and planned.run.mode == "hijacked":
            with self._knocking:
                self._knock_out(planned, result, agent or self.agent)
        return result

    def lending(self) -> AbstractContextManager[None]:
        """SDK clients find a key inside the block: for what sets an agent up and runs it."""
        return self._open.lending()

    def run_fuzz(self, case: FoundCase) -> FuzzRun:
        """Replay one found case. Its row is on disk when this returns."""
        done = run_case(case, self.settings, run_id=self.run_id, folder=self.active_folder)
        self.fuzz_runs.append(done)
        return done

    def _knock_out(self, planned: PlannedCase, base: CaseResult, agent: AgentHandle) -> None:
        policy = self.rules.policy_for(planned.suite)
        runs: dict[tuple[str, str], CaseResult] = {}
        for guard, way, run, changed in variants(planned.run, policy):
            with self._open.doors():
                for event in self._open.ablation_runner.run(planned.suite, run, agent=agent, policy=changed):
                    if isinstance(event, CaseEnded):
                        runs[guard, way] = CaseResult.from_dict(event.result)
        rows = [judge(base, guard, runs[guard, "no"], runs[guard, "only"], policy) for guard in GUARDS]
        AblationFile(self.active_folder).append(rows)

    def tolerated(self, result: CaseResult) -> bool:
        """An unsafe case fails its item, unless a gate on the rate that this run's n can decide will judge it."""
        if result.verdict != "unsafe":
            return False
        rules = [rule for rule in self.settings.gates if rule.metric == RATE]
        return bool(rules) and all(_decidable(rule, self.attacks_selected) for rule in rules)

    def fails(self, result: CaseResult) -> bool:
        return result.verdict in FAILING and not self.tolerated(result)

    @property
    def audit_head(self) -> dict[str, Any]:
        return self._open.evidence.audit_head

    def close(self) -> None:
        """Close all files; whatever was measured is on disk."""
        self._open.close()


def _baseline(options: RunOptions) -> list[CaseResult] | None:
    """Read before anything is written: the run may move the folder it stands in."""
    path = options.baseline_file()
    return None if path is None else read_results(path)


def _decidable(rule: GateRule, attacks: int) -> bool:
    """Could a rate gate pass at this many attack cases if none succeeded?"""
    if rule.bound == "none":
        return True
    needed = min_n_for(rule.limit)
    return needed is not None and needed <= attacks
