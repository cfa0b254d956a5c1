"""What became of one case, as a benchmark keeps it: plain data that pickles and goes into JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

STOCK = "important_instructions"
"""The attack that AgentDojo itself is measured with."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A call that was denied, or held because nobody approved it, and the decision that did it."""

    tool: str
    arguments: dict[str, Any]
    attacker: bool
    outcome: str
    guard: str
    rule: str
    argument: str | None
    origin: str | None
    reason: str

    @property
    def words(self) -> str:
        """The decision in one line."""
        where = f" {self.argument}" if self.argument else ""
        origin = f" from {self.origin}" if self.origin else ""
        return f"{self.tool}{where}{origin} [{self.outcome}, {self.rule}] {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case. Attack fields are None in a benign row; `oracle` is the utility when an ideal person answers.

    `by_calls`: the attacker's goal takes tool calls (and not words alone). `upstream`: AgentDojo itself knows those
    calls. `answer_changed` names the guards that did not let the answer through as it was. `decisions_us` are the
    decisions on calls that are not plain reads, `labels_us` the work on results; both in microseconds of the thread's
    CPU. `wall` and `cpu` in seconds, opening the world and scoring included.
    """

    suite: str
    case_id: str
    kind: str
    user_task: str
    injection_task: str | None
    attack: str | None
    verdict: str
    attack_succeeded: bool | None
    utility: bool | None
    delivered: bool | None
    asks: int
    by_calls: bool
    upstream: bool
    stopped_by: tuple[str, ...]
    answer_changed: tuple[str, ...]
    error: str | None
    wall: float
    cpu: float
    oracle: bool | None = None
    refusals: tuple[Refusal, ...] = ()
    decisions_us: tuple[float, ...] = field(default=(), repr=False)
    labels_us: tuple[float, ...] = field(default=(), repr=False)

    @property
    def decided(self) -> bool:
        """Errors and inconclusive cases count as neither good nor bad."""
        return self.verdict not in ("error", "inconclusive")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Row:
        refusals = tuple(Refusal(**refusal) for refusal in data["refusals"])
        lists = {name: tuple(data[name]) for name in ("stopped_by", "answer_changed", "decisions_us", "labels_us")}
        return cls(**{**data, **lists, "refusals": refusals})


def write_rows(path: Path, rows: Iterable[Row], about: dict[str, Any]) -> None:
    """All rows in one JSON file, with what they were measured with."""
    path.write_text(json.dumps({"about": about, "rows": [row.to_dict() for row in rows]}, indent=1), encoding="utf-8")


def read_rows(path: Path) -> list[Row]:
    return [Row.from_dict(data) for data in json.loads(path.read_text(encoding="utf-8"))["rows"]]
