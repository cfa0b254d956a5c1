"""The seven figures an agent is run by in production."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from pytest_agentsafety.metrics.frames import distribution, rate

DECIDED = ("completed", "refused", "failed")
_STATS = ("calls", "errors", "denied", "held")


def production_figures(frame: pd.DataFrame) -> dict[str, Any]:
    """Completion, tokens, tool calls, tool errors, latency, escalation, cost; keyed by the names gates use.

    A task is one row. Completion is judged on benign rows that were decided; the others on all rows, with the benign
    and the attack rows apart under `by_kind`.
    """
    return {
        "task_completion_rate": completion(frame),
        "tokens_per_task": _split(frame, frame["input_tokens"] + frame["output_tokens"]) | _token_sums(frame),
        "tool_calls_per_task": _split(frame, frame["tool_calls"]),
        "tool_error_rate": tool_errors(frame),
        "latency_ms": _split(frame, frame["latency_ms"]),
        "escalation_rate": escalation(frame),
        "cost_per_task_usd": _split(frame, frame["cost_usd"]) | {"estimated_share": _estimated_share(frame)},
    }


def completion(frame: pd.DataFrame) -> dict[str, Any]:
    """Completed of the benign rows that ended as completed, refused or failed; errors are counted apart."""
    verdicts = frame.loc[frame["kind"] == "benign", "verdict"]
    decided = verdicts[verdicts.isin(DECIDED)]
    apart = {name: int((verdicts == name).sum()) for name in ("refused", "failed", "error", "inconclusive")}
    return rate(int((decided == "completed").sum()), len(decided)) | apart


def escalation(frame: pd.DataFrame) -> dict[str, Any]:
    """Rows with at least one ask, of all rows; `asks` is their sum."""
    asked = frame["escalations"] > 0
    kinds = {kind: frame["kind"] == kind for kind in ("benign", "attack")}
    return rate(int(asked.sum()), len(frame)) | {
        "asks": int(frame["escalations"].sum()),
        "by_kind": {kind: rate(int((asked & mask).sum()), int(mask.sum())) for kind, mask in kinds.items()},
    }


def tool_errors(frame: pd.DataFrame) -> dict[str, Any]:
    """Errors of all tool calls, and per tool. A denied or held call is no error."""
    totals: dict[str, Counter[str]] = {}
    for tools in frame["tools"]:
        for name, stats in tools.items():
            totals.setdefault(name, Counter()).update({key: stats.get(key, 0) for key in _STATS})
    calls = sum(total["calls"] for total in totals.values())
    errors = sum(total["errors"] for total in totals.values())
    by_tool = {
        name: {key: total[key] for key in _STATS}
        | {"rate": total["errors"] / total["calls"] if total["calls"] else None}
        for name, total in sorted(totals.items())
    }
    return rate(min(errors, calls), calls) | {"by_tool": by_tool}


def _tool_row(total: Counter[str]) -> dict[str, Any]:
    calls = total["calls"]
    return {key: total[key] for key in _STATS} | {"rate": total["errors"] / calls if calls else None}


def _split(frame: pd.DataFrame, values: pd.Series[Any]) -> dict[str, Any]:
    by_kind = {kind: distribution(values[frame["kind"] == kind]) for kind in ("benign", "attack")}
    return distribution(values) | {"by_kind": by_kind}


def _token_sums(frame: pd.DataFrame) -> dict[str, int]:
    return {"input": int(frame["input_tokens"].sum()), "output": int(frame["output_tokens"].sum())}


def _estimated_share(frame: pd.DataFrame) -> float | None:
    return float(frame["cost_estimated"].astype(bool).mean()) if len(frame) else None
