"""Structured output: output tools are no tools of the user's, output functions are run like tools."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("pydantic_ai")

from pydantic import BaseModel
from pydantic_ai import ModelRetry, ToolOutput

from pytest_agentsafety.model.policy import ToolRule

FINAL = ("final_result", {"title": "plan", "words": 3})


class Summary(BaseModel):
    title: str
    words: int


def test_an_output_tool_is_neither_gated_nor_ungated_in_later_runs(kit, opened, log) -> None:
    agent = kit.agent(output_type=Summary)
    with opened(kit.turn(FINAL), kit.turn(FINAL)) as task:
        first = agent.run_sync(kit.task)
        second = agent.run_sync("And again", message_history=first.all_messages())
    assert first.output == second.output == Summary(title="plan", words=3)
    assert log.of("tool_called") == []
    assert log.told == ["Final result processed."]
    assert task.tally.ungated == []


def test_a_wrong_output_is_sent_back_by_the_framework(kit, opened, log) -> None:
    agent = kit.agent(output_type=Summary)
    with opened(kit.turn(("final_result", {"title": "plan"})), kit.turn(FINAL)) as task:
        assert agent.run_sync(kit.task).output == Summary(title="plan", words=3)
    assert "Field required" in log.told[0]
    assert task.tally.ungated == []


def test_tools_called_beside_the_output(kit, opened, log, world) -> None:
    """The framework may skip them, and says so; in a later request that is no result of a tool."""
    agent = kit.note_agent(world, output_type=Summary, end_strategy="early")
    with opened(kit.turn(FINAL, ("delete_note", {"name": "old"})), kit.turn(FINAL)) as task:
        first = agent.run_sync(kit.task)
        agent.run_sync("And again", message_history=first.all_messages())
    assert world.did == []
    assert log.of("tool_called") == []
    assert any("not executed" in text for text in log.told)
    assert task.tally.ungated == []


def test_a_streamed_output(kit, opened, log) -> None:
    agent = kit.agent(output_type=Summary)

    async def run() -> Summary:
        async with agent.run_stream(kit.task) as stream:
            return await stream.get_output()

    with opened(kit.turn(FINAL)) as task:
        assert asyncio.run(run()) == Summary(title="plan", words=3)
    assert task.tally.ungated == []


RULES = {"final_result": ToolRule(effect="delete", roles={"name": "identifier"})}


def test_an_output_function_that_is_denied_is_not_run_and_the_model_is_told(kit, opened, log, world) -> None:
    def remove(name: str) -> str:
        """Remove a note, finally."""
        world.did.append(("remove", name))
        return f"removed {name}"

    agent = kit.agent(output_type=[remove, str], retries=2)
    with opened(kit.turn(("final_result", {"name": "old"})), rules=RULES) as task:
        assert agent.run_sync(kit.task).output == "Done."
    assert world.did == []
    assert "not approved" in log.told[0]
    assert task.tally.ungated == []


def test_an_output_function_that_may_run_gives_the_output(kit, opened, log, world) -> None:
    def remove(name: str) -> Summary:
        """Remove a note, finally."""
        if name == "wrong":
            raise ModelRetry("another one")
        world.did.append(("remove", name))
        return Summary(title=name, words=1)

    agent = kit.agent(output_type=ToolOutput(remove, name="remove"), retries=2)
    rules = {"remove": ToolRule(effect="read")}
    turns = [kit.turn(("remove", {"name": "wrong"})), kit.turn(("remove", {"name": "plan"}))]
    with opened(*turns, rules=rules) as task:
        assert agent.run_sync(kit.task).output == Summary(title="plan", words=1)
    assert world.did == [("remove", "plan")]
    assert log.told == ["another one"] or "another one" in log.told[0]
    assert [event.status for event in log.of("tool_returned")] == ["error", "ok"]
    assert task.tally.ungated == []


def test_a_streamed_output_function_runs_once_and_only_when_it_may(kit, opened, world) -> None:
    def remove(name: str) -> str:
        """Remove a note, finally."""
        world.did.append(("remove", name))
        return name

    agent = kit.agent(output_type=remove)

    async def run() -> list[str]:
        async with agent.run_stream(kit.task) as stream:
            return [part async for part in stream.stream_output(debounce_by=None)]

    with opened(kit.turn(("final_result", {"name": "plan"})), rules={"final_result": ToolRule(effect="read")}) as task:
        assert asyncio.run(run()) == ["plan"]
    assert world.did == [("remove", "plan")]
    assert task.tally.ungated == []
