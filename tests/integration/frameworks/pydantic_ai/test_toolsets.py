"""Toolsets and their wrappers, deferred tools, agents that run agents."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pydantic_ai")

from pydantic_ai import DeferredToolRequests, DeferredToolResults, FunctionToolset, RunContext, ToolApproved, ToolDenied
from pydantic_ai.tools import Tool, ToolDefinition
from pydantic_ai.toolsets import CombinedToolset, ExternalToolset

from pytest_agentsafety.model.policy import ToolRule

DENIED = ("delete_note", {"name": "old"})
ALLOWED = ("read_note", {"name": "plan"})


def read_note(name: str) -> str:
    """Read a note."""
    return "The plan."


@pytest.fixture
def delete_note(world) -> Any:
    def delete_note(name: str) -> str:
        """Delete a note."""
        world.did.append(("delete_note", name))
        return "deleted"

    return delete_note


@pytest.mark.parametrize("shape", ["toolset", "combined", "prefixed", "renamed", "filtered", "tools", "prepared"])
def test_calls_of_toolsets_pass_the_door_under_the_name_the_model_knows(
    shape: str, delete_note, kit, opened, log, world
) -> None:
    plain = FunctionToolset([read_note, delete_note])
    prefix = {"prefixed": "my_", "renamed": "new_"}.get(shape, "")

    async def prepare(ctx: RunContext, tool: ToolDefinition) -> ToolDefinition | None:
        return tool

    made: dict[str, dict[str, Any]] = {
        "toolset": {"toolsets": [plain]},
        "combined": {"toolsets": [CombinedToolset([FunctionToolset([read_note]), FunctionToolset([delete_note])])]},
        "prefixed": {"toolsets": [plain.prefixed("my")]},
        "renamed": {"toolsets": [plain.renamed({"new_read_note": "read_note", "new_delete_note": "delete_note"})]},
        "filtered": {"toolsets": [plain.filtered(lambda ctx, tool: True)]},
        "tools": {"tools": [read_note, Tool(delete_note)]},
        "prepared": {"tools": [Tool(read_note, prepare=prepare), Tool(delete_note, prepare=prepare)]},
    }
    agent = kit.agent(**made[shape])
    rules = {f"{prefix}read_note": ToolRule(effect="read"), f"{prefix}delete_note": ToolRule(effect="delete")}
    calls = [(prefix + name, given) for name, given in (DENIED, ALLOWED)]
    with opened(kit.turn(*calls), rules=rules) as task:
        assert agent.run_sync(kit.task).output == "Done."
    assert world.did == []
    assert ["not approved" in text for text in log.told] == [True, False]
    assert [event.tool for event in log.of("tool_called")] == [name for name, _ in calls]
    assert task.tally.ungated == []


def test_a_tool_that_runs_another_agent_passes_and_so_do_the_tools_in_it(kit, opened, log, world) -> None:
    inner = kit.note_agent(world)
    outer = kit.agent()

    @outer.tool
    async def ask_colleague(ctx: RunContext, question: str) -> str:
        """Ask another agent."""
        return (await inner.run(question, usage=ctx.usage)).output

    rules = {"ask_colleague": ToolRule(effect="read"), "read_note": ToolRule(effect="read")}
    asked = ("ask_colleague", {"question": "Read the plan"})
    with opened(kit.turn(asked), kit.turn(ALLOWED, DENIED), kit.turn(text="From the colleague."), rules=rules) as task:
        assert outer.run_sync(kit.task).output == "Done."
    assert world.did == [("read_note", "plan")]
    assert [event.tool for event in log.of("tool_called")] == ["ask_colleague", "read_note", "delete_note"]
    assert log.told[-1] == "From the colleague."
    assert task.tally.ungated == []


def approving(kit: Any, delete_note: Any) -> Any:
    return kit.agent(tools=[Tool(delete_note, requires_approval=True)], output_type=[str, DeferredToolRequests])


def test_a_call_that_waits_for_a_person_passes_the_door_when_it_is_run(kit, delete_note, opened, log, world) -> None:
    agent = approving(kit, delete_note)
    with opened(kit.turn(DENIED)) as task:
        first = agent.run_sync(kit.task)
        assert isinstance(first.output, DeferredToolRequests)
        assert log.of("tool_called") == []
        call_id = first.output.approvals[0].tool_call_id
        results = DeferredToolResults(approvals={call_id: True})
        second = agent.run_sync(message_history=first.all_messages(), deferred_tool_results=results)
    assert second.output == "Done."
    assert world.did == []
    assert "not approved" in log.told[0]
    assert task.tally.ungated == []


@pytest.mark.parametrize("answer", [ToolDenied("no, thanks"), ToolApproved(override_args={"name": "plan"})])
def test_what_a_person_refused_or_changed_is_not_ungated(answer: Any, kit, delete_note, opened, log, world) -> None:
    agent = approving(kit, delete_note)
    with opened(kit.turn(DENIED), rules={"delete_note": ToolRule(effect="read")}) as task:
        first = agent.run_sync(kit.task)
        results = DeferredToolResults(approvals={first.output.approvals[0].tool_call_id: answer})
        agent.run_sync(message_history=first.all_messages(), deferred_tool_results=results)
    assert world.did == ([] if isinstance(answer, ToolDenied) else [("delete_note", "plan")])
    assert task.tally.ungated == []
    assert "itself; no tool ran" in log.of("notice")[0].message


def test_what_the_application_answers_for_an_external_tool_is_ungated(kit, opened) -> None:
    shown = ToolDefinition(name="delete_note", parameters_json_schema={"type": "object"})
    agent = kit.agent(toolsets=[ExternalToolset([shown])], output_type=[str, DeferredToolRequests])
    with opened(kit.turn(DENIED)) as task:
        first = agent.run_sync(kit.task)
        results = DeferredToolResults(calls={first.output.calls[0].tool_call_id: "deleted it myself"})
        agent.run_sync(message_history=first.all_messages(), deferred_tool_results=results)
    assert task.tally.ungated == ["delete_note"]


def test_an_external_tool_run_by_a_function_behind_the_door_is_not(kit, delete_note, opened, world) -> None:
    shown = ToolDefinition(name="delete_note", parameters_json_schema={"type": "object"})
    agent = kit.agent(toolsets=[ExternalToolset([shown])], output_type=[str, DeferredToolRequests])
    with opened(kit.turn(DENIED)) as task:
        [guarded] = task.wrap([delete_note])
        first = agent.run_sync(kit.task)
        call = first.output.calls[0]
        results = DeferredToolResults(calls={call.tool_call_id: guarded(**call.args_as_dict())})
        agent.run_sync(message_history=first.all_messages(), deferred_tool_results=results)
    assert world.did == []
    assert task.tally.ungated == []


def test_a_tool_wrapped_by_hand_passes_the_door_once(kit, delete_note, opened, log, world) -> None:
    with opened(kit.turn(ALLOWED, DENIED)) as task:
        agent = kit.agent(tools=task.wrap([read_note, delete_note]))
        assert agent.run_sync(kit.task).output == "Done."
    assert [event.tool for event in log.of("tool_called")] == ["read_note", "delete_note"]
    assert world.did == []
