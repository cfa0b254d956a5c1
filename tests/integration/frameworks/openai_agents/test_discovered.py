"""Agents that hand over to each other are asked for all their tools, and led to each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("agents.run")

from pytest_agentsafety.adapters import describe_agent
from pytest_agentsafety.runner.discover import Discovered, discover

from ..kit import World


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OPENAI_API_KEY", "not-needed")
    return


def asked(agent: Any) -> Discovered:
    """Through a function of the user's, which no adapter looks into."""
    box = {"agent": agent}

    async def ask(task: str) -> str:
        from agents import Runner

        result = await Runner.run(box["agent"], task)
        return str(result.final_output)

    return discover(describe_agent(ask, id="mine", place="here"))


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_tools_behind_a_handoff_are_found_tried_and_known_how_to_reach(world: World, api: str) -> None:
    from .conftest import Kit

    kit = Kit(api)
    read, send, delete = kit.note_tools(world)
    desk = kit.agent(name="Desk", tools=[send, delete])
    found = asked(kit.agent(name="Triage", tools=[read], handoffs=[desk]))
    assert sorted(tool.name for tool in found.tools) == ["delete_note", "read_note", "send_mail"]
    assert found.gated == {"read_note", "send_mail", "delete_note"}
    assert found.ways == {"send_mail": "transfer_to_desk", "delete_note": "transfer_to_desk"}
    assert world.did == []


def test_of_a_function_the_agents_that_it_names_are_known(world: World) -> None:
    from pytest_agentsafety.adapters.frameworks import tools_in

    from .conftest import Kit

    kit = Kit("responses")
    read, send, delete = kit.note_tools(world)
    desk = kit.agent(name="Desk", tools=[send, delete])
    triage = kit.agent(name="Triage", tools=[read], handoffs=[desk])
    desk.handoffs.append(triage)  # and back

    async def ask(task: str) -> Any:
        return triage, task

    assert [spec.name for spec in tools_in(ask) or ()] == ["read_note", "send_mail", "delete_note"]
