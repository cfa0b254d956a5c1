"""Bring the evidence of xdist workers together in the top folder, again and again with the same outcome."""

from __future__ import annotations

import json
import os
import re
import shutil
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.jsonl import dump_line
from pytest_agentsafety.model.results import FAILING, CaseResult
from pytest_agentsafety.recorders.append_file import EvidenceError
from pytest_agentsafety.recorders.audit import GENESIS, LINE, chained
from pytest_agentsafety.recorders.masking import encode_ascii
from pytest_agentsafety.recorders.results import read_results
from pytest_agentsafety.recorders.verify import AuditReport, verify_audit

Key = tuple[str, str, int, str]


@dataclass(frozen=True, kw_only=True)
class MergeReport:
    """What came together. `audits` holds each worker's own verification, `head` the end of the new top chain."""

    results: int
    transcripts: int
    records: int
    head: Mapping[str, Any]
    audits: Mapping[str, AuditReport]

    @property
    def ok(self) -> bool:
        return all(report.ok for report in self.audits.values())


def merge_workers(
    folder: Path, *, order: Sequence[Key] = (), heads: Mapping[str, Mapping[str, Any]] | None = None
) -> MergeReport:
    """Merge `workers/<id>/` into `folder`; the workers' folders stay as they are.

    Rows stand in the order of `order` (keys of result rows), the others sorted behind them. Where two workers hold
    the same key, the failing row is kept. Each worker's chain is verified first (against `heads[<id>]` if given); what
    is wrong with it becomes a record of the top chain, so that verifying the merged log does not pass either.
    Torn last lines are left out with a warning. Raises AgentSafetyError for other damage, EvidenceError on a full disk.
    """
    workers = _workers(folder, heads or {})
    audits = {w.name: verify_audit(w / "audit.jsonl", (heads or {}).get(w.name)) for w in workers}
    links, renamed = _plan_transcripts(workers)
    rows = _merge_rows(_own_rows(folder), [(w, _rows(w, renamed)) for w in workers])
    try:
        for source, target in links:
            _link(source, folder / target)
        ordered = _in_order(rows, order)
        _replace_file(folder / "results.jsonl", (dump_line(row.to_dict()) for row in ordered))
        head = _merge_audit(folder, workers, audits)
    except OSError as exc:
        raise EvidenceError(f"cannot merge into {folder}: {exc.strerror}") from exc
    return MergeReport(results=len(rows), transcripts=len(links), records=head["seq"], head=head, audits=audits)


def _workers(folder: Path, heads: Mapping[str, Any]) -> list[Path]:
    """The workers that left something, or that should have."""
    root = folder / "workers"
    found = [p for p in root.iterdir() if p.is_dir()] if root.is_dir() else []
    return sorted((p for p in found if p.name in heads or any(p.iterdir())), key=_natural)


def _natural(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path.name)]


def _own_rows(folder: Path) -> list[CaseResult]:
    path = folder / "results.jsonl"
    return read_results(path) if path.is_file() else []


def _rows(worker: Path, renamed: Mapping[tuple[str, str], str]) -> list[CaseResult]:
    rows = _own_rows(worker)
    return [replace(r, transcript=renamed.get((worker.name, r.transcript or ""), r.transcript)) for r in rows]


def _merge_rows(own: Iterable[CaseResult], parts: Iterable[tuple[Path, list[CaseResult]]]) -> dict[Key, CaseResult]:
    merged: dict[Key, CaseResult] = {}
    origin: dict[Key, str] = {}
    for worker, rows in parts:
        for row in rows:
            if row.key in merged:
                message = f"{row.node_name} was run by worker {origin[row.key]} and worker {worker.name}"
                warnings.warn(f"{message}; a failing row wins", stacklevel=3)
                if merged[row.key].verdict in FAILING or row.verdict not in FAILING:
                    continue
            merged[row.key], origin[row.key] = row, worker.name
    for row in own:  # rows of an earlier merge, or of cases the controller ran itself
        merged.setdefault(row.key, row)
    return merged


def _in_order(rows: Mapping[Key, CaseResult], order: Sequence[Key]) -> list[CaseResult]:
    place = {tuple(key): number for number, key in enumerate(order)}
    return [rows[key] for key in sorted(rows, key=lambda k: (place.get(k, len(place)), k))]


def _plan_transcripts(workers: Sequence[Path]) -> tuple[list[tuple[Path, str]], dict[tuple[str, str], str]]:
    """Links to make, and new names where two workers wrote a file of one name: (worker, old path) -> new path."""
    links: list[tuple[Path, str]] = []
    renamed: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for worker in workers:
        for source in sorted((worker / "transcripts").glob("*.jsonl")):
            target = f"transcripts/{source.name}"
            if target in taken:
                target = f"transcripts/{source.stem}.{worker.name}.jsonl"
                renamed[worker.name, f"transcripts/{source.name}"] = target
            taken.add(target)
            links.append((source, target))
    return links, renamed


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.samefile(source):
        return
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        temporary.hardlink_to(source)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, temporary)
    temporary.replace(target)


def _merge_audit(folder: Path, workers: Sequence[Path], audits: Mapping[str, AuditReport]) -> dict[str, Any]:
    """Chain anew: the controller's own records, then worker by worker; each keeps its first number and hash."""
    seq, digest = 0, GENESIS
    lines: list[bytes] = []
    placed: dict[tuple[str, int], int] = {}  # (worker, its number) -> the number here: what a `parent` now means
    for source, old, fields in _all_records(folder, workers, audits):
        seq += 1
        placed[source, old] = seq
        if "parent" in fields:
            fields = {**fields, "parent": _parent(placed, source, fields["parent"])}
        line, digest = chained(encode_ascii(fields).encode("ascii"), seq, digest)
        lines.append(line)
    _replace_file(folder / "audit.jsonl", lines)
    return {"seq": seq, "hash": digest}


def _parent(placed: Mapping[tuple[str, int], int], source: str, old: object) -> int | None:
    return placed.get((source, old)) if isinstance(old, int) else None


def _all_records(
    folder: Path, workers: Sequence[Path], audits: Mapping[str, AuditReport]
) -> Iterable[tuple[str, int, Mapping[str, Any]]]:
    """Worker ("" for the controller), the number in its own log (0: none) and the fields of each record."""
    for fields, seq, _ in _records(folder / "audit.jsonl"):
        if "worker" not in fields:
            yield "", seq, fields
    for worker in workers:
        for problem in audits[worker.name].problems:
            if problem.kind == "torn":
                warnings.warn(f"{worker / 'audit.jsonl'}:{problem.line}: torn last line left out", stacklevel=4)
                continue
            yield worker.name, 0, _problem_record(worker.name, problem.line, problem.kind, problem.message)
        for fields, seq, original in _records(worker / "audit.jsonl"):
            yield worker.name, seq, {**fields, "worker": worker.name, "worker_seq": seq, "worker_hash": original}


def _problem_record(worker: str, line: int, kind: str, message: str) -> dict[str, Any]:
    # ts 0: the record of a finding may not differ from merge to merge.
    found = {"line": line, "kind": kind, "message": message}
    return {"type": "worker_audit_problem", "ts": 0, "worker": worker, **found}


def _records(path: Path) -> Iterable[tuple[dict[str, Any], int, str]]:
    """Fields, number and hash of each record; torn and damaged lines are left to the verification."""
    with suppress(FileNotFoundError), path.open("rb") as stream:
        for raw in stream:
            match = LINE.fullmatch(raw)
            if match is None:
                continue
            try:
                fields = json.loads(match[1] + b"}")
            except (ValueError, RecursionError):
                continue
            seq = fields.pop("seq", None)
            if isinstance(seq, int):
                fields.pop("prev", None)
                yield fields, seq, match[2].decode()


def _replace_file(path: Path, lines: Iterable[bytes]) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as stream:
        stream.writelines(lines)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
