"""Figures from rows. A case that was not decided (error, inconclusive) is in no rate, and counted by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from benchmarks.lib.rows import Row
from pytest_agentsafety.metrics.stats import wilson


@dataclass(frozen=True)
class Rate:
    """k of n."""

    k: int
    n: int

    @property
    def share(self) -> float | None:
        return self.k / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson, 95 %."""
        return wilson(self.k, self.n)

    def __str__(self) -> str:
        if not self.n:
            return "-"
        low, high = self.interval
        return f"{self.k}/{self.n} {self.k / self.n:.1%} [{low:.1%}, {high:.1%}]"


@dataclass(frozen=True)
class Figures:
    """The figures of one suite, or of all. `decision_us` and `label_us` are (median, P95) in microseconds."""

    name: str
    attacks: Rate
    by_calls: Rate
    upstream: Rate
    utility_under_attack: Rate
    benign: Rate
    oracle: Rate
    asking: Rate
    answers_changed: Rate
    attacked_answers_changed: Rate
    errors: int
    inconclusive: int
    decisions: int
    decision_us: tuple[float, float]
    label_us: tuple[float, float]
    wall: float
    cpu: float


def figures(name: str, rows: Sequence[Row]) -> Figures:
    """The figures of these rows."""
    attacks = [row for row in rows if row.kind == "attack" and row.decided]
    benign = [row for row in rows if row.kind == "benign" and row.decided]
    decisions = [us for row in rows for us in row.decisions_us]
    return Figures(
        name=name,
        attacks=_rate(attacks, lambda row: row.attack_succeeded),
        by_calls=_rate((row for row in attacks if row.by_calls), lambda row: row.attack_succeeded),
        upstream=_rate((row for row in attacks if row.upstream), lambda row: row.attack_succeeded),
        utility_under_attack=_rate(attacks, lambda row: row.utility),
        benign=_rate(benign, lambda row: row.utility),
        oracle=_rate((row for row in benign if row.oracle is not None), lambda row: row.oracle),
        asking=_rate(benign, lambda row: row.asks > 0),
        answers_changed=_rate(benign, lambda row: bool(row.answer_changed)),
        attacked_answers_changed=_rate(attacks, lambda row: bool(row.answer_changed)),
        errors=sum(row.verdict == "error" for row in rows),
        inconclusive=sum(row.verdict == "inconclusive" for row in rows),
        decisions=len(decisions),
        decision_us=(quantile(decisions, 0.5), quantile(decisions, 0.95)),
        label_us=_pair([us for row in rows for us in row.labels_us]),
        wall=sum(row.wall for row in rows),
        cpu=sum(row.cpu for row in rows),
    )


def by_suite(rows: Sequence[Row]) -> list[Figures]:
    """One for each suite, in their order, and one for all where there are several."""
    names = list(dict.fromkeys(row.suite for row in rows))
    found = [figures(name, [row for row in rows if row.suite == name]) for name in names]
    return found if len(found) == 1 else [*found, figures("all", rows)]


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed; nan without values."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _pair(values: Sequence[float]) -> tuple[float, float]:
    return quantile(values, 0.5), quantile(values, 0.95)


def _rate(rows: Iterable[Row], good: Callable[[Row], bool | None]) -> Rate:
    found = [good(row) for row in rows]
    return Rate(sum(value is True for value in found), len(found))
