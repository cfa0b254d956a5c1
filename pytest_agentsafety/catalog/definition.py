"""A suite folder, read: frozen, checked, not yet opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pytest_agentsafety.catalog.attacks import Attack
from pytest_agentsafety.catalog.checks import Check
from pytest_agentsafety.catalog.workspace import Workspace
from pytest_agentsafety.catalog.world import World
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.tasks import InjectionTask, InjectionVector, Mode, UserTask


@dataclass(frozen=True, kw_only=True)
class SuiteDefinition:
    """Everything a folder says. `tasks`, `injections`, `vectors` keep the order of the files.

    `task_checks` and `injection_checks` hold the compiled checks by task id; `make_world(data, base)` builds a world.
    """

    folder: Path
    name: str
    short: str
    description: str
    owner: str
    system: str | None
    modes: tuple[Mode, ...]
    policy: Policy | None
    cassettes: Path
    attacks: tuple[Attack, ...]
    tasks: tuple[UserTask, ...]
    injections: tuple[InjectionTask, ...]
    vectors: tuple[InjectionVector, ...]
    task_checks: Mapping[str, Check]
    injection_checks: Mapping[str, Check]
    world_data: Any
    workspace: Workspace | None
    make_world: Callable[[Any, Path | None], World]

    @cached_property
    def task_by_id(self) -> Mapping[str, UserTask]:
        return {task.id: task for task in self.tasks}

    @cached_property
    def injection_by_id(self) -> Mapping[str, InjectionTask]:
        return {task.id: task for task in self.injections}

    @cached_property
    def vector_by_id(self) -> Mapping[str, InjectionVector]:
        return {vector.id: vector for vector in self.vectors}

    @cached_property
    def attack_by_name(self) -> Mapping[str, Attack]:
        return {attack.name: attack for attack in self.attacks}
