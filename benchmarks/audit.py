"""What an audit record costs, and how much of the disk's own durable speed the log keeps.

    python benchmarks/audit.py [records]

Durable: 100 records and a barrier, against 100 bare write(2) of the same lines and one fdatasync, batch by batch in
turn, so that both meet the same disk and the same neighbours. Streaming: the log as it runs, where a sync goes on while
records are taken, in turns of ten batches, all durable when the clock stops. CPU: one event through mask, encode,
cause, hash and write, with the syncs' own CPU; neighbours on the same core only add to it, so the quietest of several
rounds counts.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from pytest_agentsafety.model.events import Event, ToolCalled, ToolDecided
from pytest_agentsafety.recorders import AuditLog, verify_audit

BATCH = 100
ROUNDS = 10
TURN = 10  # batches in a row of a stream


def events() -> list[Event]:
    arguments = {"to": "anna@example.org", "subject": "Minutes", "body": "See you on Monday at nine. " * 6}
    at = {"task_id": "run-1", "call_id": "call-1"}
    called = ToolCalled(**at, tool="send_mail", arguments=arguments, effect="egress")
    reason = "the address stands in a mail, not in the user's task"
    decided = ToolDecided(
        **at, tool="send_mail", outcome="ask", guard="provenance", rule="critical", reason=reason, argument="to"
    )
    return [called, decided] * (BATCH // 2)


def bare(handle: int, lines: list[bytes], batches: int) -> float:
    """Records a second: one write(2) each, one fdatasync a batch."""
    start = time.perf_counter()
    for _ in range(batches):
        for line in lines:
            os.write(handle, line)
        os.fdatasync(handle)
    return batches * len(lines) / (time.perf_counter() - start)


def durable(log: AuditLog, batch: list[Event], batches: int) -> float:
    """Records a second until all of them are durable."""
    start = time.perf_counter()
    for _ in range(batches):
        for event in batch:
            log.emit(event)
    log.barrier()
    return batches * len(batch) / (time.perf_counter() - start)


def cpu(step: Callable[[Event], object], batch: list[Event], batches: int) -> float:
    """Median microseconds of CPU a record."""
    samples = []
    for _ in range(batches):
        start = time.process_time()
        for event in batch:
            step(event)
        samples.append((time.process_time() - start) / len(batch) * 1e6)
    return median(samples)


def cpu_costs(folder: Path, batch: list[Event], batches: int) -> list[tuple[float, float]]:
    """Ours, and a bare json.dumps of the same events, in several rounds."""
    log = AuditLog(folder / "cpu.jsonl", mask=str)
    turn = max(10, batches // ROUNDS)
    costs = [
        (cpu(log.emit, batch, turn), cpu(lambda event: json.dumps(event.to_dict()), batch, turn)) for _ in range(ROUNDS)
    ]
    log.close()
    return costs


def compare(folder: Path, log: AuditLog, batch: list[Event], turn: int, rounds: int) -> tuple[float, float]:
    """Median records a second, bare and ours, in turns of `turn` batches."""
    lines = log_lines(folder)
    theirs: list[float] = []
    ours: list[float] = []
    handle = os.open(folder / "bare.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for _ in range(rounds):
        theirs.append(bare(handle, lines, turn))
        ours.append(durable(log, batch, turn))
    os.close(handle)
    return median(theirs), median(ours)


def log_lines(folder: Path) -> list[bytes]:
    return (folder / "log.jsonl").read_bytes().splitlines(keepends=True)[:BATCH]


def main() -> int:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    batch, batches = events(), max(50, records // BATCH // 2)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # the working folder's disk: /tmp may be memory
        folder = Path(name)
        log = AuditLog(folder / "log.jsonl", mask=str)
        durable(log, batch, 2)
        theirs, ours = compare(folder, log, batch, 1, batches)
        their_stream, our_stream = compare(folder, log, batch, TURN, batches // TURN)
        log.close()
        costs = cpu_costs(folder, batch, batches)
        start = time.perf_counter()
        report = verify_audit(folder / "log.jsonl", log.head)
        seconds = time.perf_counter() - start
    cost, usual = min(ours for ours, _ in costs), median(ours for ours, _ in costs)
    print(f"batches of {BATCH}, medians of {batches} rounds of one batch")
    print(f"bare write + fdatasync   {theirs:10,.0f} records/s")
    print(f"audit log                {ours:10,.0f} records/s, ratio {ours / theirs:.2f}  (at least 0.50)")
    print(f"  streaming              {our_stream:10,.0f} records/s, ratio {our_stream / their_stream:.2f}")
    print(
        f"CPU per record           {cost:10.1f} us in the quietest round, {usual:.1f} in the median one  (at most 25)"
    )
    print(f"  a bare json.dumps      {min(bare for _, bare in costs):10.1f} us in its quietest")
    print(f"verify                   {report.records / seconds:10,.0f} records/s, ok={report.ok}")
    return 0 if report.ok and ours >= theirs / 2 and cost <= 25 else 1


if __name__ == "__main__":
    raise SystemExit(main())
