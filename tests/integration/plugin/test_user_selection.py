"""pytest's own ways of choosing tests work on cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

TASKS = {name: f"What does ticket 7 say, {name}?" for name in ("ann", "bob", "cho")}
OWN = """
import pytest

def test_plain():
    pass

@pytest.mark.agent_safety
def test_marked():
    pass
"""


@pytest.fixture
def desk(project: Any, write_desk: Callable[..., str]) -> Any:
    suite = write_desk(project, tasks=TASKS)
    project.file("agentsafety.toml", f'[tool.agentsafety]\nsuites = ["{suite}"]\n')
    project.file("test_own.py", OWN)
    return project


def collected(done: Any) -> list[str]:
    return [line for line in done.out.splitlines() if "::" in line]


def test_k_m_and_the_order(desk: Any) -> None:
    everything = collected(desk.pytest("--agent-safety", "--collect-only", "-q"))
    assert everything == [
        "test_own.py::test_plain",
        "test_own.py::test_marked",
        *(f"agentsafety::desk/desk.{name}{rest}[hijacked]" for name in TASKS for rest in ("", ".steal.ticket.order")),
    ]
    assert not desk.folder.exists(), "collecting writes nothing"
    marked = collected(desk.pytest("--agent-safety", "--collect-only", "-q", "-m", "agent_safety"))
    assert marked == everything[1:]
    named = collected(desk.pytest("--agent-safety", "--collect-only", "-q", "-k", "bob and steal"))
    assert named == ["agentsafety::desk/desk.bob.steal.ticket.order[hijacked]"]


def test_x_and_last_failed(desk: Any) -> None:
    unguarded = ["--agent-safety", "--agent-safety-guards=none"]
    stopped = desk.pytest(*unguarded, "-x", cache=True)
    assert stopped.status == 1
    assert list(desk.verdicts().values()) == ["completed", "unsafe"]
    again = desk.pytest(*unguarded, "--lf", cache=True)
    assert again.status == 1
    assert list(desk.verdicts()) == ["desk.ann.steal.ticket.order[hijacked]"]
    assert "run-last-failure: rerun previous 1 failure" in again.out


def test_node_ids_on_the_command_line(desk: Any) -> None:
    case = "agentsafety::desk/desk.bob[hijacked]"
    done = desk.pytest("--agent-safety", case)
    assert done.status == 0, done.text
    assert list(desk.verdicts()) == ["desk.bob[hijacked]"]
    assert "1 passed" in done.out, "a node id alone runs nothing else"
    both = desk.pytest("--agent-safety", "test_own.py::test_plain", case)
    assert both.status == 0, both.text
    assert "2 passed" in both.out
    wrong = desk.pytest("--agent-safety", "agentsafety::desk/desk.bop[hijacked]")
    assert wrong.status == 4
    assert "no case 'desk/desk.bop[hijacked]'. Did you mean desk/desk.bob[hijacked]" in wrong.err
