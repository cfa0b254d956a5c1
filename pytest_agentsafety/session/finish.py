"""After the last case: merge, count, judge, report. Reads only what is on disk."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.fuzz.rows import counts, fails, merge_fuzz, read_fuzz
from pytest_agentsafety.metrics import (
    Comparison,
    GateOutcome,
    compare,
    comparison_lines,
    evaluate_gates,
    read_metrics,
    write_metrics,
)
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.recorders import merge_workers, read_results
from pytest_agentsafety.report import summary_markdown, write_report
from pytest_agentsafety.session.ablation import merge_ablation, read_ablation, summary
from pytest_agentsafety.session.exit_status import ExitStatus
from pytest_agentsafety.session.fuzz_cases import summary as fuzz_summary
from pytest_agentsafety.session.resuming import write_rows
from pytest_agentsafety.session.run_file import now, write_json
from pytest_agentsafety.session.session import RATE, Session


@dataclass(frozen=True)
class Finished:
    """What the terminal says at the end. `metrics` is the content of metrics.json."""

    results: Sequence[CaseResult]
    metrics: Mapping[str, Any]
    gates: Sequence[GateOutcome]
    report: Path | None
    status: ExitStatus
    checklist: str
    more: Sequence[str] = ()
    fuzz: Sequence[Mapping[str, Any]] = ()


def finish(session: Session, *, workers: bool = False, outer: ExitStatus = ExitStatus.OK) -> Finished:
    """Complete the evidence folder and say how the run ended.

    `outer` is the status reached before the evidence is judged (interrupted, a failed test); anything but OK stands.
    """
    head = _merged(session) if workers else session.audit_head
    if not workers:
        _put_in_order(session)
    results, fuzz = _read(session.folder), read_fuzz(session.folder)
    run = session.describe()
    if results:
        write_metrics(session.folder)
    metrics = read_metrics(session.folder) if results else {}
    compared = compare(session.baseline, results) if session.baseline is not None else None
    gates = evaluate_gates(metrics, session.settings.gates) if results else []
    status = outer or exit_status(session, results, gates, fuzz)
    run |= {
        **_agent(session, results),
        "started": _started(session.folder) or run["started"],
        "ended": now(),
        "duration_s": round(time.monotonic() - session.started_at, 3),
        "n_run": len(results),
        "model_ids": sorted({model for row in results for model in row.model_ids}),
        "baseline": compared.to_dict() if compared else None,
        "gates": [outcome.to_dict() for outcome in gates],
        "fuzz": counts(fuzz) if fuzz else None,
        "audit": {"records": head["seq"], "head": head["hash"]},
        "exit_status": int(status),
    }
    write_json(session.folder / "run.json", run)
    done = _reported(session.folder, results, metrics, gates, status, compared)
    return replace(done, fuzz=fuzz, more=[*done.more, *fuzz_summary(fuzz)])


def _put_in_order(session: Session) -> None:
    """Rows stand as the plan has the cases: of several at once they were written as these ended."""
    rows = _read(session.folder)
    place = {key: number for number, key in enumerate(session.order)}
    ordered = sorted(rows, key=lambda row: place.get(row.key, len(place)))
    if ordered != rows:
        write_rows(session.folder / "results.jsonl", ordered)


def _merged(session: Session) -> Mapping[str, Any]:
    merged = merge_workers(session.folder, order=session.order, heads=session.worker_heads)
    merge_ablation(session.folder)
    merge_fuzz(session.folder)
    spans = sorted((session.folder / "workers").glob("*/spans.jsonl"))
    (session.folder / "spans.jsonl").write_bytes(b"".join(path.read_bytes() for path in spans))
    return merged.head


def _reported(
    folder: Path,
    results: Sequence[CaseResult],
    metrics: Mapping[str, Any],
    gates: Sequence[GateOutcome],
    status: ExitStatus,
    compared: Comparison | None,
) -> Finished:
    if not results:
        return Finished(results, metrics, gates, None, status, "NOT RUN")
    report = write_report(folder)
    _append_step_summary(folder)
    verdict = json.loads((folder / "checklist.json").read_text(encoding="utf-8"))["verdict"]
    told = comparison_lines(compared) if compared else []
    return Finished(results, metrics, gates, report, status, str(verdict), [*told, *summary(read_ablation(folder))])


def exit_status(
    session: Session,
    results: Sequence[CaseResult],
    gates: Sequence[GateOutcome],
    fuzz: Sequence[Mapping[str, Any]] = (),
) -> ExitStatus:
    """Zero cases is a failure; an undecidable gate fails only through its cases."""
    if any(fails(row) for row in fuzz):
        return ExitStatus.FAILED
    failed = any(session.fails(row) for row in results) or any(gate.status == "fail" for gate in gates)
    if not (results or fuzz) or failed or _unjudged(results, gates):
        return ExitStatus.FAILED
    return ExitStatus.OK


def _unjudged(results: Sequence[CaseResult], gates: Sequence[GateOutcome]) -> bool:
    """Unsafe cases were tolerated for a gate that, with what really ran, cannot decide."""
    undecided = any(gate.metric == RATE and gate.status == "undecidable" for gate in gates)
    return undecided and any(row.verdict == "unsafe" for row in results)


def _agent(session: Session, results: Sequence[CaseResult]) -> dict[str, str]:
    """Who was tested, by the rows: under xdist only the workers see a fixture's agent."""
    ids = sorted({row.agent_id for row in results} - {session.agent.id})
    return {"agent_id": ids[0], "agent_kind": "own"} if ids else {}


def _read(folder: Path) -> list[CaseResult]:
    path = folder / "results.jsonl"
    return read_results(path) if path.is_file() else []


def _started(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / "run.json").read_text(encoding="utf-8"))["started"])
    except (OSError, ValueError, KeyError):
        return None


def _append_step_summary(folder: Path) -> None:
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if target:
        with Path(target).open("a", encoding="utf-8") as stream:
            stream.write(summary_markdown(folder))
