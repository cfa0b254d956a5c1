"""What an audit record costs, and how much of the disk's own durable speed the log keeps.

    python benchmarks/audit.py [records]

Durable: the log as it runs (a sync begun for every 100 records, all durable when the clock stops) against bare write(2)
of the same lines with one fdatasync per 100, in turns of some batches on one disk. CPU: one event through mask, encode,
cause, hash and write, with the syncs' own CPU.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from pytest_agentsafety.model.events import Event, ToolCalled, ToolDecided
from pytest_agentsafety.recorders import AuditLog, verify_audit

BATCH = 100
TURN = 5  # batches in a row before the other side has its turn


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


def durable(log: AuditLog, batch: list[Event], batches: int, *, wait: bool) -> float:
    """Records a second until all of them are durable; with `wait`, each batch is before the next one begins."""
    start = time.perf_counter()
    for _ in range(batches):
        for event in batch:
            log.emit(event)
        if wait:
            log.barrier()
    log.barrier()
    return batches * len(batch) / (time.perf_counter() - start)


def cpu_per_record(folder: Path, batch: list[Event], batches: int) -> float:
    """Microseconds of CPU a record, the syncs' own CPU included."""
    log = AuditLog(folder / "cpu.jsonl", mask=str)
    samples = []
    for _ in range(batches):
        start = time.process_time()
        for event in batch:
            log.emit(event)
        samples.append((time.process_time() - start) / len(batch) * 1e6)
    log.close()
    return median(samples)


def cpu_of_json(batch: list[Event], batches: int) -> float:
    """The yardstick: microseconds of CPU of a bare json.dumps of the same events."""
    samples = []
    for _ in range(batches):
        start = time.process_time()
        for event in batch:
            json.dumps(event.to_dict())
        samples.append((time.process_time() - start) / len(batch) * 1e6)
    return median(samples)


def main() -> int:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    batch, rounds = events(), max(5, records // BATCH // TURN // 3)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # the working folder's disk: /tmp may be memory
        folder = Path(name)
        log = AuditLog(folder / "log.jsonl", mask=str)
        durable(log, batch, 2, wait=True)
        lines = (folder / "log.jsonl").read_bytes().splitlines(keepends=True)[:BATCH]
        theirs: list[float] = []
        ours: list[float] = []
        waiting: list[float] = []
        handle = os.open(folder / "bare.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for _ in range(rounds):
            theirs.append(bare(handle, lines, TURN))
            ours.append(durable(log, batch, TURN, wait=False))
            waiting.append(durable(log, batch, TURN, wait=True))
        os.close(handle)
        log.close()
        cost = cpu_per_record(folder, batch, rounds * TURN)
        yardstick = cpu_of_json(batch, rounds * TURN)
        start = time.perf_counter()
        report = verify_audit(folder / "log.jsonl", log.head)
        seconds = time.perf_counter() - start
    ratio = median(ours) / median(theirs)
    print(f"batches of {BATCH}, medians of {rounds} rounds")
    print(f"bare write + fdatasync   {median(theirs):10,.0f} records/s")
    print(f"audit log                {median(ours):10,.0f} records/s")
    print(f"  ratio                  {ratio:10.2f}  (at least 0.50)")
    print(f"  waiting for each batch {median(waiting) / median(theirs):10.2f}")
    print(f"CPU per record           {cost:10.1f} us  (at most 25)")
    print(f"  a bare json.dumps      {yardstick:10.1f} us, ratio {cost / yardstick:.1f}")
    print(f"verify                   {report.records / seconds:10,.0f} records/s, ok={report.ok}")
    return 0 if report.ok and ratio >= 0.5 and cost <= 25 else 1


if __name__ == "__main__":
    raise SystemExit(main())
