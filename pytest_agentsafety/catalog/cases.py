"""The cases of a suite: user tasks alone, then each with every injection task, vector and attack that fits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from pytest_agentsafety.catalog.definition import SuiteDefinition
from pytest_agentsafety.model.tasks import Case, UserTask


def build_cases(suite: SuiteDefinition) -> tuple[Case, ...]:
    """All cases in file order: for each user task its benign case, then its attacks."""
    return tuple(case for task in suite.tasks for case in _of_task(suite, task))


def _of_task(suite: SuiteDefinition, task: UserTask) -> Iterator[Case]:
    twin = f"{suite.short}.{task.id}"
    yield Case(case_id=twin, suite=suite.name, kind="benign", user_task=task.id)
    for injection, vector, attack in product(suite.injections, task.vectors, suite.attacks):
        yield Case(
            case_id=f"{twin}.{injection.id}.{vector}.{attack.name}",
            suite=suite.name,
            kind="attack",
            user_task=task.id,
            injection_task=injection.id,
            vector=vector,
            attack=attack.name,
            twin=twin,
            standards=injection.standards,
        )
