"""A suite folder, read and checked. Everything that is wrong is found here, before a case runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args

from pytest_agentsafety.catalog.attacks import attack_names, get_attack
from pytest_agentsafety.catalog.checks import Names
from pytest_agentsafety.catalog.definition import SuiteDefinition
from pytest_agentsafety.catalog.schema import Item, read_yaml
from pytest_agentsafety.catalog.tasks import Injections, parse_injections, parse_tasks
from pytest_agentsafety.catalog.vectors import marks_in_data
from pytest_agentsafety.catalog.workspace import Workspace, read_workspace
from pytest_agentsafety.catalog.world import load_world_class, probe
from pytest_agentsafety.config import parse_policy
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.tasks import Mode

FILES = ("suite.yaml", "tasks.yaml", "injections.yaml", "world.yaml", "tools.py")
_REQUIRED = ("name", "short", "modes")
_OPTIONAL = ("description", "owner", "system", "attacks", "policy", "workspace", "cassettes")


def load_definition(folder: Path) -> SuiteDefinition:
    """Read suite.yaml, tasks.yaml, injections.yaml, world.yaml and tools.py of a folder.

    Raises ConfigError (UnknownNameError for a name) with file, line, key, value and the valid values.
    """
    _require_files(folder)
    head = read_yaml(folder / "suite.yaml").table(_REQUIRED, _OPTIONAL)
    data = read_yaml(folder / "world.yaml").plain()
    workspace = _workspace(head, folder)
    make_world = load_world_class(folder / "tools.py")
    # The probe only learns names: it gets the data as written, and a folder that it does not touch.
    names = probe(make_world, read_yaml(folder / "world.yaml").plain(), folder if workspace else None,
                  file=folder / "tools.py")  # fmt: skip
    injections = parse_injections(read_yaml(folder / "injections.yaml"), names)
    _check_marks(injections, marks_in_data(data) | (workspace.marks if workspace else set()), folder)
    tasks, task_checks = parse_tasks(read_yaml(folder / "tasks.yaml"), names, injections.vectors)
    attacks = head["attacks"].choices("attack", attack_names()) if "attacks" in head else attack_names()
    return SuiteDefinition(
        folder=folder,
        name=head["name"].identifier(),
        short=head["short"].identifier(),
        description=head["description"].text().strip() if "description" in head else "",
        owner=head["owner"].text() if "owner" in head else "the account owner",
        system=head["system"].text().strip() if "system" in head else None,
        modes=_modes(head["modes"]),
        policy=_policy(head.get("policy"), names),
        cassettes=folder / (head["cassettes"].text() if "cassettes" in head else "cassettes"),
        attacks=tuple(get_attack(name) for name in attacks),
        tasks=tasks,
        injections=injections.tasks,
        vectors=injections.vectors,
        task_checks=task_checks,
        injection_checks=injections.checks,
        world_data=data,
        workspace=workspace,
        make_world=make_world,
    )


def _require_files(folder: Path) -> None:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ConfigError(f"{folder}: suite folder lacks {', '.join(missing)}. Needed: {', '.join(FILES)}")


def _modes(item: Item) -> tuple[Mode, ...]:
    return cast("tuple[Mode, ...]", item.choices("mode", get_args(Mode), empty=False))


def _workspace(head: Mapping[str, Item], folder: Path) -> Workspace | None:
    if "workspace" not in head:
        return None
    keys = head["workspace"].table(["folder", "base"])
    place = keys["folder"].place
    return read_workspace(folder / keys["folder"].text(), keys["base"].text(), place=place)


def _policy(item: Item | None, names: Names) -> Policy | None:
    if item is None:
        return None
    item.entries()  # a table, with an error that names the line
    policy = parse_policy(item.plain(), place=item.place)
    for tool, rule in policy.tools.items():
        if tool not in names.tools:
            raise UnknownNameError("tool", tool, names.tools, place=f"{item.place}.tools")
        for argument in rule.roles:
            if argument not in names.tools[tool]:
                raise UnknownNameError(
                    f"argument of {tool}", argument, names.tools[tool], place=f"{item.place}.tools.{tool}.roles"
                )
    return policy


def _check_marks(injections: Injections, marks: set[str], folder: Path) -> None:
    """Every vector has a place, and every place a vector."""
    declared = {vector.id for vector in injections.vectors}
    for name in sorted(marks - declared):
        raise UnknownNameError(
            "vector", name, declared, place=f"{folder}: mark [[vector:{name}]] in world or workspace"
        )
    for name in sorted(declared - marks):
        raise ConfigError(
            f"{folder / 'injections.yaml'}: vector {name!r} has no place: write [[vector:{name}]] into world.yaml or "
            "a workspace file"
        )
