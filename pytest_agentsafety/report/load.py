"""Rows from disk to views."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_agentsafety.fuzz.rows import by_urgency as urgent
from pytest_agentsafety.fuzz.rows import read_fuzz, word
from pytest_agentsafety.model.jsonl import read_lines
from pytest_agentsafety.model.results import FAILING, CaseResult
from pytest_agentsafety.model.safe_text import one_line, printable
from pytest_agentsafety.report.data import CaseView, FuzzLine

_RANK = {"unsafe": 0, "error": 1, "failed": 2, "inconclusive": 3, "refused": 4}


def load_results(folder: Path) -> list[CaseResult]:
    """All rows; of those with the same key the last. Raises AgentSafetyError for a damaged file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a torn last line was told when the metrics were made
        rows = (CaseResult.from_dict(record) for record in read_lines(folder / "results.jsonl"))
        return list({row.key: row for row in rows}.values())


def load_cases(folder: Path) -> list[CaseView]:
    """All rows as views, in file order. Raises AgentSafetyError for a damaged file."""
    return [case_view(row, number) for number, row in enumerate(load_results(folder))]


def case_view(row: CaseResult, number: int) -> CaseView:
    """A row, made printable."""
    extra = "".join(f"-{part}" for part in (row.variant, f"t{row.trial}" if row.trial > 1 else "") if part)
    return CaseView(
        number=number,
        name=one_line(f"{row.suite}/{row.case_id}[{row.mode}{extra}]", 300),
        case_id=text(row.case_id),
        kind=text(row.kind),
        suite=text(row.suite),
        mode=text(row.mode),
        trial=row.trial,
        variant=text(row.variant),
        verdict=text(row.verdict),
        user_task=text(row.user_task),
        injection_task=text(row.injection_task),
        vector=text(row.vector),
        attack=text(row.attack),
        stopped_by=tuple(text(name) for name in row.stopped_by),
        utility=row.utility,
        delivered=row.delivered,
        exposed=row.exposed,
        escalations=row.escalations,
        tool_calls=row.tool_calls,
        tokens=row.input_tokens + row.output_tokens,
        cost_usd=row.cost_usd,
        cost_estimated=row.cost_estimated,
        latency_ms=row.latency_ms,
        error=text(row.error, 600),
        transcript=text(row.transcript),
        failing=row.verdict in FAILING,
    )


def text(value: object, limit: int = 300) -> str:
    """Any value as one printable line, "" for None."""
    return "" if value is None else one_line(str(value), limit)


def fuzz_lines(folder: Path) -> tuple[FuzzLine, ...]:
    """The found cases of a run, what needs a person first. Raises AgentSafetyError for a damaged file."""
    return tuple(
        FuzzLine(
            case=text(row["case"]),
            guard=text(row["guard"], 80),
            oracle=text(row["oracle"], 40),
            steps=text(", ".join(map(str, row.get("steps") or ()))),
            word=word(row),
            reason=text(row.get("reason"), 600),
        )
        for row in urgent(read_fuzz(folder))
    )


def by_urgency(views: Sequence[CaseView]) -> list[CaseView]:
    """What needs a person first; equals keep their order."""
    return sorted(views, key=lambda view: _RANK.get(view.verdict, 9))


def run_lines(run: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What ran on what, as label and text; what is not known is left out."""
    versions = run.get("versions") or {}
    commit = f"{run['commit']}{' (with local changes)' if run.get('dirty') else ''}" if run.get("commit") else None
    known = {
        "Run": run.get("run_id"),
        "Agent": run.get("agent_id"),
        "Kind of agent": {"own": "own", "reference": "bundled reference agent"}.get(str(run.get("agent_kind"))),
        "Command": run.get("command"),
        "Started": run.get("started"),
        "Duration": f"{run['duration_s']:.1f} s" if isinstance(run.get("duration_s"), int | float) else None,
        "Commit": commit,
        "Models": ", ".join(map(str, run.get("model_ids") or ())),
        "Suites": ", ".join(map(str, run.get("suites") or ())),
        "Modes": ", ".join(map(str, run.get("modes") or ())),
        "Guards": "all" if run.get("guards_all") is True else ", ".join(map(str, run.get("guards") or ())),
        "Provenance": run.get("provenance"),
        "Approver": run.get("approver"),
        "Policy": run.get("policy_sha256"),
        "Versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "Platform": run.get("platform"),
    }
    return tuple((label, printable(str(value))) for label, value in known.items() if value)
