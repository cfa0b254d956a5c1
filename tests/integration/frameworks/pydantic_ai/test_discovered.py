"""Agents that answer in a structure, and tools that need no argument."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pydantic_ai.tool_manager")

from pydantic import BaseModel

from pytest_agentsafety.adapters import describe_agent
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.runner.discover import discover

from ..kit import World
from .conftest import Kit


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not-needed")


class Advice(BaseModel):
    text: str
    risk: int


def structured_agent(world: World, **options: Any) -> Any:
    agent = Kit().note_agent(world, output_type=Advice, **options)

    @agent.tool_plain
    def list_notes(limit: int = 5) -> list[str]:
        """List the notes."""
        world.did.append(("list_notes", limit))
        return []

    return agent


def test_the_tool_it_answers_by_is_no_tool_of_its_own_and_no_argument_is_needed(world: World) -> None:
    agent = structured_agent(world)

    async def ask(task: str) -> str:
        return str((await agent.run(task)).output.text)

    found = discover(describe_agent(ask, id="mine", place="here"))
    names = {tool.name for tool in found.tools}
    assert "final_result" not in names
    assert "list_notes" in names
    assert found.gated == names
    assert world.did == []


def test_an_agent_that_wants_deps_says_so(world: World) -> None:
    agent = Kit().note_agent(world, deps_type=dict)

    @agent.instructions
    def name(ctx: Any) -> str:
        return str(ctx.deps["name"])

    with pytest.raises(ConfigError, match=r"the agent wants deps of type dict, and got none. Name a function"):
        discover(describe_agent(agent, id="mine", place="here"))
