"""One task for an agent in another process: its gate, its gateway, its evidence."""

from __future__ import annotations

import os
import platform
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.approval import make_approver
from pytest_agentsafety.budget import default_prices, open_run_budget
from pytest_agentsafety.cassettes import MissingRecordingError, Recording, Tape, needs_recording, recording
from pytest_agentsafety.config import Settings, load_settings
from pytest_agentsafety.gate import Gate, TaskGate
from pytest_agentsafety.guards import find_secrets
from pytest_agentsafety.llm.gateway import Gateway, Opening, Upstreams
from pytest_agentsafety.model.errors import AgentSafetyError, ConfigError
from pytest_agentsafety.model.events import CaseEnded, CaseStarted
from pytest_agentsafety.model.passage import Passage
from pytest_agentsafety.model.policy import GUARDS, Policy
from pytest_agentsafety.model.tasks import Case, CaseRun
from pytest_agentsafety.permissions import draft_policy
from pytest_agentsafety.recorders import Evidence, open_output
from pytest_agentsafety.session import about
from pytest_agentsafety.session.asking import asking_for, keep_queue
from pytest_agentsafety.session.gateway_summary import GatewaySummary
from pytest_agentsafety.session.options import RunOptions
from pytest_agentsafety.session.rules import SuiteRules
from pytest_agentsafety.session.run_file import SCHEMA, now, write_json
from pytest_agentsafety.session.secrets import RunSecrets

DEFAULT_OUTPUT = "agentsafety-gateway"
_RUN = CaseRun(case=Case(case_id="gateway", suite="gateway", kind="benign", user_task="gateway"), mode="live")


@dataclass(frozen=True, kw_only=True)
class GatewayOptions:
    """`run` says what any run is told: start folder, guards, provenance, approver, record mode, output, command.

    `task` is the user's task, "" for the first words of the user that come by. `budget_usd` replaces the
    configuration's limit.
    """

    run: RunOptions
    task: str = ""
    cassette: Path | None = None
    budget_usd: float | None = None
    upstream: str | None = None
    authority: Path | None = None


class GatewayRun:
    """`with GatewayRun(options) as run:` serves `run.gateway` until the block ends; then `summary()` says how it went.

    The task is opened with the first request: its words are the task unless one was given, and its tools get drafted
    rules where the configuration has none.
    """

    def __init__(self, options: GatewayOptions) -> None:
        """Raises ConfigError for whatever a person wrote wrongly."""
        self._options, self._settings = options, load_settings(options.run.start)
        self._rules = SuiteRules(options.run, self._settings)
        self._record = options.run.checked_record()
        self.folder = options.run.output_folder()
        self._tape = self._loaded()
        self._upstreams = Upstreams.of(url=options.upstream, authority=options.authority)
        self.run_id, self._started, self._clock = uuid.uuid4().hex[:12], now(), time.monotonic()
        self._stack = ExitStack()
        self._policy: Policy | None = None
        self._recording: Recording | None = None
        self._secrets = RunSecrets()
        self.task: TaskGate | None = None
        self.failure: AgentSafetyError | None = None

    def _loaded(self) -> Tape | None:
        cassette = self._options.cassette
        if cassette is None:
            if self._record != "none":
                raise ConfigError(f"--record={self._record} needs --cassette FILE to record to")
            return None
        if needs_recording(cassette, self._record):
            return None
        if not cassette.is_file():
            raise MissingRecordingError(f"{cassette}: there is no recording. Record it: add --record=once")
        return Tape.load(cassette, find=find_secrets, again="agentsafety gateway --record=all with the same options")

    @property
    def lends_keys(self) -> bool:
        """Nothing leaves, so that no key is needed."""
        return self._tape is not None

    def __enter__(self) -> GatewayRun:
        open_output(self.folder)
        keep_queue(self.folder)
        write_json(self.folder / "run.json", self._described())
        self._evidence = Evidence(self.folder, mask=self._secrets.mask)
        self._stack.callback(self._evidence.close)
        self._transcript = self._evidence.begin_case(_RUN)
        try:
            if self._options.cassette is not None and self._tape is None:
                self._recording = self._stack.enter_context(self._recorded(self._options.cassette))
            self.gateway = Gateway(
                lambda: self.task,
                lambda: self.task,
                upstreams=self._upstreams,
                opening=self._opened,
                answers=self._checks_answers,
            )
            self.gateway.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    @contextmanager
    def _recorded(self, cassette: Path) -> Iterator[Recording]:
        """A run that left nothing to replay leaves the file as it was."""
        metadata = {"recorded_by": "agentsafety gateway", "versions": about.versions()}
        assert self._record != "none"
        with recording(cassette, mode=self._record, metadata=metadata, find=find_secrets) as log:
            yield log
            if self.task is None:
                log.discard()

    def __exit__(self, *_: object) -> None:
        self.gateway.stop()
        self._stopped = None if self.task is None else self.task.stopped
        if self.task is not None:
            self._evidence.emit(CaseEnded(task_id=self.task.state.task_id, result=self.summary().to_dict()))
            self.task.close()
        self._stack.close()
        write_json(self.folder / "run.json", self._described(ended=True))

    # -- the task

    def _opened(self, opening: Opening) -> None:
        """Called for each request, one at a time; the first opens the task."""
        if self.failure is not None:
            raise self.failure
        if self.task is not None:
            return
        try:
            self.task = self._open(opening)
        except AgentSafetyError as error:
            self.failure = error
            raise

    def _open(self, opening: Opening) -> TaskGate:
        settings = self._settings
        policy = self._policy = self._policy_for(opening, settings)
        if self._recording is not None:
            self._recording.metadata["policy_sha256"] = policy.sha256
        if self._tape is not None:
            self._check_tape(self._tape, policy)
        gate = Gate(
            policy,
            prices=default_prices(settings.prices),
            run_budget=open_run_budget(settings.policy.run_budget, self.folder),
            base=self._options.run.start,
        )
        prompt = self._options.task or opening.prompt
        task_id = f"gateway-{self.run_id}"
        started = CaseStarted(
            task_id=task_id,
            case_id=_RUN.case.case_id,
            mode=_RUN.mode,
            prompt=prompt,
            policy_sha256=policy.sha256,
            guards=tuple(name for name in GUARDS if name in policy.guards),
        )
        self._evidence.emit(started)
        asking = asking_for(settings, self.folder, self._secrets.mask)
        return gate.open(
            prompt,
            task_id=task_id,
            sink=self._evidence,
            responder=self._recording if self._recording is not None and self._recording.plays else self._tape,
            approver=make_approver(policy.approval, asking=asking, task=task_id),
            on_passage=self._passed,
            root=settings.root,
        )

    def _checks_answers(self) -> Callable[[str], str] | None:
        """What the output guards make of an answer; None where there is none of them, so that nothing is held back."""
        task = self.task
        return task.check_answer if task is not None and task.state.policy.guards else None

    def _passed(self, passage: Passage) -> None:
        """What came from upstream: its keys are known from now on, and it stands on the cassette."""
        self._secrets.saw(passage)
        if self._recording is not None:
            self._recording.recorded(passage)

    def _policy_for(self, opening: Opening, settings: Settings) -> Policy:
        written = settings.policy
        budget = written.budget
        if self._options.budget_usd is not None:
            budget = replace(budget, max_cost_usd=self._options.budget_usd)
        tools = {**draft_policy(opening.tools), **written.tools}
        return self._rules.adapted(replace(written, tools=tools, budget=budget))

    def _check_tape(self, tape: Tape, policy: Policy) -> None:
        under = tape.metadata.get("policy_sha256")
        if under and under != policy.sha256:
            raise ConfigError(
                f"{self._options.cassette} was recorded under policy {str(under)[:12]}, not {policy.sha256[:12]}: "
                "record it again with --record=all"
            )

    # -- how it went

    def summary(self) -> GatewaySummary:
        return GatewaySummary.of(
            self.task,
            stopped=self._stopped,
            failure=self.failure,
            misses=0 if self._tape is None else self._tape.misses,
            requests=self.gateway.requests,
            refused=self.gateway.refused,
            folder=self.folder,
        )

    def _described(self, *, ended: bool = False) -> dict[str, Any]:
        policy = self._policy or self._rules.adapted(self._settings.policy)
        commit, dirty = about.commit(self._options.run.start)
        head = self._evidence.audit_head if ended else {"seq": 0, "hash": ""}
        return {
            "schema": SCHEMA,
            "run_id": self.run_id,
            "kind": "gateway",
            "started": self._started,
            "ended": now() if ended else None,
            "duration_s": round(time.monotonic() - self._clock, 3) if ended else None,
            "command": self._options.run.command,
            "versions": about.versions(),
            "platform": platform.platform(),
            "commit": commit,
            "dirty": dirty,
            "ci": bool(os.environ.get("CI")),
            "guards": [name for name in GUARDS if name in policy.guards],
            "guards_all": policy.guards == frozenset(GUARDS),
            "provenance": policy.provenance,
            "approver": policy.approval.approver,
            "policy_sha256": policy.sha256,
            "budget": vars(policy.budget),
            "record": self._record,
            "cassette": None if self._options.cassette is None else str(self._options.cassette),
            "transcript": getattr(self, "_transcript", None),
            "gateway": self.summary().to_dict() if ended else None,
            "audit": {"records": head["seq"], "head": head["hash"]} if ended else None,
        }
