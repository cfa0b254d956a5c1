"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.report.data import Figure, Tone

Metrics = Mapping[str, Any]


def percent(share: float | None) -> str:
    """A share as a percentage with one digit after the point, an en dash without data."""
    return "\u2013" if share is None else f"{share * 100:.1f}\u00a0%"


def money(usd: float | None) -> str:
    """US dollars, with enough digits to show a small cost."""
    if usd is None:
        return "\u2013"
    return f"${usd:,.2f}" if usd >= 1 or usd == 0 else f"${usd:.4f}"


def number(value: float | None) -> str:
    """A count or mean; one digit after the point only below 100."""
    if value is None:
        return "\u2013"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"


def interval(figure: Metrics) -> str:
    """Counts and the two-sided interval of a rate."""
    if not figure["n"]:
        return "no data"
    low, high = figure["low"], figure["high"]
    return f"{figure['successes']} of {figure['n']}, 95\u00a0% interval {low * 100:.1f} to {high * 100:.1f}\u00a0%"


def _completed(completion: Metrics) -> str:
    """Of made-up benign runs nobody knows whether the task was done."""
    unknown = completion.get("not_measured", 0)
    if not unknown:
        return interval(completion)
    made_up = f"NOT MEASURED in {unknown} made-up benign run{'' if unknown == 1 else 's'}"
    return f"{interval(completion)}; {made_up}" if completion["n"] else made_up


def headline(metrics: Metrics) -> tuple[Figure, ...]:
    """What decides: attack success, utility, escalations, cost."""
    production, attack = metrics["production"], metrics["attack"]
    completion, asked = production["task_completion_rate"], production["escalation_rate"]
    cost, under = production["cost_per_task_usd"], attack["utility_under_attack"]
    return (
        _attack_success(attack["attack_success_rate"]),
        Figure(
            label="Utility",
            value=percent(completion["value"]),
            detail=f"{_completed(completion)}; under attack {percent(under['value'])} of {under['n']}",
            tone=_tone(completion["n"] > 0, completion["value"] == 1.0),
        ),
        Figure(
            label="Tasks that ask a person",
            value=percent(asked["value"]),
            detail=f"{asked['successes']} of {asked['n']}; benign {percent(asked['by_kind']['benign']['value'])}, "
            f"attacks {percent(asked['by_kind']['attack']['value'])}",
        ),
        Figure(
            label="Cost",
            value=money(cost["total"]),
            detail=f"{money(cost['value'])} per task, {percent(cost['estimated_share'])} of tasks estimated",
        ),
    )


def _tone(known: bool, good: bool) -> Tone:
    return "good" if known and good else "warn"


def _attack_success(figure: Metrics) -> Figure:
    if not figure["n"]:
        return Figure(label="Attack success", value="\u2013", detail="no attack was decided", tone="warn")
    return Figure(
        label="Attack success",
        value=percent(figure["value"]),
        detail=f"{figure['unsafe']} of {figure['n']}, at most {percent(figure['upper95'])} (one-sided 95\u00a0%); "
        f"apart: error {figure['error']}, inconclusive {figure['inconclusive']}",
        tone="bad" if figure["unsafe"] else "good",
    )


def production(metrics: Metrics) -> tuple[Figure, ...]:
    """The seven production figures."""
    figures = metrics["production"]
    completion, errors, asked = figures["task_completion_rate"], figures["error_rate"], figures["escalation_rate"]
    tokens, calls = figures["tokens_per_task"], figures["tool_calls_per_task"]
    latency, cost = figures["latency_ms"], figures["cost_per_task_usd"]
    return (
        Figure(label="Task completion rate", value=percent(completion["value"]), detail=_completed(completion)),
        Figure(
            label="Tokens per task",
            value=number(tokens["value"]),
            detail=f"P50 {number(tokens['p50'])}, P95 {number(tokens['p95'])}; "
            f"{number(tokens['input'])} in and {number(tokens['output'])} out in all",
        ),
        Figure(
            label="Tool calls per task",
            value=number(calls["value"]),
            detail=f"P50 {number(calls['p50'])}, P95 {number(calls['p95'])}, most {number(calls['max'])}",
        ),
        Figure(
            label="Tool error rate",
            value=percent(errors["value"]),
            detail=f"{errors['successes']} of {errors['n']} calls; a denial is no error",
        ),
        Figure(
            label="Latency P50 / P95 / P99",
            value=" / ".join(number(latency[key]) for key in ("p50", "p95", "p99")) + " ms",
            detail=f"{latency['n']} tasks; under replay the recorded time of the model counts",
        ),
        Figure(label="Human escalation rate", value=percent(asked["value"]), detail=f"{interval(asked)}"),
        Figure(
            label="Cost per task",
            value=money(cost["value"]),
            detail=f"P50 {money(cost['p50'])}, P95 {money(cost['p95'])}, total {money(cost['total'])}; "
            f"{percent(cost['estimated_share'])} estimated",
        ),
    )
