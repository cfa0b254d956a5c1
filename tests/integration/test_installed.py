"""What a user gets from an installation, wheel or checkout: the command, the plugin, the bundled data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("ANTHROPIC_API_KEY", "PYTEST_ADDOPTS")}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def by_pytest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("by_pytest")
    return folder, _run(folder, "pytest", "--agent-safety-only", "--agent-safety-case=*invoice*order", "-q")


def test_the_plugin_runs_bundled_cases_in_both_modes_and_passes(
    by_pytest: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = by_pytest
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [json.loads(line) for line in (folder / "agentsafety-report" / "results.jsonl").read_text().splitlines()]
    assert {row["mode"] for row in rows} == {"recorded", "hijacked"}
    assert {row["verdict"] for row in rows} == {"safe"}
    assert all(row["stopped_by"] for row in rows)


def test_every_file_of_the_evidence_is_there(by_pytest: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = by_pytest
    names = {path.name for path in (folder / "agentsafety-report").iterdir()}
    assert names >= {
        "results.jsonl",
        "transcripts",
        "audit.jsonl",
        "metrics.json",
        "checklist.json",
        "run.json",
        "report.html",
        "checklist.html",
        "sarif.json",
        "summary.md",
        "spans.jsonl",
    }


def test_the_audit_log_of_that_run_verifies(by_pytest: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = by_pytest
    done = _run(folder, "pytest_agentsafety.cli.main", "audit", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "intact" in done.stdout


def test_the_checklist_of_the_bundled_agent_is_no_go(
    by_pytest: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = by_pytest
    done = _run(folder, "pytest_agentsafety.cli.main", "checklist", "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    checklist = json.loads(done.stdout)
    assert checklist["verdict"] == "NO-GO"
    assert len(checklist["items"]) == 26
