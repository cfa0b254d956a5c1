"""`[tool.agentsafety.fuzz]`: where the found cases are kept, and which of them are waived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_agentsafety.config.table import Table
from pytest_agentsafety.model.waiver import Waiver, read_waiver

DEFAULT_CASES = "tests/agentsafety-cases"


@dataclass(frozen=True, kw_only=True)
class FuzzSettings:
    """`cases` is the folder of the case files; `waivers` by case id."""

    cases: Path
    waivers: Mapping[str, Waiver] = field(default_factory=dict)


def read_fuzz(table: Table, root: Path) -> FuzzSettings:
    """Paths start at `root`. Raises ConfigError for a waiver without owner, reason or expiry date."""
    fuzz = table.table("fuzz", ("cases", "waivers"))
    waivers = fuzz.table("waivers")
    return FuzzSettings(
        cases=root / (fuzz.text("cases") or DEFAULT_CASES),
        waivers={
            name: read_waiver(data, place=f"{waivers.place.at(name)} {name}") for name, data in waivers.data.items()
        },
    )
