"""`[tool.agentsafety.generated]`: the suite made from the agent's own tools."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pytest_agentsafety.config.table import Table
from pytest_agentsafety.model.errors import ConfigError

DEFAULT_CASSETTES = "tests/agentsafety-cassettes"
DEFAULT_MAX_CASES = 400


@dataclass(frozen=True, kw_only=True)
class GeneratedSettings:
    """`cassettes` is the folder of recordings, `tasks` a YAML file of the user's own tasks (None: one is made for each
    tool that reads), `max_cases` about how many attacks there are at most."""

    cassettes: Path
    tasks: Path | None = None
    max_cases: int = DEFAULT_MAX_CASES


def read_generated(table: Table, root: Path) -> GeneratedSettings:
    """Paths start at `root`. Raises ConfigError for a file of tasks that is not there."""
    own = table.table("generated", ("cassettes", "max_cases", "tasks"))
    named = own.text("tasks")
    tasks = None if named is None else root / named
    if tasks is not None and not tasks.is_file():
        raise ConfigError(f"{own.place.at('tasks')} tasks: the file {str(tasks)!r} does not exist")
    return GeneratedSettings(
        cassettes=root / (own.text("cassettes") or DEFAULT_CASSETTES),
        tasks=tasks,
        max_cases=own.integer("max_cases", DEFAULT_MAX_CASES),
    )
