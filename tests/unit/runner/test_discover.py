"""An agent is asked for its tools: real requests of the SDK, answered by a listener."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import anthropic
import pytest

from pytest_agentsafety.adapters import AgentHandle, describe_agent
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.runner.discover import discover


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not-needed")


def search(query: str) -> str:
    """Search the web."""
    raise AssertionError(query)


def save(title: str) -> str:
    """Save a report."""
    raise AssertionError(title)


def wipe() -> str:
    """Delete all reports."""
    raise AssertionError("it ran")


def told(tool: Callable[..., Any], required: Sequence[str]) -> dict[str, Any]:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in required}, "required": [*required]}
    return {"name": tool.__name__, "description": tool.__doc__, "input_schema": schema}


def part(client: anthropic.Anthropic, task: str, tools: dict[str, Any], shown: list[dict[str, Any]]) -> str:
    """One agent's turn: until it only talks."""
    messages: list[Any] = [{"role": "user", "content": task}]
    while True:
        reply: Any = client.messages.create(
            model="claude-sonnet-5-5", max_tokens=100, messages=messages, tools=shown, system="You are a worker."
        )
        calls = [block for block in reply.content if block.type == "tool_use"]
        if not calls:
            return str(reply.content[0].text)
        messages.append({"role": "assistant", "content": reply.content})
        results = []
        for call in calls:
            try:
                result = tools[call.name](**call.input)
            except TypeError as error:
                result = f"error: {error}"
            results.append({"type": "tool_result", "tool_use_id": call.id, "content": result})
        messages.append({"role": "user", "content": results})


def in_turn(tools: Sequence[Any] = (search, save)) -> Any:
    """A researcher, and when it has nothing more to do, a writer."""
    by_name = {tool.__name__: tool for tool in tools}

    def agent(task: str) -> str:
        client = anthropic.Anthropic(max_retries=0)
        found = part(client, task, by_name, [told(search, ["query"])])
        return part(client, found, by_name, [told(save, ["title"])])

    return agent


def unguarded_beside(tools: Sequence[Any] = (search,)) -> Any:
    """It has two more that nobody wrapped; one of them needs no argument."""
    by_name = {**{tool.__name__: tool for tool in tools}, "save": save, "wipe": wipe}
    shown = [told(search, ["query"]), told(save, ["title"]), told(wipe, [])]
    return lambda task: part(anthropic.Anthropic(max_retries=0), task, by_name, shown)


def handle(factory: Any) -> AgentHandle:
    return describe_agent(factory, id="mine", place="here")


def test_the_tools_of_agents_that_work_in_turn_are_all_found_and_tried() -> None:
    found = discover(handle(in_turn))
    assert [tool.name for tool in found.tools] == ["search", "save"]
    assert found.gated == {"search", "save"}
    assert found.system == "You are a worker."


def test_what_does_not_pass_the_door_is_not_gated_and_what_might_run_is_not_tried() -> None:
    found = discover(handle(unguarded_beside))
    assert [tool.name for tool in found.tools] == ["search", "save", "wipe"]
    assert found.gated == {"search"}


def test_an_agent_without_tools_is_an_error() -> None:
    def silent(task: str) -> str:
        reply: Any = anthropic.Anthropic(max_retries=0).messages.create(
            model="claude-sonnet-5-5", max_tokens=100, messages=[{"role": "user", "content": task}]
        )
        return str(reply.content[0].text)

    with pytest.raises(ConfigError, match="shows the model no tools"):
        discover(handle(silent))


def test_what_it_raised_is_told_with_its_notes() -> None:
    def broken(task: str) -> str:
        error = ValueError("no database")
        error.add_note("start it with make db")
        raise error

    with pytest.raises(ConfigError, match=r"ValueError: no database \(start it with make db\)"):
        discover(handle(broken))
