"""What an audit record costs, and how much of the disk's own durable speed the log keeps.

    python benchmarks/audit.py [records]

Durable: batches of 100 records, each followed by fdatasync, against bare write(2) of the same lines with the same
fdatasync, alternating in one run on one disk. CPU: one event through mask, brief, hash and write, without syncs.
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


def events() -> list[Event]:
    arguments = {"to": "anna@example.org", "subject": "Minutes", "body": "See you on Monday at nine. " * 6}
    at = {"task_id": "run-1", "call_id": "call-1"}
    called = ToolCalled(**at, tool="send_mail", arguments=arguments, effect="egress")
    reason = "the address stands in a mail, not in the user's task"
    decided = ToolDecided(
        **at, tool="send_mail", outcome="ask", guard="provenance", rule="critical", reason=reason, argument="to"
    )
    return [called, decided] * (BATCH // 2)


def bare(path: Path, lines: list[bytes], batches: int) -> list[float]:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    rates = []
    for _ in range(batches):
        start = time.perf_counter()
        for line in lines:
            os.write(handle, line)
        os.fdatasync(handle)
        rates.append(BATCH / (time.perf_counter() - start))
    os.close(handle)
    return rates


def durable(log: AuditLog, batch: list[Event], batches: int) -> list[float]:
    rates = []
    for _ in range(batches):
        start = time.perf_counter()
        for event in batch:
            log.emit(event)  # the hundredth makes the batch durable
        log.barrier()
        rates.append(BATCH / (time.perf_counter() - start))
    return rates


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
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    batch, rounds = events(), max(4, records // BATCH // 4)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # the working folder's disk: /tmp may be memory
        folder = Path(name)
        log = AuditLog(folder / "log.jsonl", mask=str)
        durable(log, batch, 2)
        lines = (folder / "log.jsonl").read_bytes().splitlines(keepends=True)[:BATCH]
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(4):
            theirs += bare(folder / "bare.jsonl", lines, rounds)
            ours += durable(log, batch, rounds)
        log.close()
        cost = cpu_per_record(folder, batch, rounds)
        yardstick = cpu_of_json(batch, rounds)
        start = time.perf_counter()
        report = verify_audit(folder / "log.jsonl", log.head)
        seconds = time.perf_counter() - start
    print(f"bare write + fdatasync   {median(theirs):10,.0f} records/s  (batches of {BATCH}, median)")
    print(f"audit log                {median(ours):10,.0f} records/s")
    print(f"ratio                    {median(ours) / median(theirs):10.2f}  (at least 0.50)")
    print(f"CPU per record           {cost:10.1f} us  (at most 25)")
    print(f"  a bare json.dumps      {yardstick:10.1f} us, ratio {cost / yardstick:.1f}")
    print(f"verify                   {report.records / seconds:10,.0f} records/s, ok={report.ok}")
    return 0 if report.ok and median(ours) >= median(theirs) / 2 and cost <= 25 else 1


if __name__ == "__main__":
    raise SystemExit(main())
