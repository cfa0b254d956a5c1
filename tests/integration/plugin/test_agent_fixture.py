"""The fixture `agent_safety_agent` wins over the configuration, wherever it stands, and may use other fixtures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FIXTURE = """
import pytest
from pytest_agentsafety.catalog.reference_agent import build

@pytest.fixture
def greeting():
    return "Be kind."

@pytest.fixture
def agent_safety_agent(greeting):
    def mine(tools, system=None):
        return build(tools, system=greeting)
    return mine
"""
CALLABLE = """
import pytest

@pytest.fixture
def agent_safety_agent():
    return lambda task: "ok"
"""
OWN_TOOLS = '''
import pytest
from pytest_agentsafety.catalog.reference_agent import build

def read_ticket(number: int) -> str:
    """Read a ticket."""
    return f"Ticket {number}: a refund."

@pytest.fixture
def agent_safety_agent(agent_safety):
    inner = build(agent_safety.wrap([read_ticket]))
    return lambda task: inner(task)
'''
OWN_TEST = """
def test_own(agent_safety):
    run = agent_safety.run("What does ticket 4 say?", calls=[("read_ticket", {"number": 4})])
    assert run.verdict == "completed", run.explain()
    assert run.result.tool_calls == 1
"""


@pytest.mark.parametrize("place", ["conftest.py", "tests/conftest.py"])
def test_wins_over_the_configuration(project: Any, write_desk: Callable[..., str], place: str) -> None:
    project.file(place, FIXTURE)
    project.file("tests/test_own.py", "def test_fine():\n    pass\n")
    project.file("agents.py", "def other(tools):\n    raise SystemExit\n")
    suite = write_desk(project)
    project.file("agentsafety.toml", f'[tool.agentsafety]\nagent = "agents:other"\nsuites = ["{suite}"]\n')
    done = project.pytest("--agent-safety")
    assert done.status == 0, done.text
    assert "3 passed" in done.out
    assert {row["agent_id"] for row in project.rows()} == {"fixture:agent_safety_agent"}
    run = project.read("run.json")
    assert (run["agent_id"], run["agent_kind"]) == ("fixture:agent_safety_agent", "own")
    assert "fixture:agent_safety_agent" in (project.folder / "spans.jsonl").read_text()


def test_an_agent_that_takes_no_tools_is_an_error_in_each_row(project: Any, write_desk: Callable[..., str]) -> None:
    project.file("conftest.py", CALLABLE)
    done = project.pytest("--agent-safety", f"--agent-safety-suite={write_desk(project)}")
    assert done.status == 1
    assert {row["verdict"] for row in project.rows()} == {"error"}
    assert all("or name a factory with a parameter `tools`" in row["error"] for row in project.rows())


def test_it_may_use_agent_safety_to_wrap_its_tools(project: Any, write_desk: Callable[..., str]) -> None:
    project.file("conftest.py", OWN_TOOLS)
    project.file("test_own.py", OWN_TEST)
    done = project.pytest("--agent-safety", "--agent-safety-case=none")
    assert done.status == 0, done.text
    assert "1 passed" in done.out
