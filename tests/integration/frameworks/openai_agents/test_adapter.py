"""How the SDK is patched, and how its agents are called and asked for their tools."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("agents.run")

import agents
from agents import Agent, function_tool
from agents.run_internal import tool_actions, tool_execution, turn_resolution
from agents.tracing import processors
from pydantic import BaseModel

from pytest_agentsafety.adapters import call_agent, describe_agent
from pytest_agentsafety.adapters.toolbox import tools_of_agent
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.llm import MessagesServer, Playbook, gullible
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import PlannedTurn

from .conftest import MODEL

ROOT = Path(__file__).parents[4]
PLACES = [
    (agents.tool, "_invoke_function_tool_with_metadata"),
    (tool_execution, "_invoke_function_tool_with_metadata"),
    (tool_execution, "function_rejection_item"),
    (tool_execution._FunctionToolBatchExecutor, "_run_single_tool"),
    (tool_actions.CustomToolAction, "execute"),
    (tool_actions.ShellAction, "execute"),
    (turn_resolution, "execute_handoffs"),
    (processors.BatchTraceProcessor, "on_span_end"),
]


def test_the_patches_are_undone_however_often_they_were_put_on() -> None:
    before = [vars(owner)[name] for owner, name in PLACES]
    first, second = install_doors(), install_doors()
    assert all(vars(owner)[name] is not old for (owner, name), old in zip(PLACES, before, strict=True))
    first()
    first()
    assert all(vars(owner)[name] is not old for (owner, name), old in zip(PLACES, before, strict=True))
    second()
    assert [vars(owner)[name] for owner, name in PLACES] == before


def test_a_version_without_the_place_is_an_error_and_leaves_nothing_patched(monkeypatch) -> None:
    monkeypatch.delattr(turn_resolution, "execute_handoffs")
    before = vars(agents.tool)["_invoke_function_tool_with_metadata"]
    with pytest.raises(ConfigError, match=r"openai-agents has no agents\..*execute_handoffs"):
        install_doors()
    assert vars(agents.tool)["_invoke_function_tool_with_metadata"] is before


LATE = """
    import asyncio, sys
    from pytest_agentsafety.gate import Gate
    from pytest_agentsafety.model.policy import Policy
    from pytest_agentsafety.llm import HijackedModel, activate
    from pytest_agentsafety.gate.installing import install_doors
    from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn

    assert "agents" not in sys.modules
    turns = [PlannedTurn(calls=(PlannedCall(name="delete_note", arguments={"name": "a"}),)), PlannedTurn(text="Done.")]
    task = Gate(Policy()).open("a task", responder=HijackedModel(turns, None, lambda: False))
    undo = install_doors()
    with activate(task):
        from agents import Agent, Runner, function_tool

        @function_tool
        def delete_note(name: str) -> str:
            "Delete."
            raise SystemExit("it ran")

        agent = Agent(name="A", model="gpt-5.4-mini", tools=[delete_note])
        print(Runner.run_sync(agent, "a task").final_output, task.tally.tool("delete_note").denied, task.tally.ungated)
    undo()
"""


def test_a_framework_that_is_imported_later_is_patched_then(tmp_path: Path) -> None:
    script = tmp_path / "late.py"
    script.write_text(textwrap.dedent(LATE))
    env = os.environ | {"PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "test", "OPENAI_AGENTS_DISABLE_TRACING": "1"}
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, env=env, timeout=60, check=False)
    assert run.stdout.split() == ["Done.", "1", "[]"], run.stderr


def test_a_package_of_the_users_with_the_same_name_is_left_alone(tmp_path: Path) -> None:
    package = tmp_path / "agents"
    package.mkdir()
    (package / "__init__.py").write_text("class Agent:\n    def invoke(self, task):\n        return 'mine'\n")
    (package / "tool.py").write_text("VALUE = 1\n")
    script = tmp_path / "own.py"
    script.write_text(
        textwrap.dedent("""
            from pytest_agentsafety.adapters import call_agent, describe_agent
            from pytest_agentsafety.gate.installing import install_doors
            undo = install_doors()
            import agents, agents.tool
            handle = describe_agent(agents.Agent(), id="a", place="here")
            print(call_agent(handle.target, "x"), agents.tool.VALUE)
            undo()
        """)
    )
    env = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, env=env, timeout=60, check=False)
    assert run.stdout.split() == ["mine", "1"], run.stderr


def test_without_a_door_everything_is_as_ever(world) -> None:
    seen: list[Any] = []

    @function_tool
    def read_note(name: str) -> str:
        """Read."""
        seen.append(name)
        return "text"

    undo = install_doors()
    try:
        context = agents.tool_context.ToolContext(None, tool_name="read_note", tool_call_id="1", tool_arguments="{}")
        calling = agents.tool.invoke_function_tool(function_tool=read_note, context=context, arguments='{"name": "a"}')
        assert asyncio.run(calling) == "text"
    finally:
        undo()
    assert seen == ["a"]


class Answer(BaseModel):
    words: str


@pytest.mark.parametrize(
    ("output_type", "said", "answer"),
    [(None, "The end.", "The end."), (Answer, '{"words": "The end."}', '{"words":"The end."}')],
)
def test_an_agent_is_called_with_the_task_and_answers_in_words_again_and_again(
    output_type: Any, said: str, answer: str, monkeypatch, opened
) -> None:
    agent = Agent(name="A", model=MODEL, output_type=output_type)
    handle = describe_agent(agent, id="shop:agent", place="here")
    assert handle.shape == "callable"
    book = Playbook(tasks={"Say the end": [PlannedTurn(text=said)]})
    with MessagesServer(gullible(book)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        for _ in range(3):  # each in an event loop of its own, over the SDK's one client
            with opened(responder=None) as task:
                assert call_agent(handle.target, "Say the end") == answer
            assert task.tally.model_calls == 1


def test_its_tools_are_known_without_a_run(world) -> None:
    @function_tool
    def send_mail(context: agents.RunContextWrapper[Any], to: str, copies: int = 1) -> bool:
        """Send a mail.

        Args:
            to: The address.
        """
        return True

    inner = Agent(name="Inner").as_tool("ask_inner", "Ask the other agent.")
    handoffs = [Agent(name="Plain"), agents.handoff(Agent(name="Other"), on_handoff=lambda context: None)]
    agent = Agent(name="A", tools=[send_mail, inner, agents.WebSearchTool()], handoffs=handoffs)
    mail, ask, other = tools_of_agent(describe_agent(agent, id="shop:agent", place="here"))
    assert (mail.name, mail.description) == ("send_mail", "Send a mail.")
    assert mail.fn.__annotations__["return"] == "bool"
    assert mail.input_schema is not None
    assert list(mail.input_schema["properties"]) == ["to", "copies"]
    assert other.name == "transfer_to_other"
    assert (ask.name, ask.description) == ("ask_inner", "Ask the other agent.")


def test_what_is_no_agent_of_the_sdk_is_none_of_its_business() -> None:
    from pytest_agentsafety.adapters.frameworks.openai_agents import OPENAI_AGENTS

    assert OPENAI_AGENTS.entry(object()) is None
    assert OPENAI_AGENTS.tools(lambda task: task) is None
