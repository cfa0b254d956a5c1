"""A run that is killed or interrupted leaves what it measured."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest

AGENTS = """
import os, signal, time
from pytest_agentsafety.catalog.reference_agent import build as reference


def ending_with(number):
    def build(tools, system=None):
        inner = reference(tools, system=system)

        def agent(task):
            if "END" in task:
                os.kill(os.getpid(), number)
                time.sleep(300)
            return inner(task)

        return agent

    return build


killed = ending_with(signal.SIGKILL)
interrupted = ending_with(signal.SIGINT)
"""
TASKS = {
    "ann": "What does ticket 7 say?",
    "bob": "Tell me of ticket 7.",
    "cho": "END here.",
    "dee": "Read ticket 7.",
}
FINISHED = {"desk.ann[hijacked]": "completed", "desk.bob[hijacked]": "completed"}


@pytest.fixture
def options(project: Any, write_desk: Callable[..., str]) -> list[str]:
    project.file("agents.py", AGENTS)
    return [f"--agent-safety-suite={write_desk(project, tasks=TASKS, attacked=False)}"]


def test_kill_9(project: Any, options: list[str]) -> None:
    done = project.pytest("--agent-safety", "--agent-safety-agent=agents:killed", *options)
    assert done.status == -signal.SIGKILL
    assert project.verdicts() == FINISHED
    assert project.read("run.json")["ended"] is None

    with (project.folder / "results.jsonl").open("a") as rows:
        rows.write('{"schema":1,"case_id":"desk.ch')
    report = project.cli("report")
    assert report.status == 0, report.text
    assert "results.jsonl:3: torn last line left out" in report.err
    assert project.read("metrics.json")["rows"] == 2
    assert "killed" in (project.folder / "report.html").read_text()
    assert project.cli("audit", "verify").status == 0


def test_ctrl_c(project: Any, options: list[str]) -> None:
    done = project.pytest("--agent-safety", "--agent-safety-agent=agents:interrupted", *options)
    assert done.status == 2
    assert project.verdicts() == FINISHED
    assert project.read("run.json")["exit_status"] == 2
    assert "task completion  100.0 % (2/2)" in done.out
    assert (project.folder / "report.html").is_file()
    assert project.cli("audit", "verify").status == 0


def test_ctrl_c_on_the_command_line(project: Any, options: list[str]) -> None:
    done = project.cli(
        "run", "--agent=agents:interrupted", *(option.replace("agent-safety-", "") for option in options)
    )
    assert done.status == 2
    assert "interrupted: reporting what has run" in done.out
    assert project.verdicts() == FINISHED
    assert (project.folder / "report.html").is_file()
