"""Read an audit log and say what was done to it."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pytest_agentsafety.recorders.audit import GENESIS, LINE


@dataclass(frozen=True, kw_only=True)
class Problem:
    """`line` counts from 1 (0: the file as a whole); `record` is the number of the record it is about (0: none).

    `kind`: "changed", "missing", "reordered", "duplicated", "truncated", "torn", "malformed", "added", "worker";
    of whoever reads the anchor: "anchor".
    """

    line: int
    kind: str
    message: str
    record: int = 0


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """`anchored` is false where no head was given: records cut off at the end would then go unseen."""

    ok: bool
    records: int
    anchored: bool
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Record:
    line: int
    seq: int
    prev: str
    hash: str
    intact: bool
    fields: Mapping[str, Any]


def verify_audit(path: Path, head: Mapping[str, Any] | None = None) -> AuditReport:
    """Check the chain, and its end against `head` (`{"seq", "hash"}`, as `AuditLog.head` gave it)."""
    try:
        with path.open("rb") as stream:
            lines = stream.readlines()
    except OSError as exc:
        return _report(0, head, [Problem(line=0, kind="missing", message=f"{path}: {exc.strerror}")])
    records, problems = _parse(lines)
    problems += [_changed(r) for r in records if not r.intact]
    problems += _check_order(records)
    problems += _check_links(records)
    problems += _check_head(records, head, len(lines))
    problems += [_worker_problem(r) for r in records if r.fields.get("type") == "worker_audit_problem"]
    return _report(len(records), head, sorted(problems, key=lambda p: p.line))


def _report(records: int, head: Mapping[str, Any] | None, problems: Sequence[Problem]) -> AuditReport:
    return AuditReport(ok=not problems, records=records, anchored=head is not None, problems=tuple(problems))


def _parse(lines: Sequence[bytes]) -> tuple[list[_Record], list[Problem]]:
    records: list[_Record] = []
    problems: list[Problem] = []
    expected = 1
    for number, raw in enumerate(lines, start=1):
        record = _record(number, raw, expected=expected) if raw.endswith(b"\n") else None
        if record is not None:
            records.append(record)
            expected = record.seq + 1
            continue
        kind, what = ("malformed", "is no audit record") if raw.endswith(b"\n") else ("torn", "is cut off")
        message = f"the line where record {expected} should stand {what}"
        problems.append(Problem(line=number, kind=kind, message=message, record=expected))
        expected += 1
    return records, problems


def _record(number: int, raw: bytes, *, expected: int) -> _Record | None:
    match = LINE.fullmatch(raw)
    if match is None:
        return None
    body = match[1] + b"}"
    try:
        fields = json.loads(body)
        seq, prev = fields["seq"], fields["prev"]
    except (ValueError, KeyError, RecursionError):
        return None
    if not isinstance(seq, int) or not isinstance(prev, str):
        return None
    stored = match[2].decode()
    actual = sha256(prev.encode("utf-8", "surrogatepass") + body).hexdigest()
    intact = actual == stored
    # The number in a changed record is worth nothing: it counts as the one that should stand here.
    return _Record(number, seq if intact else expected, prev, stored, intact, fields)


def _changed(record: _Record) -> Problem:
    message = f"record {record.seq} does not match its own hash"
    return Problem(line=record.line, kind="changed", message=message, record=record.seq)


def _check_order(records: Sequence[_Record]) -> list[Problem]:
    """Judge the sequence numbers: each once, none left out, and those out of order are as few as explain the file."""
    problems: list[Problem] = []
    first: dict[int, _Record] = {}
    for record in records:
        if record.seq in first:
            message = f"record {record.seq} again"
            problems.append(Problem(line=record.line, kind="duplicated", message=message, record=record.seq))
        else:
            first[record.seq] = record
    once = list(first.values())
    in_order = _longest_rise([record.seq for record in once])
    before = 0
    for record in once:
        if record.seq in in_order:
            before = record.seq
        else:
            where = f"behind record {before}" if before else "at the start"
            message = f"record {record.seq} is out of place, {where}"
            problems.append(Problem(line=record.line, kind="reordered", message=message, record=record.seq))
    return problems + _gaps(first)


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """The members of a longest rising run (with gaps) of different numbers."""
    ends: list[int] = []
    at: list[int] = []
    previous: list[int] = []
    for index, number in enumerate(numbers):
        place = bisect_left(ends, number)
        previous.append(at[place - 1] if place else -1)
        if place == len(ends):
            ends.append(number)
            at.append(index)
        else:
            ends[place], at[place] = number, index
    rise: set[int] = set()
    index = at[-1] if at else -1
    while index >= 0:
        rise.add(numbers[index])
        index = previous[index]
    return rise


def _gaps(first: Mapping[int, _Record]) -> list[Problem]:
    problems: list[Problem] = []
    before = 0
    for seq in sorted(first):
        if seq > before + 1:
            message = f"{_span(before + 1, seq - 1)} gone"
            problems.append(Problem(line=first[seq].line, kind="missing", message=message, record=before + 1))
        before = max(before, seq)
    return problems


def _span(low: int, high: int) -> str:
    return f"record {low} is" if low == high else f"records {low} to {high} are"


def _check_links(records: Sequence[_Record]) -> list[Problem]:
    """Each record names the hash of the one before it; who was changed is told by the intact successor."""
    by_seq: dict[int, _Record] = {}
    for record in records:
        by_seq.setdefault(record.seq, record)
    problems: list[Problem] = []
    blamed = {record.seq for record in records if not record.intact}
    for seq in sorted(by_seq, reverse=True):
        record, before = by_seq[seq], by_seq.get(seq - 1)
        expected = GENESIS if seq == 1 else before.hash if before else None
        if expected is None or record.prev == expected or seq in blamed or (seq - 1) in blamed:
            continue
        culprit = before or record
        blamed.add(culprit.seq)
        message = f"record {culprit.seq} is not the one that record {seq} follows"
        problems.append(Problem(line=culprit.line, kind="changed", message=message, record=culprit.seq))
    return problems


def _check_head(records: Sequence[_Record], head: Mapping[str, Any] | None, lines: int) -> list[Problem]:
    if head is None:
        return []
    seq, digest = head.get("seq"), head.get("hash")
    if not isinstance(seq, int) or not isinstance(digest, str):
        return [Problem(line=0, kind="malformed", message="the head needs `seq` (a number) and `hash` (a string)")]
    last = max((record.seq for record in records), default=0)
    if last < seq:
        message = f"{_span(last + 1, seq)} gone: the log ends at record {last}, the anchored head is {seq}"
        return [Problem(line=lines, kind="truncated", message=message, record=last + 1)]
    problems = [
        Problem(line=r.line, kind="added", message=f"record {r.seq} came after the anchored head {seq}", record=r.seq)
        for r in records
        if r.seq > seq
    ]
    for record in records:
        if record.seq == seq and record.hash != digest:
            message = f"record {seq} is not the one that was anchored"
            problems.append(Problem(line=record.line, kind="changed", message=message, record=seq))
    return problems


def _worker_problem(record: _Record) -> Problem:
    fields = record.fields
    message = f"worker {fields.get('worker')}, line {fields.get('line')}: {fields.get('kind')}: {fields.get('message')}"
    return Problem(line=record.line, kind="worker", message=message, record=record.seq)
