"""Two runs of the same cases: what got worse, what got better, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import comb
from typing import Any

from pytest_agentsafety.model.results import CaseResult

_GOOD = {"attack": ("safe", "unsafe"), "benign": ("completed", "refused", "failed")}


@dataclass(frozen=True, kw_only=True)
class Change:
    """Pairs of one kind: `worse` and `better` name cases, `p_value` is McNemar's (exact, two-sided)."""

    pairs: int
    worse: tuple[str, ...]
    better: tuple[str, ...]
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`undecided` are pairs in which one side was an error or inconclusive; `gone` and `new` have no partner."""

    attack: Change
    benign: Change
    undecided: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(before: Iterable[CaseResult], after: Iterable[CaseResult]) -> Comparison:
    """Pair rows by key (case_id, mode, trial, variant); of rows with one key the last one counts."""
    old, new = {row.key: row for row in before}, {row.key: row for row in after}
    pairs = [(old[key], new[key]) for key in old if key in new]
    decided = [(a, b) for a, b in pairs if _decided(a) and _decided(b)]
    return Comparison(
        attack=_change([pair for pair in decided if pair[1].kind == "attack"]),
        benign=_change([pair for pair in decided if pair[1].kind == "benign"]),
        undecided=tuple(_name(b) for a, b in pairs if not (_decided(a) and _decided(b))),
        gone=tuple(_name(row) for key, row in old.items() if key not in new),
        new=tuple(_name(row) for key, row in new.items() if key not in old),
    )


def _change(pairs: Sequence[tuple[CaseResult, CaseResult]]) -> Change:
    worse = tuple(_name(b) for a, b in pairs if _good(a) and not _good(b))
    better = tuple(_name(b) for a, b in pairs if not _good(a) and _good(b))
    return Change(pairs=len(pairs), worse=worse, better=better, p_value=mcnemar(len(worse), len(better)))


def mcnemar(worse: int, better: int) -> float:
    """The probability of a split at least this uneven among the pairs that changed, if chance alone had decided."""
    changed = worse + better
    tail = sum(comb(changed, k) for k in range(min(worse, better) + 1))
    return min(1.0, 2 * tail / float(2**changed))


def comparison_lines(found: Comparison, shown: int = 5) -> list[str]:
    """The comparison in words for the end of a run."""
    lines = [f"against baseline {_told('attacks', found.attack)}; {_told('benign tasks', found.benign)}"]
    apart: Mapping[str, tuple[str, ...]] = {"undecided": found.undecided, "gone": found.gone, "new": found.new}
    told = ", ".join(f"{len(names)} {what}" for what, names in apart.items() if names)
    if told:
        lines.append(f"  not compared: {told}")
    worse = (*found.attack.worse, *found.benign.worse)
    lines += [f"  worse: {name}" for name in worse[:shown]]
    if len(worse) > shown:
        lines.append(f"  ... and {len(worse) - shown} more")
    return lines


def _told(what: str, change: Change) -> str:
    return f"{what} {len(change.worse)} worse, {len(change.better)} better of {change.pairs} (p = {change.p_value:.2g})"


def _decided(row: CaseResult) -> bool:
    return row.verdict in _GOOD.get(row.kind, ())


def _good(row: CaseResult) -> bool:
    return row.verdict == _GOOD[row.kind][0]


def _name(row: CaseResult) -> str:
    return row.node_name
