"""Merging workers: deterministic, repeatable, and no way to launder a broken chain."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.events import Event, Notice
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.tasks import CaseRun
from pytest_agentsafety.recorders import Evidence, merge_workers, read_results, verify_audit, worker_folder

Runs = Callable[..., CaseRun]
Rows = Callable[..., CaseResult]
Events = Callable[..., list[Event]]
RunCases = Callable[..., dict[str, Any]]


@pytest.fixture
def run_cases(tmp_path: Path, make_run: Runs, make_row: Rows, make_events: Events) -> RunCases:
    """Let a worker run cases; returns the head of its chain."""

    def run(worker: str, *case_ids: str, **row: Any) -> dict[str, Any]:
        evidence = Evidence(worker_folder(tmp_path, worker) if worker else tmp_path, mask=str)
        for case_id in case_ids:
            path = evidence.begin_case(make_run(case_id))
            for event in make_events(f"{worker}-{case_id}", case_id):
                evidence.emit(event)
            evidence.end_case(make_row(case_id, transcript=path, **row))
        evidence.close()
        return evidence.audit_head

    return run


def snapshot(folder: Path) -> dict[str, bytes]:
    files = [p for p in folder.rglob("*") if p.is_file() and "workers" not in p.relative_to(folder).parts]
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def case_ids(folder: Path) -> list[str]:
    return [row.case_id for row in read_results(folder / "results.jsonl")]


def test_everything_comes_together(tmp_path: Path, run_cases: RunCases) -> None:
    heads = {"gw1": run_cases("gw1", "s.b", "s.d"), "gw0": run_cases("gw0", "s.c", "s.a")}
    report = merge_workers(tmp_path, heads=heads)
    assert (report.ok, report.results, report.transcripts, report.records) == (True, 4, 4, 28)
    assert case_ids(tmp_path) == ["s.a", "s.b", "s.c", "s.d"]
    assert all(a.anchored for a in report.audits.values())
    for row in read_results(tmp_path / "results.jsonl"):
        assert row.transcript is not None
        assert f'"case_id":"{row.case_id}"' in (tmp_path / row.transcript).read_text()
    assert verify_audit(tmp_path / "audit.jsonl", report.head).ok


def test_a_given_order_wins_and_the_rest_follows_sorted(tmp_path: Path, run_cases: RunCases) -> None:
    run_cases("gw0", "s.a", "s.b", "s.c", "s.d")
    merge_workers(tmp_path, order=[("s.d", "hijacked", 1, ""), ("s.b", "hijacked", 1, "")])
    assert case_ids(tmp_path) == ["s.d", "s.b", "s.a", "s.c"]


def test_the_top_chain_keeps_worker_number_and_hash(tmp_path: Path, run_cases: RunCases) -> None:
    for worker in ("gw10", "gw2"):
        run_cases(worker, f"s.{worker}")
    merge_workers(tmp_path)
    records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert [r["worker"] for r in records] == ["gw2"] * 7 + ["gw10"] * 7
    assert [r["worker_seq"] for r in records] == [*range(1, 8), *range(1, 8)]
    originals = (tmp_path / "workers" / "gw2" / "audit.jsonl").read_text().splitlines()
    assert [r["worker_hash"] for r in records[:7]] == [json.loads(line)["hash"] for line in originals]
    assert [r["seq"] for r in records] == list(range(1, 15))


def test_merging_again_changes_nothing(tmp_path: Path, run_cases: RunCases) -> None:
    run_cases("", "s.own")
    run_cases("gw0", "s.a")
    run_cases("gw1", "s.b")
    first = merge_workers(tmp_path)
    before = snapshot(tmp_path)
    assert case_ids(tmp_path) == ["s.a", "s.b", "s.own"]
    assert merge_workers(tmp_path) == first
    assert snapshot(tmp_path) == before
    assert first.records == 21


def test_a_worker_that_came_later_is_added(tmp_path: Path, run_cases: RunCases) -> None:
    run_cases("gw0", "s.a")
    merge_workers(tmp_path)
    run_cases("gw1", "s.b")
    assert merge_workers(tmp_path).results == 2
    assert case_ids(tmp_path) == ["s.a", "s.b"]


def test_torn_worker_files_are_tolerated_with_a_warning(tmp_path: Path, run_cases: RunCases) -> None:
    run_cases("gw0", "s.a", "s.b")
    for name in ("results.jsonl", "audit.jsonl"):
        path = tmp_path / "workers" / "gw0" / name
        path.write_bytes(path.read_bytes()[:-10])
    with pytest.warns(UserWarning, match="torn last line") as caught:
        report = merge_workers(tmp_path)
    assert {str(w.message).split(":")[0].rpartition("/")[2] for w in caught} == {"results.jsonl", "audit.jsonl"}
    assert case_ids(tmp_path) == ["s.a"]
    assert report.records == 13
    assert verify_audit(tmp_path / "audit.jsonl", report.head).ok


def test_a_worker_that_left_nothing_is_no_worker(tmp_path: Path, run_cases: RunCases) -> None:
    run_cases("gw0", "s.a")
    worker_folder(tmp_path, "gw1")
    report = merge_workers(tmp_path)
    assert set(report.audits) == {"gw0"}
    assert verify_audit(tmp_path / "audit.jsonl", report.head).ok


def test_a_worker_whose_files_are_gone_shows_against_its_head(tmp_path: Path, run_cases: RunCases) -> None:
    heads = {"gw0": run_cases("gw0", "s.a"), "gw1": run_cases("gw1", "s.b")}
    shutil.rmtree(tmp_path / "workers" / "gw1")
    worker_folder(tmp_path, "gw1")
    report = merge_workers(tmp_path, heads=heads)
    assert [p.kind for p in report.audits["gw1"].problems] == ["missing"]
    assert not verify_audit(tmp_path / "audit.jsonl", report.head).ok


def test_a_broken_worker_chain_stays_broken_at_the_top(tmp_path: Path, run_cases: RunCases) -> None:
    run_cases("gw0", "s.a")
    path = tmp_path / "workers" / "gw0" / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"outcome":"denied"', b'"outcome":"allowed"'))
    report = merge_workers(tmp_path)
    assert not report.ok
    top = verify_audit(tmp_path / "audit.jsonl", report.head)
    assert [p.kind for p in top.problems] == ["worker"]
    assert "worker gw0, line 5: changed" in top.problems[0].message
    assert merge_workers(tmp_path).head == report.head


def test_a_worker_chain_cut_short_shows_against_its_head(tmp_path: Path, run_cases: RunCases) -> None:
    head = run_cases("gw0", "s.a")
    path = tmp_path / "workers" / "gw0" / "audit.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))
    assert merge_workers(tmp_path).ok
    assert not merge_workers(tmp_path, heads={"gw0": head}).ok


@pytest.mark.parametrize(("first", "second"), [("safe", "unsafe"), ("unsafe", "safe")])
def test_the_failing_row_wins(tmp_path: Path, run_cases: RunCases, first: str, second: str) -> None:
    run_cases("gw0", "s.a", verdict=first)
    run_cases("gw1", "s.a", verdict=second)
    with pytest.warns(UserWarning, match=r"s\.a\[hijacked\] was run by worker gw0 and worker gw1"):
        report = merge_workers(tmp_path)
    (row,) = read_results(tmp_path / "results.jsonl")
    assert row.verdict == "unsafe"
    assert row.transcript is not None
    owner = "gw1" if second == "unsafe" else "gw0"
    assert f'"task_id":"{owner}-s.a"' in (tmp_path / row.transcript).read_text()
    assert report.transcripts == 2
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        merge_workers(tmp_path)
    assert read_results(tmp_path / "results.jsonl") == [row]


def test_without_workers_the_folder_stays_as_it_is(tmp_path: Path, run_cases: RunCases) -> None:
    head = run_cases("", "s.b", "s.a")
    report = merge_workers(tmp_path, order=[("s.b", "hijacked", 1, "")])
    assert report.head == head
    assert case_ids(tmp_path) == ["s.b", "s.a"]


def test_no_links_no_matter(tmp_path: Path, run_cases: RunCases, monkeypatch: pytest.MonkeyPatch) -> None:
    run_cases("gw0", "s.a")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    merge_workers(tmp_path)
    shutil.rmtree(tmp_path / "workers")
    (row,) = read_results(tmp_path / "results.jsonl")
    assert (tmp_path / str(row.transcript)).read_text().count("\n") == 7


def test_the_controllers_own_records_come_first(tmp_path: Path, run_cases: RunCases) -> None:
    evidence = Evidence(tmp_path, mask=str)
    evidence.emit(Notice(level="info", message="session"))
    evidence.close()
    run_cases("gw0", "s.a")
    merge_workers(tmp_path)
    first = json.loads((tmp_path / "audit.jsonl").read_text().splitlines()[0])
    assert first["message"] == "session"
    assert "worker" not in first
