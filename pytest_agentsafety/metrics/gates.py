"""Do the figures pass the limits a team has set? Standard library only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from pytest_agentsafety.metrics.stats import Z_ONE_SIDED_95, min_n_for, wilson
from pytest_agentsafety.model.errors import unknown_name_message

GateStatus = Literal["pass", "fail", "undecidable"]


class GateRuleLike(Protocol):
    """One line of `[tool.agentsafety.gates]`: the `statistic` of `metric` must be at most or at least `limit`.

    `statistic` is "value" (a rate, or the mean), "total", "p50", "p95" ...; `op` "max" or "min"; `bound` "wilson95"
    judges a rate by its one-sided 95 % bound, "none" or None by its point.
    """

    @property
    def metric(self) -> str: ...
    @property
    def statistic(self) -> str: ...
    @property
    def op(self) -> str: ...
    @property
    def limit(self) -> float: ...
    @property
    def bound(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class GateOutcome:
    """A gate's verdict. `value` is the figure that was compared (the bound where one was asked for)."""

    metric: str
    statistic: str
    op: str
    limit: float
    bound: str | None
    value: float | None
    n: int
    status: GateStatus
    message: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def evaluate_gates(metrics: Mapping[str, Any], gates: Sequence[GateRuleLike]) -> list[GateOutcome]:
    """Judge each gate on the data of `compute`. No data, or a figure there is not, fails; never raises for data."""
    figures = {**metrics.get("production", {}), **metrics.get("attack", {})}
    gateable = {name: figure for name, figure in figures.items() if isinstance(figure, Mapping) and "value" in figure}
    return [_judge(gate, gateable) for gate in gates]


def _judge(gate: GateRuleLike, figures: Mapping[str, Mapping[str, Any]]) -> GateOutcome:
    figure = figures.get(gate.metric)
    if figure is None:
        return _outcome(
            gate, None, 0, "fail", unknown_name_message("metric", gate.metric, sorted(figures), place="gates")
        )
    n = int(figure.get("n", 0))
    if n == 0:
        return _outcome(gate, None, 0, "fail", f"{gate.metric}: no data, so it cannot pass")
    if gate.bound not in (None, "none"):
        return _judge_bound(gate, figure, n)
    key = "value" if gate.statistic in ("value", "mean", "rate", "") else gate.statistic
    value = figure.get(key)
    if not isinstance(value, int | float):
        numeric = [name for name, entry in figure.items() if isinstance(entry, int | float)]
        return _outcome(gate, None, n, "fail", unknown_name_message("statistic", key, numeric, place=gate.metric))
    return _compare(gate, float(value), n, "" if key == "value" else f" {key}")


def _judge_bound(gate: GateRuleLike, figure: Mapping[str, Any], n: int) -> GateOutcome:
    if gate.bound != "wilson95" or "successes" not in figure:
        message = f"{gate.metric}: bound {gate.bound!r} does not apply; wilson95 does, to rates"
        return _outcome(gate, None, n, "fail", message)
    # A floor on a rate is a ceiling on its complement.
    needed = min_n_for(gate.limit if gate.op == "max" else 1 - gate.limit)
    low, high = wilson(figure["successes"], n, Z_ONE_SIDED_95)
    value = high if gate.op == "max" else low
    if needed is None or n < needed:
        wanted = "more than any n gives" if needed is None else str(needed)
        return _outcome(gate, value, n, "undecidable", f"{gate.metric}: undecidable at n = {n}, needs {wanted}")
    return _compare(gate, value, n, f" {'upper' if gate.op == 'max' else 'lower'} 95 % bound")


def _compare(gate: GateRuleLike, value: float, n: int, what: str) -> GateOutcome:
    if gate.op not in ("max", "min"):
        return _outcome(
            gate, value, n, "fail", unknown_name_message("gate", gate.op, ("max", "min"), place=gate.metric)
        )
    passed = value <= gate.limit if gate.op == "max" else value >= gate.limit
    relation = {("max", True): "within", ("max", False): "over", ("min", True): "reaches", ("min", False): "under"}
    message = f"{gate.metric}{what} {value:,.6g} {relation[gate.op, passed]} {gate.op} {gate.limit:,.6g} (n = {n})"
    return _outcome(gate, value, n, "pass" if passed else "fail", message)


def _outcome(gate: GateRuleLike, value: float | None, n: int, status: GateStatus, message: str) -> GateOutcome:
    return GateOutcome(
        metric=gate.metric,
        statistic=gate.statistic,
        op=gate.op,
        limit=gate.limit,
        bound=gate.bound,
        value=value,
        n=n,
        status=status,
        message=message,
    )
