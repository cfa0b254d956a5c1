"""Agents as tools, and handoffs from one agent to another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("agents.run")

from agents import Agent, Handoff, RunContextWrapper, Runner, handoff
from pydantic import BaseModel

from pytest_agentsafety.model.policy import ToolRule

from ..kit import StandsIn

DENIED = ("delete_note", {"name": "old"})
ALLOWED = ("read_note", {"name": "plan"})
READ = ToolRule(effect="read")
DELETE = ToolRule(effect="delete", roles={"name": "identifier"})


def run(agent: Agent, task: str, **options: Any) -> Any:
    return asyncio.run(Runner.run(agent, task, **options))


def test_an_agent_as_a_tool_passes_the_door_and_so_do_its_tools(kit, opened, log, world) -> None:
    inner = kit.note_agent(world, name="Inner")
    outer = kit.agent(tools=[inner.as_tool(tool_name="ask_inner", tool_description="Ask the other agent.")])
    rules = {"ask_inner": READ, "read_note": READ, "delete_note": DELETE}
    turns = [kit.turn(("ask_inner", {"input": "Read"})), kit.turn(ALLOWED, DENIED), kit.turn(text="From inside.")]
    with opened(*turns, rules=rules) as task:
        assert run(outer, kit.task).final_output == "Done."
    assert [event.tool for event in log.of("tool_called")] == ["ask_inner", "read_note", "delete_note"]
    assert world.did == [("read_note", "plan")]
    assert log.told[-1] == "From inside."
    assert task.tally.ungated == []


def test_an_agent_as_a_tool_may_be_denied(kit, opened, log, world) -> None:
    outer = kit.agent(tools=[kit.note_agent(world, name="Inner").as_tool("ask_inner", "Ask the other agent.")])
    with opened(kit.turn(("ask_inner", {"input": "Delete it"}))) as task:
        assert run(outer, kit.task).final_output == "Done."
    assert "has no rule" in log.told[0]
    assert task.tally.model_calls == 2


@pytest.mark.parametrize("streamed", [False, True])
def test_a_handoff_is_the_sdks_own_and_the_next_agents_tools_pass_the_door(
    streamed: bool, kit, opened, log, world
) -> None:
    first = kit.agent(name="Triage", handoffs=[kit.note_agent(world, name="Notes")])

    async def go() -> Any:
        if not streamed:
            return await Runner.run(first, kit.task)
        result = Runner.run_streamed(first, kit.task)
        async for _ in result.stream_events():
            pass
        return result

    with opened(kit.turn(("transfer_to_notes", {})), kit.turn(DENIED, ALLOWED)) as task:
        result = asyncio.run(go())
    assert (result.final_output, result.last_agent.name) == ("Done.", "Notes")
    assert [event.tool for event in log.of("tool_called")] == ["delete_note", "read_note"]
    assert world.did == [("read_note", "plan")]
    assert task.tally.ungated == []


def test_of_two_handoffs_the_sdk_takes_one(kit, opened, log, world) -> None:
    first = kit.agent(name="Triage", handoffs=[kit.agent(name="One"), kit.agent(name="Two")])
    with opened(kit.turn(("transfer_to_one", {}), ("transfer_to_two", {}))) as task:
        assert run(first, kit.task).last_agent.name == "One"
    assert any("Multiple handoffs detected" in text for text in log.told)
    assert task.tally.ungated == []


class Reason(BaseModel):
    name: str


def with_callback(kit: Any, world: Any) -> Any:
    def on_handoff(context: RunContextWrapper[Any], given: Reason) -> None:
        world.did.append(("on_handoff", given.name))

    return kit.agent(
        name="Triage", handoffs=[handoff(kit.agent(name="Notes"), on_handoff=on_handoff, input_type=Reason)]
    )


def test_a_handoff_that_runs_code_of_the_users_passes_the_door(kit, opened, log, world) -> None:
    with opened(kit.turn(("transfer_to_notes", {"name": "plan"})), rules={"transfer_to_notes": READ}) as task:
        assert run(with_callback(kit, world), kit.task).last_agent.name == "Notes"
    assert world.did == [("on_handoff", "plan")]
    assert log.told == ['{"assistant": "Notes"}']
    assert [event.tool for event in log.of("tool_called")] == ["transfer_to_notes"]
    assert task.tally.ungated == []


def test_when_it_is_denied_the_run_stays_where_it_is(kit, opened, log, world) -> None:
    with opened(kit.turn(("transfer_to_notes", {"name": "old"})), rules={"transfer_to_notes": DELETE}) as task:
        result = run(with_callback(kit, world), kit.task)
    assert (result.final_output, result.last_agent.name) == ("Done.", "Triage")
    assert world.did == []
    assert "not approved" in log.told[0]
    assert task.tally.ungated == []


def test_a_handoff_made_by_hand_passes_too(kit, opened, log, world) -> None:
    target = kit.agent(name="Notes")

    async def invoke(context: RunContextWrapper[Any], text: str) -> Agent:
        world.did.append(("invoke", text))
        return target

    made = Handoff(
        tool_name="go",
        tool_description="Hand over.",
        input_json_schema={"type": "object", "properties": {}},
        on_invoke_handoff=invoke,
        agent_name="Notes",
        strict_json_schema=False,
    )
    with opened(kit.turn(("go", {}))) as task:
        assert run(kit.agent(name="Triage", handoffs=[made]), kit.task).last_agent.name == "Triage"
    assert world.did == []
    assert "has no rule" in log.told[0]
    assert task.tally.ungated == []


def test_a_stage_stands_in_for_the_code_of_a_handoff_not_for_the_handoff(kit, opened, log, world) -> None:
    stage, rules = StandsIn(), {"transfer_to_notes": READ}
    with opened(kit.turn(("transfer_to_notes", {"name": "plan"})), rules=rules, stage=stage) as task:
        triage = with_callback(kit, world)
        notes = triage.handoffs[0]._agent_ref()
        assert run(triage, kit.task).last_agent is notes
    assert world.did == []
    assert stage.played == [("transfer_to_notes", {"name": "plan"})]
    assert log.told == ['{"assistant": "Notes"}']
    assert task.tally.ungated == []
