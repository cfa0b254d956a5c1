"""From an evidence folder to `metrics.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError

SCHEMA = 1


def compute(folder: Path) -> dict[str, Any]:
    """All figures of a run, from `results.jsonl` alone. Plain data, ready for JSON.

    Keys: `schema, run_ids, agent_ids, rows, duplicates, counts, production, attack`. Shares are in 0..1, money in US
    dollars, durations in milliseconds; a figure without data has `n` 0 and `value` None. Raises AgentSafetyError when
    the file is missing or of another schema.
    """
    # pandas costs most of a second: only those who want numbers pay for it.
    from pytest_agentsafety.metrics.attack import attack_figures
    from pytest_agentsafety.metrics.frames import counts, load_frames
    from pytest_agentsafety.metrics.production import production_figures

    frames = load_frames(folder / "results.jsonl")
    frame = frames.rows
    return {
        "schema": SCHEMA,
        "run_ids": sorted(set(frame["run_id"])),
        "agent_ids": sorted(set(frame["agent_id"])),
        "rows": len(frame),
        "duplicates": frames.duplicates,
        "counts": counts(frame),
        "production": production_figures(frames),
        "attack": attack_figures(frame),
    }


def write_metrics(folder: Path) -> Path:
    """Compute and write `metrics.json`; the file's path."""
    path = folder / "metrics.json"
    path.write_text(json.dumps(compute(folder), indent=2, allow_nan=False, default=str) + "\n", encoding="utf-8")
    return path


def read_metrics(folder: Path) -> dict[str, Any]:
    """The figures as written, or computed where no `metrics.json` lies there.

    Raises AgentSafetyError when the file is of another schema.
    """
    path = folder / "metrics.json"
    if not path.is_file():
        return compute(folder)
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as exc:
        raise AgentSafetyError(f"{path}: not JSON: {exc}. Delete it to have it computed again.") from None
    if data.get("schema") != SCHEMA:
        raise AgentSafetyError(f"{path}: schema {data.get('schema')!r}, this version reads {SCHEMA}. Delete it.")
    return data
