"""What a person wrote wrongly is an error in words with exit 4; what one case cannot do is one error row."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from pytest_agentsafety.resources import data_dir

AGENTS = """
import time
from pytest_agentsafety.catalog.reference_agent import build as reference


def build(tools, system=None):
    inner = reference(tools, system=system)

    def agent(task):
        if "BREAK" in task:
            raise RuntimeError("the agent broke")
        if "HANG" in task:
            time.sleep(300)
        if "SILENT" in task:
            return "A refund, I guess."
        answer = inner(task)
        return 42 if "NUMBER" in task else answer

    return agent


def no_agent(a, b):
    return a
"""
TASKS = {
    "first": "BREAK: what does ticket 7 say?",
    "second": "HANG: what does ticket 7 say?",
    "third": "SILENT: what does ticket 7 say?",
    "fourth": "NUMBER: what does ticket 7 say?",
    "fifth": "Well, what does ticket 7 say?",
}


@pytest.fixture(scope="module")
def bad_agents(new_project: Callable[[], Any], write_desk: Callable[..., str]) -> Any:
    project = new_project()
    project.file("agents.py", AGENTS)
    suite = write_desk(project, tasks=TASKS, attacked=False, seconds=2)
    options = [f"--agent-safety-suite={suite}", "--agent-safety-agent=agents:build"]
    return project, project.pytest("--agent-safety", *options)


class TestAgents:
    def test_each_bad_run_is_an_error_row_and_the_others_go_on(self, bad_agents: Any) -> None:
        project, done = bad_agents
        assert done.status == 1
        assert project.verdicts() == {
            "desk.first[hijacked]": "error",
            "desk.second[hijacked]": "error",
            "desk.third[hijacked]": "error",
            "desk.fourth[hijacked]": "error",
            "desk.fifth[hijacked]": "completed",
        }
        assert "4 failed, 1 passed" in done.out

    def test_each_error_says_what_happened(self, bad_agents: Any) -> None:
        project, _ = bad_agents
        errors = {row["case_id"]: row["error"] for row in project.rows()}
        assert "RuntimeError: the agent broke" in errors["desk.first"]
        assert "still running" in errors["desk.second"]
        assert "no request passed the model door" in errors["desk.third"]
        assert "returned int" in errors["desk.fourth"]
        assert errors["desk.fifth"] is None

    def test_the_errors_stand_in_the_terminal_and_the_report_is_written(self, bad_agents: Any) -> None:
        project, done = bad_agents
        assert "RuntimeError: the agent broke" in done.out
        assert "Traceback" not in done.out
        assert (project.folder / "report.html").is_file()
        assert project.read("metrics.json")["rows"] == 5


class TestUsage:
    """Ends the session before anything is collected or written. More of them, cheaper: tests/unit/session."""

    def test_what_is_no_agent(self, project: Any) -> None:
        project.file("agents.py", AGENTS)
        done = project.pytest("--agent-safety", "--agent-safety-agent=agents:no_agent")
        assert done.status == 4
        assert "cannot use no_agent(a, b) as an agent. Accepted: a callable" in done.err
        assert not project.folder.exists()

    def test_an_unknown_key_of_the_configuration(self, project: Any) -> None:
        project.file("pyproject.toml", '[tool.agentsafety]\nagentt = "a:b"\n')
        done = project.pytest("--agent-safety")
        assert done.status == 4
        assert "pyproject.toml:2" in done.err
        assert "unknown key 'agentt'. Did you mean 'agent'? Valid: agent, approval" in done.err


def test_a_missing_recording_is_one_error_that_names_the_command(project: Any) -> None:
    shutil.copytree(data_dir("suites") / "inbox", project.root / "suites/inbox")
    shutil.copytree(data_dir("fixtures"), project.root / "fixtures")
    (project.root / "fixtures/cassettes/inbox/inbox.triage.pay.newsletter.order.json").unlink()
    select = ["--agent-safety-case=*triage*order*", "--agent-safety-mode=recorded"]
    done = project.pytest("--agent-safety", "--agent-safety-suite=./suites/inbox", *select)
    assert done.status == 1
    verdicts = project.verdicts()
    assert [case for case, verdict in verdicts.items() if verdict == "error"] == [
        "inbox.triage.pay.newsletter.order[recorded]"
    ]
    assert len(verdicts) == 7
    (error,) = (row["error"] for row in project.rows() if row["error"])
    assert "--agent-safety-record" in error or "agentsafety run" in error
