"""Rows of `fuzz.jsonl`: what became of the found cases in a run. No Hypothesis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_agentsafety.fuzz.replaying import Replayed
from pytest_agentsafety.guards import mask
from pytest_agentsafety.model.jsonl import dump_line, read_lines

SCHEMA = 1
FILE = "fuzz.jsonl"
Row = Mapping[str, Any]


def row_of(done: Replayed, run_id: str) -> Row:
    """A replayed case as its row. The attack's text is not in it: that stands in the case file."""
    case = done.case
    return {
        "schema": SCHEMA,
        "run_id": run_id,
        "case": case.id,
        "guard": case.guard,
        "target": case.target,
        "stage": case.stage,
        "oracle": case.bypass.oracle,
        "steps": [str(step) for step in case.bypass.chain],
        "verdict": done.verdict,
        "waived": done.waived,
        "waiver": done.waiver.to_dict() if done.waiver else None,
        "before": done.before.status if done.before else None,
        "after": done.after.status if done.after else None,
        "reason": mask(done.reason),
        "found": case.found,
        "file": case.path.name if case.path else "",
    }


def append_row(folder: Path, row: Row) -> None:
    """It is on disk when this returns."""
    with (folder / FILE).open("ab") as stream:
        stream.write(dump_line(row))


def fails(row: Row) -> bool:
    """Does it fail the run?"""
    return row["verdict"] != "safe" and not row["waived"]


def word(row: Row) -> str:
    """What became of the case, in a word: holds, bypassed, waived, error."""
    if row["waived"]:
        return "waived"
    return {"safe": "holds", "unsafe": "bypassed"}.get(str(row["verdict"]), "error")


def read_fuzz(folder: Path) -> list[dict[str, Any]]:
    """The rows of a folder, the last one of each case; none where nothing was replayed. Raises AgentSafetyError."""
    path = folder / FILE
    return list({row["case"]: row for row in read_lines(path)}.values()) if path.is_file() else []


def merge_fuzz(folder: Path) -> None:
    """Put the workers' rows together in the top folder, in the order of the cases."""
    parts = sorted((folder / "workers").glob(f"*/{FILE}"))
    if parts:
        rows = sorted((row for path in parts for row in read_lines(path)), key=lambda row: str(row["case"]))
        (folder / FILE).write_bytes(b"".join(map(dump_line, rows)))


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many cases there are, hold, are bypassed, are bypassed and waived, and cannot be told."""
    found = Counter(map(word, rows))
    return {"cases": len(rows), **{name: found[name] for name in ("holds", "bypassed", "waived", "error")}}


def by_urgency(rows: Sequence[Row]) -> list[Row]:
    """What needs a person first."""
    order = ("bypassed", "error", "waived", "holds")
    return sorted(rows, key=lambda row: order.index(word(row)))
