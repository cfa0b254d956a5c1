"""`--agent-safety-agent` and the configuration's `agent`: which one is tested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

AGENTS = """
import anthropic
from pytest_agentsafety.catalog.reference_agent import build

early = anthropic.Anthropic()  # made before any case, without a key


def other(tools, system=None):
    return build(tools, system=system)


def plain(task):
    return "ok"


def early_client(tools, system=None):
    def agent(task):
        question = [{"role": "user", "content": task}]
        reply = early.messages.create(model="claude-sonnet-5-5", max_tokens=99, messages=question)
        return "a refund: " + str(reply.stop_reason)
    return agent
"""


def test_the_option_beats_the_configuration(project: Any, write_desk: Callable[..., str]) -> None:
    project.file("agents.py", AGENTS)
    suite = write_desk(project)
    project.file("agentsafety.toml", f'[tool.agentsafety]\nagent = "agents:missing"\nsuites = ["{suite}"]\n')
    done = project.pytest("--agent-safety", "--agent-safety-agent=agents:early_client", "--agent-safety-case=desk.read")
    assert done.status == 0, done.text
    assert "agentsafety: agent agents:early_client; suites desk" in done.out
    assert {row["agent_id"] for row in project.rows()} == {"agents:early_client"}
    run = project.read("run.json")
    assert (run["agent_id"], run["agent_kind"]) == ("agents:early_client", "own")

    unknown = project.pytest("--agent-safety")
    assert unknown.status == 4
    assert "unknown attribute of agents 'missing'" in unknown.err
    assert "agentsafety.toml" in unknown.err


def test_suites_are_left_out_for_an_agent_that_takes_no_tools(project: Any) -> None:
    project.file("agents.py", AGENTS)
    option = "--agent-safety-agent=agents:plain"
    defaulted = project.pytest("--agent-safety", option)
    assert defaulted.status == 1
    assert "suite generated left out: agent 'agents:plain': to find its tools it was called" in defaulted.out
    assert "no case was run" in defaulted.out
    named = project.pytest("--agent-safety", option, "--agent-safety-suite=inbox")
    assert named.status == 4
    assert "--agent-safety-suite: inbox: these suites bring their own tools" in named.err
