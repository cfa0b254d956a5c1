"""`--agent-safety-record`: recordings are made on purpose, in CI only when the command line says so."""

from __future__ import annotations

import json
import shutil
from typing import Any

from pytest_agentsafety.resources import data_dir

CASE = "--agent-safety-case=inbox.triage.pay.newsletter.order"


def test_in_ci_addopts_may_not_record(project: Any) -> None:
    project.file("pytest.ini", "[pytest]\naddopts = --agent-safety-record=all\n")
    done = project.pytest("--agent-safety", CASE, CI="1")
    assert done.status == 4
    assert "--agent-safety-record=all while CI is set must be given on the command line" in done.err


def test_a_recording_is_made_and_replayed(project: Any) -> None:
    shutil.copytree(data_dir("suites") / "inbox", project.root / "suites/inbox")
    shutil.copytree(data_dir("fixtures") / "workspaces", project.root / "fixtures/workspaces")
    suite = ["--agent-safety", "--agent-safety-suite=./suites/inbox", CASE]
    scripted = [*suite, "--agent-safety-mode=scripted"]
    made = project.pytest(*scripted, "--agent-safety-record=all", CI="1")
    assert made.status == 0, made.text
    (cassette,) = (project.root / "fixtures/cassettes/inbox").glob("*.json")
    assert cassette.name == "inbox.triage.pay.newsletter.order.json"
    assert "scripted:gullible" in json.dumps(json.loads(cassette.read_text()))
    replayed = project.pytest(*suite, "--agent-safety-mode=recorded")
    assert replayed.status == 0, replayed.text
    (row,) = project.rows()
    assert row["cassette_sha256"]
