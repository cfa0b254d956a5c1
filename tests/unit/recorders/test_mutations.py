"""A thousand seeded changes of a log, one at a time: each is found, and the record it was done to is named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.events import Event
from pytest_agentsafety.recorders import AuditLog, AuditReport, verify_audit

COUNT = 1_000


@dataclass
class Log:
    """A log as lines, with its anchor; `about` are the records a change concerns (any of them may be named)."""

    lines: list[bytes]
    head: dict[str, Any]
    about: set[int]


def rehashed(record: dict[str, Any]) -> bytes:
    """A line by somebody who knows how the hash is made."""
    body = json.dumps({key: value for key, value in record.items() if key != "hash"}, separators=(",", ":"))
    digest = sha256((record["prev"] + body).encode()).hexdigest()
    return f'{body[:-1]},"hash":"{digest}"}}\n'.encode()


def edited(record: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """One field changed, added or taken away."""
    names = sorted(set(record) - {"seq", "prev", "hash"})
    name = rng.choice(names)
    match rng.randrange(3):
        case 0:
            return {**record, name: "forged"}
        case 1:
            return {**record, "added": 1}
        case _:
            return {key: value for key, value in record.items() if key != name}


def flip(log: Log, at: int, rng: random.Random) -> None:
    line = log.lines[at]
    spot = rng.randrange(len(line))
    log.lines[at] = line[:spot] + bytes([line[spot] ^ (1 << rng.randrange(8))]) + line[spot + 1 :]
    if spot == len(line) - 1:  # without its end, the line runs into the next one
        log.about.add(at + 2)


def edit(log: Log, at: int, rng: random.Random) -> None:
    log.lines[at] = json.dumps(edited(json.loads(log.lines[at]), rng), separators=(",", ":")).encode() + b"\n"


def reserialise(log: Log, at: int, rng: random.Random) -> None:
    log.lines[at] = json.dumps(edited(json.loads(log.lines[at]), rng), sort_keys=True).encode() + b"\n"


def forge(log: Log, at: int, rng: random.Random) -> None:
    log.lines[at] = rehashed(edited(json.loads(log.lines[at]), rng))


def renumber(log: Log, at: int, rng: random.Random) -> None:
    number = rng.choice([n for n in range(30) if n != at + 1])
    log.lines[at] = rehashed({**json.loads(log.lines[at]), "seq": number})


def delete(log: Log, at: int, rng: random.Random) -> None:
    del log.lines[at]


def duplicate(log: Log, at: int, rng: random.Random) -> None:
    log.lines.insert(rng.randrange(len(log.lines) + 1), log.lines[at])


def swap(log: Log, at: int, rng: random.Random) -> None:
    other = rng.choice([n for n in range(len(log.lines)) if n != at])
    log.lines[at], log.lines[other] = log.lines[other], log.lines[at]
    log.about.add(other + 1)


def move(log: Log, at: int, rng: random.Random) -> None:
    line = log.lines.pop(at)
    to = rng.choice([n for n in range(len(log.lines) + 1) if n != at])
    log.lines.insert(to, line)
    if abs(to - at) == 1:  # one place on: nobody can tell which of the two was moved
        log.about.add(to + 1)


def insert(log: Log, at: int, rng: random.Random) -> None:
    """A record that never was, with a number that is in use or the next one."""
    before = json.loads(log.lines[at])
    log.lines.insert(at + 1, rehashed({**before, "seq": at + 2, "prev": before["hash"], "message": "forged"}))
    log.about = {at + 2}


def truncate(log: Log, at: int, rng: random.Random) -> None:
    del log.lines[at:]


def cut(log: Log, at: int, rng: random.Random) -> None:
    """The file ends in the middle of a record."""
    log.lines[at:] = [log.lines[at][: rng.randrange(1, len(log.lines[at]))]]


def anchor_hash(log: Log, at: int, rng: random.Random) -> None:
    spot = rng.randrange(64)
    digit = rng.choice([c for c in "0123456789abcdef" if c != log.head["hash"][spot]])
    log.head["hash"] = log.head["hash"][:spot] + digit + log.head["hash"][spot + 1 :]
    log.about = {log.head["seq"]}


def anchor_number(log: Log, at: int, rng: random.Random) -> None:
    count = len(log.lines)
    log.head["seq"] = rng.choice([n for n in range(2 * count) if n != count])
    log.about = {count, count + 1, log.head["seq"] + 1}


MUTATIONS = [flip, edit, reserialise, forge, renumber, delete, duplicate, swap, move, insert, truncate, cut]
MUTATIONS += [anchor_hash, anchor_number]


@pytest.fixture
def intact(tmp_path: Path, make_events: Callable[..., list[Event]]) -> tuple[Path, Log]:
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path, mask=str)
    for task in ("t1", "t2"):
        log.emit_all(make_events(task))
    log.close()
    return path, Log(path.read_bytes().splitlines(keepends=True), log.head, set())


def named(report: AuditReport) -> set[int]:
    return {problem.record for problem in report.problems}


def mutated(base: Log, seed: int) -> tuple[Log, str]:
    rng = random.Random(seed)
    change = MUTATIONS[seed % len(MUTATIONS)]
    at = rng.randrange(len(base.lines))
    log = Log(list(base.lines), dict(base.head), {at + 1})
    change(log, at, rng)
    return log, change.__name__


def test_every_single_mutation_is_found_and_its_record_named(intact: tuple[Path, Log]) -> None:
    path, base = intact
    missed, unnamed = [], []
    for seed in range(COUNT):
        log, kind = mutated(base, seed)
        path.write_bytes(b"".join(log.lines))
        report = verify_audit(path, log.head)
        if report.ok:
            missed.append((seed, kind))
        elif not named(report) & log.about:
            unnamed.append((seed, kind, log.about, report.problems))
        assert all(str(problem.record) in problem.message for problem in report.problems if problem.record), seed
    assert (missed, unnamed) == ([], [])
    path.write_bytes(b"".join(base.lines))
    assert verify_audit(path, base.head) == AuditReport(ok=True, records=len(base.lines), anchored=True)


@pytest.mark.parametrize("change", [edit, reserialise, forge, delete, flip])
@pytest.mark.parametrize("at", [0, 6, 13])
def test_the_neighbours_are_not_blamed(intact: tuple[Path, Log], change: Callable[..., None], at: int) -> None:
    path, base = intact
    log = Log(list(base.lines), base.head, {at + 1})
    change(log, at, random.Random(1))
    path.write_bytes(b"".join(log.lines))
    assert named(verify_audit(path, base.head)) == log.about


def test_a_far_swap_names_both_and_nobody_else(intact: tuple[Path, Log]) -> None:
    path, base = intact
    lines = list(base.lines)
    lines[2], lines[9] = lines[9], lines[2]
    path.write_bytes(b"".join(lines))
    report = verify_audit(path, base.head)
    assert [(p.record, p.kind) for p in report.problems] == [(10, "reordered"), (3, "reordered")]


def test_two_gaps_are_two_findings(intact: tuple[Path, Log]) -> None:
    path, base = intact
    path.write_bytes(b"".join(line for n, line in enumerate(base.lines, 1) if n not in (3, 7, 8)))
    messages = [problem.message for problem in verify_audit(path, base.head).problems]
    assert messages == ["record 3 is gone", "records 7 to 8 are gone"]


def test_a_long_log_upside_down_is_judged_at_once(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    for _ in range(2_000):
        log.append({"type": "x"})
    log.close()
    lines = (tmp_path / "a").read_bytes().splitlines(keepends=True)
    (tmp_path / "a").write_bytes(b"".join(reversed(lines)))
    assert len(verify_audit(tmp_path / "a", log.head).problems) == 1_999
