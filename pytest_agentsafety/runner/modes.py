"""Who answers the agent's LLM calls in a case (DESIGN 5)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pytest_agentsafety.cassettes import Find, Recording, Tape, recording
from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.catalog.playbook import playbook_for
from pytest_agentsafety.guards import find_secrets
from pytest_agentsafety.llm.hijacked import HijackedModel
from pytest_agentsafety.llm.scripted import Playbook, gullible
from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.passage import Passage
from pytest_agentsafety.model.policy import GUARDS, Policy
from pytest_agentsafety.model.safe_text import slug
from pytest_agentsafety.model.tasks import CaseRun
from pytest_agentsafety.protocols import Responder, Scenario, Suite
from pytest_agentsafety.runner.watch import AttackWatch

# Where the SDKs look for the key of their API.
MODEL_KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AZURE_OPENAI_API_KEY")

RecordMode = Literal["none", "once", "new_episodes", "all"]


@dataclass
class Cast:
    """Who plays the model in one case."""

    responder: Responder | None = None
    upstream: str | None = None
    is_attacker: Callable[[str, Mapping[str, Any]], bool] | None = None
    tape: Tape | None = None
    hijacked: HijackedModel | None = None
    cassette: Path | None = None
    recording: Recording | None = None
    on_passage: Callable[[Passage], None] | None = None

    @property
    def attack_unknown(self) -> bool:
        return self.hijacked is not None and self.hijacked.attack_unknown

    @property
    def lost(self) -> str | None:
        return None if self.hijacked is None else self.hijacked.lost

    @property
    def never_offered(self) -> str | None:
        return None if self.hijacked is None else self.hijacked.never_offered


@dataclass
class ModeSettings:
    """Shared by the cases of a run, several at once; owns the scripted servers.

    `record` as vcrpy's modes, "none" replays strictly. `find` tells what may not stand on a cassette, `again` which
    cases were cut off while they were recorded: what they left on disk is of this run, and made anew. `saw` is told of
    each answer from upstream before anybody else.
    """

    record: RecordMode = "none"
    find: Find = find_secrets
    again: frozenset[str] = frozenset()
    saw: Callable[[Passage], None] | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    _servers: dict[str, MessagesServer] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def cast(
        self, suite: Suite, run: CaseRun, scenario: Scenario, watch: AttackWatch, policy: Policy
    ) -> Iterator[Cast]:
        """Raises ConfigError when nobody can play (missing cassette, no key, a mode the suite lacks)."""
        if run.mode not in suite.modes:
            raise ConfigError(f"suite {suite.name!r} has no mode {run.mode!r}; it has {', '.join(suite.modes)}")
        if run.mode in ("hijacked", "hijacked-exposed"):
            yield _hijacked(run, scenario, watch)
        elif not self.goes_upstream(suite, run):
            yield _recorded(suite, run, policy, self.find)
        else:
            with self._upstream(suite, run, policy) as cast:
                yield cast

    def close(self) -> None:
        self._stack.close()

    def goes_upstream(self, suite: Suite, run: CaseRun) -> bool:
        """Is there somebody else who answers: an API, or a server of ours?"""
        if run.mode == "recorded":
            return self.record != "none" and (self.record != "once" or not cassette_path(suite, run).is_file())
        return run.mode in ("live", "scripted")

    def records(self, suite: Suite, run: CaseRun) -> bool:
        """Does the case leave a cassette?"""
        return self.goes_upstream(suite, run) and (run.mode == "live" or self.record != "none")

    @contextmanager
    def _upstream(self, suite: Suite, run: CaseRun, policy: Policy) -> Iterator[Cast]:
        scripted = run.mode == "scripted"
        if not scripted and not any(map(os.environ.get, MODEL_KEYS)):
            first, *others = MODEL_KEYS
            raise ConfigError(
                f"mode {run.mode!r} talks to the real API: set {first} (or {', '.join(others)}), or use recorded or "
                f"hijacked"
            )
        cast = Cast(upstream=self._server(suite).url if scripted else None, on_passage=self.saw)
        if not self.records(suite, run):
            yield cast
            return
        record = "once" if self.record == "none" else self.record
        if record == "once" and run.node_name in self.again:
            record = "all"
        cast.cassette = cassette_path(suite, run)
        meta = self._metadata(run, policy, "scripted:gullible" if scripted else "live")
        with recording(cast.cassette, mode=record, metadata=meta, find=self.find) as made:
            cast.recording, cast.on_passage = made, _both(self.saw, made.recorded)
            cast.responder = made if made.plays else None
            yield cast

    def _metadata(self, run: CaseRun, policy: Policy, source: str) -> dict[str, Any]:
        return {
            "recorded_by": source,
            "case_id": run.case.case_id,
            "policy_sha256": policy.sha256,
            "guards": sorted(policy.guards),
            "versions": dict(self.versions),
        }

    def _server(self, suite: Suite) -> MessagesServer:
        with self._lock:
            return self._servers.get(suite.name) or self._new_server(suite)

    def _new_server(self, suite: Suite) -> MessagesServer:
        if not isinstance(suite, FolderSuite):
            raise ConfigError(f"suite {suite.name!r} declares no runs that a scripted model could play")
        book = playbook_for(suite)
        server = MessagesServer(gullible(Playbook(tasks=book.tasks, goals=book.goals)))
        made = self._servers[suite.name] = self._stack.enter_context(server)
        return made


def _both(first: Callable[[Passage], None] | None, second: Callable[[Passage], None]) -> Callable[[Passage], None]:
    def tell(passage: Passage) -> None:
        if first is not None:
            first(passage)
        second(passage)

    return tell


def cassette_path(suite: Suite, run: CaseRun) -> Path:
    """Where a case's recording lives. Raises ConfigError for a suite that keeps none."""
    if suite.cassettes is None:
        raise ConfigError(f"suite {suite.name!r} keeps no cassettes, so mode {run.mode!r} cannot be played")
    return suite.cassettes / f"{slug(run.case.case_id)}.json"


def _hijacked(run: CaseRun, scenario: Scenario, watch: AttackWatch) -> Cast:
    attack = scenario.attack_turns if run.case.kind == "attack" else None
    exposed = run.mode == "hijacked-exposed"
    model = HijackedModel(
        scenario.benign_turns(),
        attack,
        (lambda: watch.exposed) if exposed else (lambda: watch.delivered),
        ways=getattr(scenario, "ways", None),
        steps=getattr(scenario, "steps", None),
        own=getattr(scenario, "own_names", ()),
    )
    return Cast(responder=model, is_attacker=model.is_attacker_call, hijacked=model)


def _recorded(suite: Suite, run: CaseRun, policy: Policy, find: Find) -> Cast:
    path = cassette_path(suite, run)
    tape = Tape.load(path, case_id=run.case.case_id, find=find)
    recorded_under = tape.metadata.get("policy_sha256")
    if recorded_under and recorded_under != policy.sha256:
        guards = "" if policy.guards == frozenset(GUARDS) else f", guards {', '.join(sorted(policy.guards))}"
        raise ConfigError(
            f"{path.name} was recorded under policy {str(recorded_under)[:12]}, not {policy.sha256[:12]}{guards}: "
            "that says nothing about other settings; record again or leave mode recorded out"
        )
    return Cast(responder=tape, tape=tape, cassette=path)
