"""What a tool of the SDK says of itself, to the door and without a run."""

from __future__ import annotations

from typing import Any

import anthropic
from anthropic import beta_tool
from anthropic.lib.tools._beta_builtin_memory_tool import BetaLocalFilesystemMemoryTool

from pytest_agentsafety.adapters import describe_agent
from pytest_agentsafety.adapters.frameworks import entry_of, tools_in
from pytest_agentsafety.adapters.toolbox import tools_of_agent


@beta_tool
def read_note(name: str) -> str:
    """Read a note.

    Args:
        name: Which one.
    """
    return name


@beta_tool(name="post", description="Posts.", input_schema={"type": "object", "properties": {"to": {}}})
def send(**given: Any) -> str:
    return "sent"


TOOLS = [read_note, send]


def helper(client: Any, task: str) -> Any:
    return client.beta.messages.tool_runner(tools=TOOLS, model="m", max_tokens=1, messages=[task])


def agent(task: str) -> str:
    return helper(anthropic.Anthropic(), task).until_done()


def test_an_agent_shows_the_tools_that_its_code_names():
    read, post = tools_of_agent(describe_agent(agent, id="here:agent", place="here"))
    assert (read.name, read.fn, read.description) == ("read_note", read_note.func, "Read a note.")
    assert read.input_schema == read_note.input_schema
    assert read.input_schema["properties"]["name"]["description"] == "Which one."
    assert (post.name, post.fn, post.description) == ("post", send.func, "Posts.")


def test_a_tool_itself_and_what_is_none(tmp_path):
    (found,) = tools_in(read_note) or ()
    assert found.fn is read_note.func
    memory = BetaLocalFilesystemMemoryTool(base_path=str(tmp_path))
    (found,) = tools_in(memory) or ()
    assert (found.name, found.input_schema, found.fn) == ("memory", None, memory.call)
    for other in (print, "text", 3, None, lambda task: task, object(), anthropic):
        assert tools_in(other) is None
        assert entry_of(other) is None


def test_the_door_learns_a_tool_before_its_first_call(play):
    with play() as played:
        read_note.call({"name": "a"})
        read_note.call({"name": "b"})
    spec = played.task.state.rules._specs["read_note"]
    assert (spec.fn, spec.description) == (read_note.func, "Read a note.")
