"""The seven figures an agent is run by in production."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pytest_agentsafety.metrics.frames import TOOL_STATS, Frames, distribution, rate

DECIDED = ("completed", "refused", "failed")


def production_figures(frames: Frames) -> dict[str, Any]:
    """Completion, tokens, tool calls, tool errors, latency, escalation, cost; keyed by the names gates use.

    A task is one row. Completion is judged on benign rows that were decided; the others on all rows, with the benign
    and the attack rows apart under `by_kind`.
    """
    frame = frames.rows
    return {
        "task_completion_rate": completion(frame),
        "tokens_per_task": _split(frame, frame["input_tokens"] + frame["output_tokens"]) | _token_sums(frame),
        "tool_calls_per_task": _split(frame, frame["tool_calls"]),
        "error_rate": tool_errors(frames.tools),
        "latency_ms": _split(frame, frame["latency_ms"]),
        "escalation_rate": escalation(frame),
        "cost_per_task_usd": _split(frame, frame["cost_usd"]) | {"estimated_share": _estimated_share(frame)},
    }


def completion(frame: pd.DataFrame) -> dict[str, Any]:
    """Completed of the benign rows that ended as completed, refused or failed; errors are counted apart.

    Rows whose benign run was made up say nothing about it: `not_measured`.
    """
    benign = frame.loc[frame["kind"] == "benign"]
    verdicts = benign["verdict"]
    measured = verdicts.isin(DECIDED) & benign["utility"].notna()
    decided = verdicts[measured]
    apart = {name: int((verdicts == name).sum()) for name in ("refused", "failed", "error", "inconclusive")}
    apart["not_measured"] = int((verdicts.isin(DECIDED) & benign["utility"].isna()).sum())
    return rate(int((decided == "completed").sum()), len(decided)) | apart


def escalation(frame: pd.DataFrame) -> dict[str, Any]:
    """Rows with at least one ask, of all rows; `asks` is their sum."""
    asked = frame["escalations"] > 0
    kinds = {kind: frame["kind"] == kind for kind in ("benign", "attack")}
    return rate(int(asked.sum()), len(frame)) | {
        "asks": int(frame["escalations"].sum()),
        "by_kind": {kind: rate(int((asked & mask).sum()), int(mask.sum())) for kind, mask in kinds.items()},
    }


def tool_errors(tools: pd.DataFrame) -> dict[str, Any]:
    """Errors of all tool calls, and per tool. A denied or held call is no error."""
    sums = tools.groupby("tool")[list(TOOL_STATS)].sum()
    shares = sums["errors"] / sums["calls"].where(sums["calls"] > 0)
    rows = zip(sums.index, sums.to_dict("records"), shares, strict=True)
    by_tool = {
        str(name): {str(key): int(count) for key, count in row.items()} | {"rate": None if share != share else share}
        for name, row, share in rows
    }
    calls = int(sums["calls"].sum())
    return rate(min(int(sums["errors"].sum()), calls), calls) | {"by_tool": by_tool}


def _split(frame: pd.DataFrame, values: pd.Series[Any]) -> dict[str, Any]:
    by_kind = {kind: distribution(values[frame["kind"] == kind]) for kind in ("benign", "attack")}
    return distribution(values) | {"by_kind": by_kind}


def _token_sums(frame: pd.DataFrame) -> dict[str, int]:
    return {"input": int(frame["input_tokens"].sum()), "output": int(frame["output_tokens"].sum())}


def _estimated_share(frame: pd.DataFrame) -> float | None:
    return float(frame["cost_estimated"].astype(bool).mean()) if len(frame) else None
