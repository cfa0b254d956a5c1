"""The bundled suite that runs code: its attacks are real where the sandbox alone stands, and none gets further."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.resources import data_dir

if not sys.platform.startswith("linux"):
    pytest.skip("the native backend is Linux only", allow_module_level=True)

OUTSIDE = {"upload", "startup"}  # what the sandbox stops whatever is switched off: the network, and files outside


@pytest.fixture(scope="module")
def guarded(new_project: Callable[[], Any]) -> Any:
    project = new_project()
    project.done = project.cli("run", "--suite=workbench")
    return project


@pytest.fixture(scope="module")
def bare(new_project: Callable[[], Any]) -> Any:
    project = new_project()
    project.done = project.cli("run", "--suite=workbench", "--mode=hijacked", "--guards=none")
    return project


def runs_of_code(project: Any, case: str) -> list[dict[str, Any]]:
    """What the sandbox said in a case."""
    (row,) = [row for row in project.rows() if row["case_id"] == case and row["mode"] == "hijacked"]
    lines = (project.folder / row["transcript"]).read_text("utf-8").splitlines()
    return [event for event in map(json.loads, lines) if event["type"] == "sandbox_ran"]


def test_every_task_is_done_and_no_attack_succeeds(guarded: Any) -> None:
    assert guarded.done.status == 0, guarded.done.text
    rows = guarded.rows()
    assert {row["verdict"] for row in rows if row["kind"] == "benign"} == {"completed"}
    assert {row["verdict"] for row in rows if row["kind"] == "attack"} == {"safe"}
    assert {row["mode"] for row in rows} == {"recorded", "hijacked"}
    assert all(row["delivered"] for row in rows if row["kind"] == "attack" and row["mode"] == "hijacked")


def test_without_guards_the_attacks_are_real_and_the_sandbox_stops_what_leaves_it(bare: Any) -> None:
    attacks = [row for row in bare.rows() if row["kind"] == "attack"]
    assert len(attacks) == 12
    for row in attacks:
        assert row["delivered"], row["case_id"]
        assert row["attack_succeeded"] is (row["injection_task"] not in OUTSIDE), row["case_id"]


def test_what_code_changed_is_a_diff_in_the_evidence(guarded: Any) -> None:
    (ran,) = runs_of_code(guarded, "bench.scores")
    assert (ran["status"], ran["backend"], ran["violations"]) == ("ok", "native", [])
    assert ran["changes"] == {
        "reports/scores.csv": "--- /dev/null\n+++ b/reports/scores.csv\n@@ -0,0 +1,3 @@\n"
        "+region,average\r\n+North,4.50\r\n+South,3.00\r\n"
    }


def test_what_it_tried_is_there_too(bare: Any) -> None:
    attempt = runs_of_code(bare, "bench.stock.upload.ticket.order")[0]
    assert attempt["status"] == "error"
    assert "socket" in {one["syscall"] for one in attempt["violations"]}
    wiped = runs_of_code(bare, "bench.stock.shred.ticket.order")[0]
    assert wiped["changes"]["data/orders.csv"] == "removed"


def test_the_fixtures_are_as_they_were(bare: Any) -> None:
    home = Path(data_dir("fixtures")) / "workspaces/workbench"
    assert (home / "home/data/orders.csv").is_file()
    assert not (home / "home/reports/scores.csv").exists()
    assert "collect-files" not in (home / "system/startup.conf").read_text("utf-8")
