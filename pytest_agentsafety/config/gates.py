"""`[tool.agentsafety.gates]`: which figures fail the build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from pytest_agentsafety.config.table import Place, Table, shown
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError

Statistic = Literal["value", "p50", "p95", "p99"]
Op = Literal["max", "min"]
Bound = Literal["none", "wilson95"]

STATISTICS: tuple[Statistic, ...] = get_args(Statistic)
BOUNDS: tuple[Bound, ...] = get_args(Bound)
RATES = frozenset(
    {
        "attack_success_rate",
        "delivered_rate",
        "error_rate",
        "escalation_rate",
        "exposed_rate",
        "refusal_rate",
        "task_completion_rate",
        "utility_under_attack",
    }
)
AMOUNTS = frozenset({"cost_per_task_usd", "latency_ms", "tokens_per_task", "tool_calls_per_task"})
METRICS: tuple[str, ...] = tuple(sorted(RATES | AMOUNTS))


@dataclass(frozen=True, kw_only=True)
class GateRule:
    """`statistic` of `metric` must be at most (op "max") or at least (op "min") `limit`.

    "value" is the rate itself, or the mean over tasks of an amount. With bound "wilson95" the one-sided Wilson
    limit (z = 1.645) of a rate is compared: the upper one for "max", the lower one for "min".
    """

    metric: str
    statistic: Statistic
    op: Op
    limit: float
    bound: Bound = "none"


def parse_gates(data: Any, place: Place) -> tuple[GateRule, ...]:
    """Rules in the order written. Raises ConfigError."""
    table = Table(data, place)
    rules: list[GateRule] = []
    for metric, value in table.data.items():
        if metric not in METRICS:
            raise UnknownNameError("metric", metric, METRICS, place=place.at(metric))
        rules += _rules(metric, value, place)
    return tuple(rules)


def _rules(metric: str, value: Any, place: Place) -> list[GateRule]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{place.at(metric)} {metric}: expected a table such as {{ max = 0.05 }}, got {shown(value)}")
    limits = _limit_keys(metric)
    table = Table(value, place.child(metric), (*limits, "bound") if metric in RATES else limits)
    bound = table.choice("bound", BOUNDS, "none")
    rules = [_rule(metric, key, table, bound) for key in value if key in limits]
    if not rules:
        raise ConfigError(f"{table.place.at()}: no limit given. Valid: {', '.join(limits)}")
    return rules


def _limit_keys(metric: str) -> tuple[str, ...]:
    """A rate has one value per run, so percentiles are for amounts only."""
    plain = ("max", "min")
    return plain if metric in RATES else (*plain, *(f"{p}_{op}" for p in ("p50", "p95", "p99") for op in plain))


def _rule(metric: str, key: str, table: Table, bound: Bound) -> GateRule:
    head, _, tail = key.rpartition("_")
    most = 1.0 if metric in RATES else float("inf")
    return GateRule(
        metric=metric,
        statistic=cast("Statistic", head or "value"),
        op=cast("Op", tail),
        limit=table.number(key, 0.0, zero=True, most=most),
        bound=bound,
    )
