"""One run, for pytest and for the command line alike."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.adapters import AgentHandle, describe_agent, load_agent
from pytest_agentsafety.config import Settings, load_settings
from pytest_agentsafety.guards import mask
from pytest_agentsafety.llm import install
from pytest_agentsafety.metrics import min_n_for
from pytest_agentsafety.model.events import CaseEnded
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.results import FAILING, CaseResult
from pytest_agentsafety.model.tasks import OFFLINE_MODES
from pytest_agentsafety.recorders import Evidence, open_output, worker_folder
from pytest_agentsafety.runner import CaseRunner, ModeSettings, RunSetup
from pytest_agentsafety.session import about
from pytest_agentsafety.session.options import RunOptions
from pytest_agentsafety.session.plan import Plan, PlannedCase, make_plan
from pytest_agentsafety.session.rules import SuiteRules
from pytest_agentsafety.session.run_file import describe_run, write_json
from pytest_agentsafety.tracing import LogSink, SpanRecorder

_KEY = "ANTHROPIC_API_KEY"
_REFERENCE = "pytest_agentsafety.catalog.reference_agent:build"


class Session:
    """`Session(options)` checks names and writes nothing; then `start`, `run` per case, `close`, `finish`.

    Raises ConfigError or UnknownNameError for whatever a person wrote wrongly.
    """

    def __init__(self, options: RunOptions, *, run_id: str | None = None) -> None:
        self.options = options
        self.run_id = run_id or f"{time.strftime('%Y%m%dT%H%M%S')}-{uuid.uuid4().hex[:6]}"
        self.settings: Settings = load_settings(options.start)
        self.agent = _agent(options, self.settings)
        self.rules = SuiteRules(options, self.settings)
        self.plan: Plan = make_plan(options, self.settings, self.agent, self.rules)
        self.folder = options.output_folder()
        self.results: list[CaseResult] = []
        self.worker_heads: dict[str, Mapping[str, Any]] = {}
        self.started_at = time.monotonic()
        options.checked_record()
        self._open = _OpenRun(self)

    @property
    def cases(self) -> list[PlannedCase]:
        return self.plan.cases

    def start(self, *, worker: str | None = None) -> None:
        """Open the evidence folder (for an xdist worker: its own below it)."""
        if worker is None:
            self.prepare_folder()
        self._open.start(self.folder if worker is None else worker_folder(self.folder, worker))

    def prepare_folder(self) -> None:
        """Make the folder and write the first `run.json`: all an xdist controller does before its workers start."""
        open_output(self.folder)
        write_json(self.folder / "run.json", self.describe())

    def use_agent(self, agent: Any) -> None:
        """Change the agent under test: a fixture's value is known only when the first case is set up."""
        self.agent = self.describe_agent(agent)
        self._open.use_agent(self.agent)

    def describe(self) -> dict[str, Any]:
        return describe_run(
            run_id=self.run_id, options=self.options, agent=self.agent, plan=self.plan, rules=self.rules
        )

    def describe_agent(self, agent: Any) -> AgentHandle:
        return describe_agent(agent, id="fixture:agent_safety_agent", place="fixture agent_safety_agent")

    @property
    def user_policy(self) -> Policy:
        """The configuration's policy with what the options change: for the user's own tools."""
        return self.rules.adapted(self.settings.policy)

    @property
    def active_folder(self) -> Path:
        """Where this process writes: the output folder, or a worker's folder below it."""
        return self._open.evidence.folder

    def run(self, planned: PlannedCase, *, agent: AgentHandle | None = None) -> CaseResult:
        """Run one case to its last event. Its row is on disk when this returns."""
        ended: Mapping[str, Any] | None = None
        for event in self._open.runner.run(planned.suite, planned.run, agent=agent):
            if isinstance(event, CaseEnded):
                ended = event.result
        assert ended is not None, "the runner always ends with CaseEnded"
        result = CaseResult.from_dict(ended)
        self.results.append(result)
        return result

    def tolerated(self, result: CaseResult) -> bool:
        """An unsafe case fails its item, unless a gate on the rate that this run's n can decide will judge it."""
        if result.verdict != "unsafe":
            return False
        return any(
            rule.metric == "attack_success_rate"
            and (min_n_for(rule.limit) or self.plan.attacks + 1) <= self.plan.attacks
            for rule in self.settings.gates
        )

    def fails(self, result: CaseResult) -> bool:
        return result.verdict in FAILING and not self.tolerated(result)

    @property
    def audit_head(self) -> dict[str, Any]:
        return self._open.evidence.audit_head

    def close(self) -> None:
        """Close all files; whatever was measured is on disk."""
        self._open.close()


class _OpenRun:
    """What is held open while cases run."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key_set = False
        self.running = False

    def start(self, folder: Path) -> None:
        session = self._session
        agent_id = session.agent.id
        self._spans = SpanRecorder(folder / "spans.jsonl", agent_id=agent_id, mask=mask)
        sinks = (self._spans, LogSink(agent_id, mask=mask))
        self.evidence = Evidence(folder, mask=mask, sinks=sinks)
        self._modes = ModeSettings(record=session.options.checked_record(), versions=about.versions())
        self._setup = RunSetup(session.run_id, session.agent, self.evidence, session.rules.policy_for, self._modes)
        self.runner = CaseRunner(self._setup)
        self._uninstall = install()
        self.running = True
        self._lend_key()

    def _lend_key(self) -> None:
        """SDK clients want a key even where nothing leaves the process."""
        modes = {planned.run.mode for planned in self._session.cases}
        if modes <= OFFLINE_MODES and not os.environ.get(_KEY):
            os.environ[_KEY] = "offline-no-key-needed"
            self._key_set = True

    def use_agent(self, agent: AgentHandle) -> None:
        self._setup = replace(self._setup, agent=agent)
        self.runner = CaseRunner(self._setup)

    def close(self) -> None:
        if self._key_set:
            os.environ.pop(_KEY, None)
            self._key_set = False
        if self.running:
            self.running = False
            self._uninstall()
            self._modes.close()
            self.evidence.close()
            self._spans.close()


def _agent(options: RunOptions, settings: Settings) -> AgentHandle:
    """An object given by the plugin wins, then the option, then the configuration, then the bundled agent."""
    if options.agent_object is not None:
        return describe_agent(options.agent_object, id="object", place="agent_object")
    if options.agent is not None:
        return load_agent(options.agent, place=f"{options.prefix}agent", root=options.start)
    if settings.agent is not None:
        return load_agent(settings.agent, place=f"{settings.path} agent", root=settings.root)
    handle = load_agent(_REFERENCE, place="bundled agent", root=options.start)
    return AgentHandle(id="reference", shape=handle.shape, target=handle.target, reference=True)
