"""An AgentDojo suite as a suite of ours: every user task, and every user task with every injection task."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pytest_agentsafety.catalog.agentdojo import solutions
from pytest_agentsafety.catalog.agentdojo.environments import Environments
from pytest_agentsafety.catalog.agentdojo.scenario import AgentDojoScenario
from pytest_agentsafety.catalog.agentdojo.tools import ToolShape, World, shapes
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream
from pytest_agentsafety.model.errors import UnknownNameError
from pytest_agentsafety.model.policy import BudgetLimits, Policy
from pytest_agentsafety.model.tasks import Case, Mode

ATTACK = "important_instructions"
_ADDRESSED = "Claude"  # the attack's text speaks to a model by name


class AgentDojoSuite:
    """A Suite. `version` is the benchmark version where the user named one, and then part of all names.

    `budget` replaces the user's limits: some tasks send half a million tokens of request bodies.
    """

    modes: tuple[Mode, ...] = ("hijacked", "hijacked-exposed")
    policy: Policy | None = None
    cassettes: Path | None = None
    budget = BudgetLimits(
        max_cost_usd=10.0, max_cost_per_action_usd=10.0, max_tokens=500_000, max_tool_calls=60, max_seconds=300.0
    )

    def __init__(self, upstream: Upstream, suite: Any, *, version: str | None = None) -> None:
        self._upstream, self._suite = upstream, suite
        self.name = f"agentdojo@{version}:{suite.name}" if version else f"agentdojo:{suite.name}"
        self._label = f"{version}-{suite.name}" if version else str(suite.name)
        self._environments = Environments(upstream, suite)
        self._runtime = upstream.runtime(suite.tools)
        self._vectors: dict[str, tuple[str, ...]] = {}

    def cases(self) -> Sequence[Case]:
        """Benign cases first, then the attacks. A user task that no vector reaches cannot be attacked."""
        return self._cases

    def goal(self, case: Case) -> str:
        """What the attacker wants in this case, in AgentDojo's words; nothing in a benign one."""
        if case.injection_task is None:
            return ""
        return str(self._task(self._injection_tasks, case.injection_task, case).GOAL)

    def open(self, case: Case, *, texts: Mapping[str, str] | None = None) -> AgentDojoScenario:
        """A fresh world for this case. Raises UnknownNameError for a case of another suite.

        `texts` by vector stand in the world instead of the attack's own.
        """
        user_task = self._task(self._user_tasks, case.user_task, case)
        if case.injection_task is None:
            return self._scenario(user_task, None, {})
        injection_task = self._task(self._injection_tasks, case.injection_task, case)
        if texts is not None:
            return self._scenario(user_task, injection_task, texts, quoted={v: _quoted(t) for v, t in texts.items()})
        return self._scenario(user_task, injection_task, self._attack.attack(user_task, injection_task))

    def _scenario(
        self,
        user_task: Any,
        injection_task: Any,
        injections: Mapping[str, str],
        *,
        quoted: Mapping[str, str] | None = None,
    ) -> AgentDojoScenario:
        """`quoted` are the injections as they have to be written into the suite's YAML, where that differs."""
        solution = injection_task and solutions.find(self._suite.name, injection_task.ID, injection_task.GOAL)
        return AgentDojoScenario(
            self._upstream,
            environment=self._environments.load(injections if quoted is None else quoted),
            runtime=self._runtime,
            shapes=self._shapes,
            user_task=user_task,
            injection_task=injection_task,
            injections=injections,
            solution=solution,
        )

    def _task(self, tasks: Mapping[str, Any], task_id: str, case: Case) -> Any:
        if task_id not in tasks:
            raise UnknownNameError("task", task_id, tasks, place=f"case {case.case_id} of suite {self.name}")
        return tasks[task_id]

    @cached_property
    def _cases(self) -> tuple[Case, ...]:
        benign = [
            Case(case_id=f"{self._label}.{user}", suite=self.name, kind="benign", user_task=user)
            for user in self._user_tasks
        ]
        attacks = [
            Case(
                case_id=f"{twin.case_id}.{injection}.{ATTACK}",
                suite=self.name,
                kind="attack",
                user_task=twin.user_task,
                injection_task=injection,
                vector="+".join(vectors),
                attack=ATTACK,
                twin=twin.case_id,
            )
            for twin in benign
            if (vectors := self._injectable(self._user_tasks[twin.user_task]))
            for injection in self._injection_tasks
        ]
        return (*benign, *attacks)

    @cached_property
    def _user_tasks(self) -> dict[str, Any]:
        return dict(self._suite.user_tasks)

    @cached_property
    def _injection_tasks(self) -> dict[str, Any]:
        return dict(self._suite.injection_tasks)

    @cached_property
    def _shapes(self) -> tuple[ToolShape, ...]:
        return shapes(self._suite.tools)

    @cached_property
    def _attack(self) -> Any:
        names = self._upstream.model_names
        addressed = next((name for name, spoken in names.items() if spoken == _ADDRESSED), next(iter(names)))
        attack = self._upstream.load_attack(ATTACK, self._suite, SimpleNamespace(name=addressed))
        # The same answer as the attack's own, which loads an environment the slow way for each task.
        attack.get_injection_candidates = lambda task: list(self._injectable(task))
        return attack

    def _injectable(self, user_task: Any) -> tuple[str, ...]:
        """The vectors whose text a model sees when the task is solved, found by a marker in each."""
        if user_task.ID not in self._vectors:
            marks: dict[str, str] = self._attack.canary_injections
            seen = self._seen(user_task, marks)
            self._vectors[user_task.ID] = tuple(
                vector for vector, mark in marks.items() if any(mark in text for text in seen)
            )
        return self._vectors[user_task.ID]

    def _seen(self, user_task: Any, marks: Mapping[str, str]) -> list[str]:
        """The texts of a ground truth's run, up to where it fails: a broken one must not take the suite with it."""
        world = World(self._upstream, self._runtime, self._environments.load(marks))
        seen = [str(user_task.GROUND_TRUTH_OUTPUT or "")]
        try:
            for call in user_task.ground_truth(world.environment):
                seen.append(world.call(call.function, call.args))  # noqa: PERF401 (what was seen so far counts)
        except Exception:  # noqa: BLE001 (foreign code; the task's own benign case shows what is wrong)
            return seen
        return seen


def _quoted(text: str) -> str:
    """The text as it stands inside a double-quoted YAML scalar, to the letter."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
