"""Solutions beside the bridge: for the very tasks they were written for, and no other."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pytest_agentsafety.catalog.agentdojo.environments import Environments
from pytest_agentsafety.catalog.agentdojo.solutions import SOLUTIONS, find, fingerprint
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream

Unsolved = dict[tuple[str, str, str], Any]


@pytest.fixture(scope="module")
def unsolved(upstream: Upstream) -> Unsolved:
    """Injection tasks of any registered version whose ground truth is empty and wordless, with their suite."""
    found: Unsolved = {}
    for suites in upstream.registry().values():
        for name, suite in suites.items():
            environment = Environments(upstream, suite).load({})
            for task_id, task in suite.injection_tasks.items():
                if not task.GROUND_TRUTH_OUTPUT and not task.ground_truth(environment.model_copy(deep=True)):
                    found[name, task_id, task.GOAL] = suite
    return found


def test_every_task_without_a_ground_truth_has_a_solution_and_no_other_has(unsolved: Unsolved) -> None:
    keys = {(suite, task, fingerprint(goal)) for suite, task, goal in unsolved}
    assert keys == set(SOLUTIONS)
    assert len(keys) == 8


def test_a_task_of_the_same_id_with_another_goal_has_none(unsolved: Unsolved) -> None:
    (goal,) = [goal for _, task, goal in unsolved if task == "injection_task_6"]
    assert find("workspace", "injection_task_6", goal) is not None
    assert find("workspace", "injection_task_6", goal + " ") is None
    assert find("workspace", "injection_task_7", goal) is None
    assert find("workshop", "injection_task_6", goal) is None


def test_a_goal_of_lone_surrogates_has_a_fingerprint() -> None:
    assert fingerprint("\ud800") != fingerprint("\ud801")


def test_solving_reads_the_world_and_changes_nothing(unsolved: Unsolved) -> None:
    worlds = {(name, task): suite for (name, task, _), suite in unsolved.items()}
    for (name, task, _), solution in SOLUTIONS.items():
        world = worlds[name, task].load_and_inject_default_environment({})
        before = copy.deepcopy(world)
        calls = solution(world)
        assert world == before
        assert len(calls) >= 3, task
        assert solution(world) == calls


def test_a_solution_follows_the_world_as_it_is(unsolved: Unsolved) -> None:
    [suite] = {id(s): s for (_, task, _), s in unsolved.items() if task == "injection_task_6"}.values()
    world = suite.load_and_inject_default_environment({})
    solution = next(s for (_, task, _), s in SOLUTIONS.items() if task == "injection_task_6")
    _, mail, delete = solution(world)
    world.inbox.send_email(["ann@example.com"], "first", "sent before the attack")
    _, _, later = solution(world)
    assert int(later.arguments["email_id"]) == int(delete.arguments["email_id"]) + 1
    assert mail.arguments["body"].count("\n\n") >= len([m for m in world.inbox.emails.values() if not m.read]) - 1


@pytest.mark.parametrize("task", [task for _, task, _ in SOLUTIONS])
def test_arguments_are_plain(unsolved: Unsolved, task: str) -> None:
    (key,) = [key for key in SOLUTIONS if key[1] == task]
    suite = next(suite for (name, task_id, _), suite in unsolved.items() if (name, task_id) == key[:2])
    world = suite.load_and_inject_default_environment({})
    names = {function.name for function in suite.tools}
    for call in SOLUTIONS[key](world):
        assert call.name in names
        assert all(isinstance(value, str | list) for value in call.arguments.values())
