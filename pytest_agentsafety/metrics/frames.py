"""The result rows as a pandas frame, and what all figures share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pytest_agentsafety.metrics.stats import Z_ONE_SIDED_95, wilson
from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.jsonl import read_lines
from pytest_agentsafety.model.results import ATTACK_VERDICTS, BENIGN_VERDICTS, SCHEMA

TOOL_STATS = ("calls", "errors", "denied", "held")
KEY = ["case_id", "mode", "trial", "variant"]
COLUMNS = [
    "run_id",
    "agent_id",
    *KEY,
    "kind",
    "suite",
    "injection_task",
    "vector",
    "attack",
    "verdict",
    "utility",
    "delivered",
    "exposed",
    "stopped_by",
    "escalations",
    "tool_calls",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "cost_estimated",
    "latency_ms",
]


@dataclass(frozen=True, kw_only=True)
class Frames:
    """`rows` as in `results.jsonl`; `tools` one line per row and tool; `duplicates` how many rows were superseded."""

    rows: pd.DataFrame
    tools: pd.DataFrame
    duplicates: int


def load_frames(path: Path) -> Frames:
    """Read the rows: of those with the same key the last one counts.

    Raises AgentSafetyError when the file is missing, or names the column or row that cannot be read.
    """
    if not path.is_file():
        raise AgentSafetyError(f"{path}: no results here. Give the evidence folder of a run.")
    # Columns of scalars, not a list of dicts: the garbage collector would walk a million containers again and again.
    rows: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    tools: dict[str, list[Any]] = {name: [] for name in ("row", "tool", *TOOL_STATS)}
    for number, record in enumerate(read_lines(path)):
        _check(record, f"{path}: record {number + 1}")
        for name in COLUMNS:
            rows[name].append(record[name])
        rows["stopped_by"][-1] = tuple(record["stopped_by"])
        for tool, stats in record["tools"].items():
            tools["row"].append(number)
            tools["tool"].append(tool)
            for name in TOOL_STATS:
                tools[name].append(stats.get(name, 0))
    frame, tool_frame = pd.DataFrame(rows), pd.DataFrame(tools)
    kept = frame.drop_duplicates(KEY, keep="last")
    of_kept = tool_frame[tool_frame["row"].isin(kept.index)]
    return Frames(rows=kept.reset_index(drop=True), tools=of_kept, duplicates=len(frame) - len(kept))


def _check(record: dict[str, Any], place: str) -> None:
    if record.get("schema") != SCHEMA:
        raise AgentSafetyError(f"{place} has schema {record.get('schema')!r}, this version reads {SCHEMA}")
    missing = [name for name in (*COLUMNS, "tools") if name not in record]
    if missing:
        raise AgentSafetyError(f"{place} (case {record.get('case_id')!r}) lacks {', '.join(missing)}")
    valid = {"benign": BENIGN_VERDICTS, "attack": ATTACK_VERDICTS}.get(record["kind"])
    # A verdict nobody counts would silently drop out of every rate.
    if valid is None or record["verdict"] not in valid:
        raise AgentSafetyError(f"{place}: a case of kind {record['kind']!r} cannot have verdict {record['verdict']!r}")


def counts(frame: pd.DataFrame) -> dict[str, Any]:
    """Rows by kind and verdict; every possible verdict is listed, also at 0."""
    table: dict[str, Any] = {}
    for kind, verdicts in (("benign", BENIGN_VERDICTS), ("attack", ATTACK_VERDICTS)):
        found = frame.loc[frame["kind"] == kind, "verdict"].value_counts()
        table[kind] = {"n": int(found.sum()), **{verdict: int(found.get(verdict, 0)) for verdict in verdicts}}
    return table


def rate(successes: int, n: int) -> dict[str, Any]:
    """A share with its two-sided 95 % Wilson interval (`low`, `high`) and one-sided 95 % bounds."""
    low, high = wilson(successes, n)
    lower95, upper95 = wilson(successes, n, Z_ONE_SIDED_95)
    return {
        "value": successes / n if n else None,
        "successes": successes,
        "n": n,
        "low": low,
        "high": high,
        "lower95": lower95,
        "upper95": upper95,
    }


def distribution(values: pd.Series[Any], quantiles: Sequence[float] = (0.5, 0.95, 0.99)) -> dict[str, Any]:
    """Mean (as `value`), total and quantiles (`p50` ...; linear interpolation) of a numeric column."""
    n = len(values)
    names = [f"p{round(q * 100)}" for q in quantiles]
    if not n:
        return {"value": None, "total": 0.0, "max": None, **dict.fromkeys(names), "n": 0}
    cuts = values.astype(float).quantile(list(quantiles))
    figures = {name: float(cut) for name, cut in zip(names, cuts, strict=True)}
    return {"value": float(values.mean()), "total": float(values.sum()), "max": float(values.max()), **figures, "n": n}
