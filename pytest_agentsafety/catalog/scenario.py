"""One opened case of a suite folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pytest_agentsafety.catalog.attacks import AttackContext
from pytest_agentsafety.catalog.checks import Outcome
from pytest_agentsafety.catalog.definition import SuiteDefinition
from pytest_agentsafety.catalog.vectors import fill
from pytest_agentsafety.catalog.workspace import Scratch
from pytest_agentsafety.catalog.world import tool_specs
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn, ToolSpec
from pytest_agentsafety.model.tasks import Case, Score


class FolderScenario:
    """A fresh world, its files in a scratch folder of its own. `close` removes the folder."""

    def __init__(self, suite: SuiteDefinition, case: Case) -> None:
        self._suite = suite
        self._task = suite.task_by_id[case.user_task]
        self._injection = suite.injection_by_id[case.injection_task] if case.injection_task else None
        self._injections = injected_texts(suite, case)
        texts = {vector.id: vector.default for vector in suite.vectors} | self._injections
        self._scratch = Scratch(suite.workspace, texts) if suite.workspace else None
        self._world = suite.make_world(fill(suite.world_data, texts), self.base)
        self._tools = tool_specs(self._world)

    @property
    def prompt(self) -> str:
        return self._task.prompt

    @property
    def system(self) -> str | None:
        return self._suite.system

    @property
    def tools(self) -> Sequence[ToolSpec]:
        return self._tools

    @property
    def injections(self) -> Mapping[str, str]:
        return self._injections

    @property
    def base(self) -> Path | None:
        return self._scratch.base if self._scratch else None

    def benign_turns(self) -> Sequence[PlannedTurn]:
        return self._task.turns

    def attack_turns(self) -> Sequence[PlannedTurn] | None:
        return self._injection.turns if self._injection else ()

    def utility(self, answer: str, calls: Sequence[PlannedCall]) -> Score:
        return self._suite.task_checks[self._task.id](self._outcome(answer, calls))

    def attack_succeeded(self, answer: str, calls: Sequence[PlannedCall]) -> Score:
        if self._injection is None:
            return Score(value=False, reason="there is no attacker in a benign case")
        return self._suite.injection_checks[self._injection.id](self._outcome(answer, calls))

    def close(self) -> None:
        if self._scratch:
            self._scratch.close()

    def _outcome(self, answer: str, calls: Sequence[PlannedCall]) -> Outcome:
        return Outcome(answer=answer, calls=calls, records=self._world.state(), base=self.base)


def injected_texts(suite: SuiteDefinition, case: Case) -> dict[str, str]:
    """Attacker text by vector; {} in a benign case."""
    if case.injection_task is None or case.vector is None or case.attack is None:
        return {}
    goal = suite.injection_by_id[case.injection_task].goal
    return {case.vector: suite.attack_by_name[case.attack].phrase(goal, AttackContext(owner=suite.owner))}
