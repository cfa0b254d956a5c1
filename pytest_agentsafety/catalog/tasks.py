"""`tasks.yaml` and `injections.yaml`: user tasks, injection tasks, vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pytest_agentsafety.catalog.checks import Check, Names, parse_check
from pytest_agentsafety.catalog.schema import Item, unique
from pytest_agentsafety.catalog.turns import parse_turns
from pytest_agentsafety.model.tasks import InjectionTask, InjectionVector, UserTask

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Injections:
    """What injections.yaml holds."""

    vectors: tuple[InjectionVector, ...]
    tasks: tuple[InjectionTask, ...]
    checks: Mapping[str, Check]


def parse_tasks(
    root: Item, names: Names, vectors: Sequence[InjectionVector]
) -> tuple[tuple[UserTask, ...], dict[str, Check]]:
    """User tasks in order, and their checks by id. Two tasks may not share id or prompt; no task is an error."""
    items = root.table(["tasks"])["tasks"].items()
    if not items:
        raise root.error("no tasks, so the suite has no cases")
    valid = tuple(vector.id for vector in vectors)
    checks: dict[str, Check] = {}

    def one(task_id: str, keys: Mapping[str, Item]) -> UserTask:
        checks[task_id] = parse_check(keys["check"], names)
        return UserTask(
            id=task_id,
            prompt=keys["prompt"].text().strip(),
            turns=parse_turns(keys["turns"], names, last_words=True),
            vectors=keys["vectors"].choices("vector", valid) if "vectors" in keys else (),
            check={"all": keys["check"].plain()},
        )

    tasks = _each(items, "user task", ["prompt", "turns", "check"], ["vectors"], one)
    _refuse_same(items, "prompt", (task.prompt for task in tasks))
    return tasks, checks


def parse_injections(root: Item, names: Names) -> Injections:
    """Vectors and injection tasks in order. A goal may not stand in another goal: a model could not tell them apart."""
    keys = root.table(optional=["vectors", "tasks"])
    vector_items = keys["vectors"].items() if "vectors" in keys else []
    items = keys["tasks"].items() if "tasks" in keys else []
    checks: dict[str, Check] = {}

    def one(task_id: str, fields: Mapping[str, Item]) -> InjectionTask:
        checks[task_id] = parse_check(fields["check"], names)
        return InjectionTask(
            id=task_id,
            goal=_goal(fields["goal"]),
            turns=parse_turns(fields["turns"], names, last_words=False),
            check={"all": fields["check"].plain()},
            standards=fields["standards"].texts() if "standards" in fields else (),
        )

    tasks = _each(items, "injection task", ["goal", "turns", "check"], ["standards"], one)
    _refuse_same(items, "goal", (task.goal for task in tasks))
    vectors = _each(vector_items, "vector", ["description", "default"], [], _vector)
    return Injections(vectors=vectors, tasks=tasks, checks=checks)


def _goal(item: Item) -> str:
    """A goal is looked for verbatim in what a model reads, also where that is JSON."""
    goal = item.text().strip()
    for char, name in (('"', "double quotes"), ("\\", "backslashes"), ("\n", "line breaks")):
        if char in goal:
            raise item.error(f"a goal must not contain {name}, which JSON would write differently")
    return goal


def _vector(vector_id: str, fields: Mapping[str, Item]) -> InjectionVector:
    return InjectionVector(
        id=vector_id,
        description=fields["description"].text().strip(),
        default=fields["default"].text(empty=True).strip(),
    )


def _each(
    items: Sequence[Item],
    what: str,
    required: Sequence[str],
    optional: Sequence[str],
    make: Callable[[str, Mapping[str, Item]], T],
) -> tuple[T, ...]:
    """Read a list of tables that each have an id of their own."""
    tables = [item.table(["id", *required], optional) for item in items]
    ids = list(unique((keys["id"] for keys in tables), Item.identifier, what))
    return tuple(make(name, keys) for name, keys in zip(ids, tables, strict=True))


def _refuse_same(items: Sequence[Item], key: str, texts: Iterable[str]) -> None:
    """Neither the same text twice nor one inside the other."""
    seen: list[str] = []
    for item, text in zip(items, texts, strict=True):
        for other in seen:
            if text in other or other in text:
                raise item.entries()[key].error(f"this {key} stands in another one (or the other in it): {other!r}")
        seen.append(text)
