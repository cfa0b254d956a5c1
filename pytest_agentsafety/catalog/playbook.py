"""What a scripted model needs to play a suite: data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.model.messages import PlannedTurn


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """`tasks`: prompt -> the benign run's turns. `goals`: injected goal -> the turns of a model that obeys.

    A goal stands verbatim in every phrasing of it, and no goal stands in another one.
    """

    tasks: Mapping[str, tuple[PlannedTurn, ...]]
    goals: Mapping[str, tuple[PlannedTurn, ...]]


def playbook_for(suite: FolderSuite) -> Playbook:
    """The declared runs of a suite folder."""
    told = suite.definition
    return Playbook(
        tasks={task.prompt: task.turns for task in told.tasks},
        goals={task.goal: task.turns for task in told.injections},
    )
