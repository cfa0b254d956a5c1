"""`--agent-safety-output`: a new run keeps the one before; what only shows something touches nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FILES = {
    "results.jsonl", "transcripts", "audit.jsonl", "metrics.json", "checklist.json", "run.json", "report.html",
    "checklist.html", "sarif.json", "summary.md", "spans.jsonl",
}  # fmt: skip


def test_where_it_goes_and_what_happens_to_the_run_before(project: Any, write_desk: Callable[..., str]) -> None:
    options = ["--agent-safety", "--agent-safety-output=build/safety", f"--agent-safety-suite={write_desk(project)}"]
    project.output = "build/safety"
    step = project.root / "step.md"
    first = project.pytest(*options, GITHUB_STEP_SUMMARY=str(step))
    assert first.status == 0
    assert {path.name for path in project.folder.iterdir()} >= FILES
    assert "report           build/safety/report.html" in first.out
    assert step.read_text() == (project.folder / "summary.md").read_text()
    run_id = project.read("run.json")["run_id"]

    for shows in ("--help", "--fixtures", "--collect-only"):
        assert project.pytest(*options, shows).status == 0
    assert project.read("run.json")["run_id"] == run_id

    assert project.pytest(*options).status == 0
    assert project.read("run.json")["run_id"] != run_id
    project.output = "build/safety.previous"
    assert project.read("run.json")["run_id"] == run_id


@pytest.mark.parametrize("output", ["plain.txt/report", "full"])
def test_a_folder_that_cannot_be_used_is_a_usage_error(project: Any, output: str) -> None:
    mine = [project.file("plain.txt", "x"), project.file("full/thesis.txt", "mine")]
    done = project.pytest("--agent-safety", f"--agent-safety-output={output}")
    assert done.status == 4
    assert output in done.err
    assert "name another with --agent-safety-output" in done.err
    assert [path.read_text() for path in mine] == ["x", "mine"]
