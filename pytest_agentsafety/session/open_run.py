"""What a session holds open while cases run: files, the patched clients, a borrowed key."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pytest_agentsafety.adapters import AgentHandle
from pytest_agentsafety.approval import Asking
from pytest_agentsafety.budget import RunBudget
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.tasks import OFFLINE_MODES, Mode
from pytest_agentsafety.protocols import PriceSource, Suite
from pytest_agentsafety.recorders import Evidence
from pytest_agentsafety.runner import CaseRunner, ModeSettings, RunSetup
from pytest_agentsafety.runner.modes import RecordMode
from pytest_agentsafety.session import about
from pytest_agentsafety.session.key import BorrowedKey
from pytest_agentsafety.session.secrets import RunSecrets
from pytest_agentsafety.tracing import LogSink, SpanRecorder

_OURS = "agentsafety-"  # names of threads that belong to no agent
# A case makes tens of thousands of objects that go with it. At Python's own 700 the collector walks over them dozens of
# times, while nearly all are still in use.
_YOUNG = 10_000


class OpenRun:
    """`start`, cases through `runner`, `close`. Closing what was never started does nothing."""

    evidence: Evidence
    runner: CaseRunner

    def __init__(self) -> None:
        self._key = BorrowedKey()
        self._uninstall: list[Callable[[], None]] = []
        self._running = self._frozen = False
        self._thresholds = gc.get_threshold()

    def start(
        self,
        folder: Path,
        *,
        agent: Callable[[], AgentHandle],
        run_id: str,
        record: RecordMode,
        policy_for: Callable[[Suite], Policy],
        prices: PriceSource,
        run_budget: RunBudget | None,
        asking: Asking,
        root: Path,
        gateway: bool,
        secrets: RunSecrets,
        again: frozenset[str],
        alone: bool,
    ) -> None:
        """Open the files in `folder`. Where nobody else runs in this process, doors and keys are there from now on."""
        self._mask = secrets.mask
        self._traces = _Traces(folder / "spans.jsonl", agent, run_id, self._mask)
        self.evidence = Evidence(folder, mask=self._mask, sinks=[self._traces])
        self._modes = ModeSettings(record=record, versions=about.versions(), again=again, saw=secrets.saw)
        self._setup = RunSetup(
            run_id, agent(), self.evidence, policy_for, self._modes, prices, run_budget, asking, root=root
        )
        self._setup = replace(self._setup, gateway=gateway)
        self._folder = folder
        self._ablation: Evidence | None = None
        self.runner = CaseRunner(self._setup)
        if alone:
            self._uninstall.append(install_doors())
            self._key.lend()
            self._settle_memory()
        self._running = True

    @property
    def ablation_runner(self) -> CaseRunner:
        """Runs knock-outs, with evidence of their own in `ablation/`: they are not part of the run's figures."""
        if self._ablation is None:
            self._ablation = Evidence(self._folder / "ablation", mask=self._mask)
            self._ablation_runner = CaseRunner(replace(self._setup, evidence=self._ablation, run_budget=None))
        return self._ablation_runner

    @contextmanager
    def doors(self) -> Iterator[None]:
        """Clients and frameworks are patched inside the block, and after it no longer.

        Unless a thread that began inside it is still there: what it may yet do has to meet the closed doors.
        """
        before = set(threading.enumerate())
        undo = install_doors()
        try:
            yield
        finally:
            if any(not thread.name.startswith(_OURS) for thread in set(threading.enumerate()) - before):
                self._uninstall.append(undo)
            else:
                undo()

    @contextmanager
    def lending(self) -> Iterator[None]:
        """Keys are lent inside the block, and after it no longer."""
        self._key.lend()
        try:
            yield
        finally:
            self._key.take_back()

    def lend_key(self, mode: Mode) -> None:
        """SDK clients want a key even where nothing leaves the process; where a request may leave, only a real one."""
        if mode in OFFLINE_MODES and (mode != "recorded" or self._modes.record == "none"):
            self._key.lend()
        else:
            self._key.take_back()

    def interrupt(self) -> None:
        """Cases under way raise KeyboardInterrupt within a quarter of a second."""
        self._setup.interrupted.set()

    def close(self) -> None:
        self._key.take_back()
        while self._uninstall:
            self._uninstall.pop()()
        if self._running:
            self._running = False
            self._modes.close()
            self.evidence.close()
            if self._ablation is not None:
                self._ablation.close()
            self._traces.close()
            if self._frozen:
                gc.unfreeze()
                gc.set_threshold(*self._thresholds)

    def _settle_memory(self) -> None:
        """What is loaded by now stays until the end: the collector need not go through it again for every few cases.

        Suites and SDKs are a million objects, and a walk over them costs as much as several cases. Who switched the
        collector off, or made it rarer still, has it so.
        """
        self._frozen = gc.get_freeze_count() == 0
        if self._frozen:
            gc.freeze()
            self._thresholds = first, *older = gc.get_threshold()
            if 0 < first < _YOUNG:
                gc.set_threshold(_YOUNG, *older)


class _Traces:
    """Spans and log records. They are named after the agent, whom a fixture may give only with the first case."""

    def __init__(self, path: Path, agent: Callable[[], AgentHandle], run_id: str, mask: Callable[[str], str]) -> None:
        self._path, self._agent, self._run_id, self._mask = path, agent, run_id, mask
        self._spans: SpanRecorder | None = None
        self._log: LogSink

    def emit(self, event: Event) -> None:
        self.emit_all((event,))

    def emit_all(self, events: Sequence[Event]) -> None:
        if self._spans is None:
            agent_id = self._agent().id
            self._spans = SpanRecorder(self._path, agent_id=agent_id, mask=self._mask)
            self._log = LogSink(agent_id, mask=self._mask, run_id=self._run_id)
        self._spans.emit_all(events)
        self._log.emit_all(events)

    def close(self) -> None:
        if self._spans is not None:
            self._spans.close()
