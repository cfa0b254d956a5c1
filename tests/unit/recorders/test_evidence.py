"""Evidence: one event, all files, one order; an error is never swallowed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_agentsafety.model.events import CheckpointMarked, Event, Notice
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.tasks import CaseRun
from pytest_agentsafety.recorders import Evidence, EvidenceError, read_results, verify_audit

Runs = Callable[..., CaseRun]
Rows = Callable[..., CaseResult]
Events = Callable[..., list[Event]]
Mask = Callable[[str], str]


class Collect:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)


def test_a_case_leaves_row_transcript_and_audit(
    tmp_path: Path, mask: Mask, make_run: Runs, make_row: Rows, make_events: Events
) -> None:
    evidence = Evidence(tmp_path, mask=mask)
    transcript = evidence.begin_case(make_run())
    for event in make_events():
        evidence.emit(event)
    evidence.end_case(make_row(transcript=transcript, error="no mail to anna@example.org"))
    evidence.close()
    (row,) = read_results(tmp_path / "results.jsonl")
    assert row.transcript == "transcripts/s.t1.hijacked.jsonl"
    assert row.error == "no mail to [EMAIL]"
    assert len((tmp_path / transcript).read_text().splitlines()) == 7
    assert verify_audit(tmp_path / "audit.jsonl", evidence.audit_head).records == 7
    assert sorted(p.name for p in tmp_path.iterdir()) == ["audit.jsonl", "results.jsonl", "transcripts"]
    assert b"anna@" not in b"".join(p.read_bytes() for p in tmp_path.rglob("*.jsonl"))


def test_sinks_get_each_event_after_it_is_on_disk(
    tmp_path: Path, mask: Mask, make_run: Runs, make_events: Events
) -> None:
    seen: list[tuple[str, int, int]] = []

    class Look:
        def __init__(self, name: str) -> None:
            self.name = name

        def emit(self, event: Event) -> None:
            files = (tmp_path / "transcripts" / "s.t1.hijacked.jsonl", tmp_path / "audit.jsonl")
            counts = [len(file.read_bytes().splitlines()) for file in files]
            seen.append((self.name, *counts))

    evidence = Evidence(tmp_path, mask=mask, sinks=[Look("first"), Look("second")])
    evidence.begin_case(make_run())
    for event in make_events()[:2]:
        evidence.emit(event)
    evidence.close()
    assert seen == [("first", 1, 1), ("second", 1, 1), ("first", 2, 2), ("second", 2, 2)]


def test_sinks_get_the_events_themselves(tmp_path: Path, mask: Mask, make_run: Runs, make_events: Events) -> None:
    sink = Collect()
    evidence = Evidence(tmp_path, mask=mask, sinks=[sink])
    evidence.begin_case(make_run())
    events = make_events()
    for event in events:
        evidence.emit(event)
    evidence.close()
    assert sink.events == events


def test_an_event_without_a_case_is_in_the_audit(tmp_path: Path, mask: Mask) -> None:
    evidence = Evidence(tmp_path, mask=mask)
    evidence.emit(Notice(level="info", message="before any case"))
    evidence.close()
    assert json.loads((tmp_path / "audit.jsonl").read_text())["message"] == "before any case"


def test_an_error_of_a_sink_surfaces(tmp_path: Path, mask: Mask) -> None:
    class Broken:
        def emit(self, event: Event) -> None:
            raise OSError("disk full")

    evidence = Evidence(tmp_path, mask=mask, sinks=[Broken()])
    with pytest.raises(OSError, match="disk full"):
        evidence.emit(Notice(level="info", message="x"))
    evidence.close()


def test_nothing_is_taken_after_close(tmp_path: Path, mask: Mask, make_row: Rows) -> None:
    evidence = Evidence(tmp_path, mask=mask)
    evidence.close()
    with pytest.raises(EvidenceError, match="closed"):
        evidence.emit(Notice(level="info", message="late"))
    with pytest.raises(EvidenceError, match="closed"):
        evidence.end_case(make_row())


def test_a_mask_that_fails_lets_nothing_through(tmp_path: Path, make_run: Runs, make_events: Events) -> None:
    def broken(text: str) -> str:
        raise RuntimeError("no mask")

    evidence = Evidence(tmp_path, mask=broken)
    evidence.begin_case(make_run())
    with pytest.raises(RuntimeError, match="no mask"):
        evidence.emit(make_events()[0])
    evidence.close()
    assert all(p.read_bytes() == b"" for p in tmp_path.rglob("*.jsonl"))


def test_a_resumed_run_keeps_what_is_there(
    tmp_path: Path, mask: Mask, make_run: Runs, make_row: Rows, make_events: Events
) -> None:
    for case_id in ("s.a", "s.b"):
        evidence = Evidence(tmp_path, mask=mask)
        evidence.begin_case(make_run(case_id))
        for event in make_events(case_id, case_id):
            evidence.emit(event)
        evidence.end_case(make_row(case_id))
        evidence.close()
    assert [row.case_id for row in read_results(tmp_path / "results.jsonl")] == ["s.a", "s.b"]
    assert verify_audit(tmp_path / "audit.jsonl", evidence.audit_head).records == 7 + 1 + 7


def test_threads_leave_the_same_order_everywhere(tmp_path: Path, mask: Mask, make_run: Runs) -> None:
    sink = Collect()
    evidence = Evidence(tmp_path, mask=mask, sinks=[sink])
    path = evidence.begin_case(make_run())

    def work(name: str) -> None:
        for n in range(30):
            evidence.emit(Notice(task_id="t", level="info", message=f"{name}{n}"))
        evidence.emit(CheckpointMarked(task_id="t", tool=name, position=1))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    evidence.barrier()
    evidence.close()
    orders = [
        [
            (r["type"], r.get("message", r.get("tool")))
            for r in map(json.loads, (tmp_path / name).read_text().splitlines())
        ]
        for name in (path, "audit.jsonl")
    ]
    assert (
        orders[0] == orders[1] == [(e.type, e.to_dict().get("message", e.to_dict().get("tool"))) for e in sink.events]
    )
