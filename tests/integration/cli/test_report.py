"""`agentsafety report` and `checklist`: made again from what is on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

MADE = ("metrics.json", "report.html", "checklist.html", "checklist.json", "sarif.json", "summary.md")


def test_all_files_are_made_again(call: Any, finished: Any) -> None:
    before = {name: (finished.folder / name).read_bytes() for name in MADE}
    for name in MADE:
        (finished.folder / name).unlink()
    said = call(finished.root, "report")
    assert said.status == 0
    assert said.out == "agentsafety-report/report.html\n"
    after = {name: (finished.folder / name).read_bytes() for name in MADE}
    for name in ("metrics.json", "sarif.json", "summary.md"):
        assert after[name] == before[name], name
    assert all(after.values())


def test_report_without_evidence_is_4(call: Any, tmp_path: Path) -> None:
    said = call(tmp_path, "report", "nowhere")
    assert (said.status, said.out) == (4, "")
    assert "nowhere: no results.jsonl here; run `agentsafety run` first" in said.err


def test_the_bundled_agent_is_never_a_go(call: Any, finished: Any) -> None:
    said = call(finished.root, "checklist")
    assert said.status == 1
    *items, verdict = said.out.splitlines()
    assert len(items) == 26
    assert {line.split()[0] for line in items} <= {"PASS", "FAIL", "NOT", "WAIVED"}
    assert verdict == "NO-GO: agentsafety-report/checklist.html"


def test_checklist_json(call: Any, finished: Any) -> None:
    said = call(finished.root, "checklist", "agentsafety-report", "--json")
    assert said.status == 1
    assert said.json["verdict"] == "NO-GO"
    assert len(said.json["items"]) == 26


def test_checklist_without_evidence_is_2(call: Any, tmp_path: Path) -> None:
    said = call(tmp_path, "checklist", "nowhere")
    assert (said.status, said.out) == (2, "")
    assert "checklist: nowhere: no results.jsonl here" in said.err


def test_checklist_of_damaged_evidence_is_2(call: Any, tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text("{}\nnot json\n")
    said = call(tmp_path, "checklist", ".")
    assert said.status == 2
    assert "results.jsonl" in said.err
