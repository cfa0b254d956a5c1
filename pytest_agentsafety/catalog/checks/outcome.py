"""What a check looks at, and what may be named in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.tasks import Score


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of a case: final answer, executed calls in order, the world's records by collection, its folder."""

    answer: str = ""
    calls: Sequence[PlannedCall] = ()
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    base: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Names:
    """What exists in a suite: tools with their arguments, collections of records, whether there are files.

    `optional` holds, by tool, the arguments that may be left out.
    """

    tools: Mapping[str, frozenset[str]] = field(default_factory=dict)
    optional: Mapping[str, frozenset[str]] = field(default_factory=dict)
    collections: frozenset[str] = frozenset()
    files: bool = False

    def required(self, tool: str) -> frozenset[str]:
        """The arguments that a call of this tool must have."""
        return self.tools[tool] - self.optional.get(tool, frozenset())


Check = Callable[[Outcome], Score]


def verdict(holds: bool, subject: str, said: str, negated: str) -> Score:
    """A score whose reason is `subject said` where it holds, else `subject negated`."""
    return Score(value=holds, reason=f"{subject} {said if holds else negated}")
