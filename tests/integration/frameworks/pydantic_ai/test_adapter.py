"""How Pydantic AI is patched, and how its agents are called and asked for their tools."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pydantic_ai")

from pydantic import BaseModel
from pydantic_ai import Agent, FunctionToolset, RunContext, WebSearchTool, _tool_execution, tool_manager
from pydantic_ai.capabilities import NativeTool
from pydantic_ai.models.test import TestModel

from pytest_agentsafety.adapters import call_agent, describe_agent
from pytest_agentsafety.adapters.frameworks.pydantic_ai import PYDANTIC_AI
from pytest_agentsafety.adapters.toolbox import tools_of_agent
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.llm import MessagesServer, Playbook, gullible
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn

ROOT = Path(__file__).parents[4]
PLACES = [
    (tool_manager.ToolManager, "execute_tool_call"),
    (tool_manager.ToolManager, "execute_output_tool_call"),
    (_tool_execution._ToolCallProcessor, "_call_tool"),
    (_tool_execution._ToolCallProcessor, "_record_output_part"),
]


def test_the_patches_are_undone_however_often_they_were_put_on() -> None:
    before = [vars(owner)[name] for owner, name in PLACES]
    first, second = install_doors(), install_doors()
    first()
    first()
    assert all(vars(owner)[name] is not old for (owner, name), old in zip(PLACES, before, strict=True))
    second()
    assert [vars(owner)[name] for owner, name in PLACES] == before


def test_a_version_without_the_place_is_an_error_and_leaves_nothing_patched(monkeypatch) -> None:
    monkeypatch.delattr(_tool_execution._ToolCallProcessor, "_call_tool")
    before = vars(tool_manager.ToolManager)["execute_tool_call"]
    with pytest.raises(ConfigError, match=r"pydantic-ai-slim has no _ToolCallProcessor\._call_tool"):
        install_doors()
    assert vars(tool_manager.ToolManager)["execute_tool_call"] is before


LATE = """
    import sys
    from pytest_agentsafety.gate import Gate
    from pytest_agentsafety.gate.installing import install_doors
    from pytest_agentsafety.llm import HijackedModel, activate
    from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
    from pytest_agentsafety.model.policy import Policy

    assert "pydantic_ai" not in sys.modules
    turns = [PlannedTurn(calls=(PlannedCall(name="delete_note", arguments={"name": "a"}),)), PlannedTurn(text="Done.")]
    task = Gate(Policy()).open("a task", responder=HijackedModel(turns, None, lambda: False))
    undo = install_doors()
    with activate(task):
        from pydantic_ai import Agent

        agent = Agent("anthropic:claude-sonnet-5-5", model_settings={"max_tokens": 1000})

        @agent.tool_plain
        def delete_note(name: str) -> str:
            "Delete."
            raise SystemExit("it ran")

        print(agent.run_sync("a task").output, task.tally.tool("delete_note").denied, task.tally.ungated)
    undo()
"""


def test_a_framework_that_is_imported_later_is_patched_then(tmp_path: Path) -> None:
    script = tmp_path / "late.py"
    script.write_text(textwrap.dedent(LATE))
    env = os.environ | {"PYTHONPATH": str(ROOT), "ANTHROPIC_API_KEY": "test"}
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, env=env, timeout=60, check=False)
    assert run.stdout.split() == ["Done.", "1", "[]"], run.stderr


def test_without_a_door_everything_is_as_ever() -> None:
    agent = Agent(TestModel())
    seen: list[str] = []

    @agent.tool_plain
    def read_note(name: str) -> str:
        """Read."""
        seen.append(name)
        return "text"

    undo = install_doors()
    try:
        asyncio.run(agent.run("read"))
    finally:
        undo()
    assert len(seen) == 1


class Answer(BaseModel):
    words: str


FINAL = PlannedTurn(calls=(PlannedCall(name="final_result", arguments={"words": "The end."}),))


@pytest.mark.parametrize(
    ("output_type", "turn", "answer"),
    [(str, PlannedTurn(text="The end."), "The end."), (Answer, FINAL, '{"words":"The end."}')],
)
def test_an_agent_is_called_with_the_task_and_answers_in_words_again_and_again(
    output_type: Any, turn: PlannedTurn, answer: str, kit, monkeypatch, opened
) -> None:
    book = Playbook(tasks={"Say the end": [turn]})
    with MessagesServer(gullible(book)) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        handle = describe_agent(kit.agent(output_type=output_type), id="shop:agent", place="here")
        assert handle.shape == "callable"
        for _ in range(3):  # each in an event loop of its own, over the framework's one client
            with opened(responder=None) as task:
                assert call_agent(handle.target, "Say the end") == answer
            assert task.tally.model_calls == 1


def test_its_tools_are_known_without_a_run(kit) -> None:
    agent = kit.agent()

    @agent.tool
    def send_mail(context: RunContext[Any], to: str, copies: int = 1) -> bool:
        """Send a mail.

        Args:
            to: The address.
        """
        return True

    mail = tools_of_agent(describe_agent(agent, id="shop:agent", place="here"))[0]
    assert (mail.name, mail.description) == ("send_mail", "Send a mail.")
    assert mail.fn is send_mail
    assert mail.input_schema is not None
    assert list(mail.input_schema["properties"]) == ["to", "copies"]
    assert mail.input_schema["properties"]["to"]["description"] == "The address."


def read_note(name: str) -> str:
    """Read a note."""
    return "text"


def delete_note(name: str) -> str:
    """Delete a note."""
    return "gone"


def test_so_are_those_of_toolsets_under_their_names(kit) -> None:
    notes = FunctionToolset([read_note, delete_note])
    shapes = [notes, notes.prefixed("my"), notes.renamed({"peek": "read_note"}), notes.filtered(lambda c, t: True)]
    names = [[spec.name for spec in PYDANTIC_AI.tools(kit.agent(toolsets=[shape])) or ()] for shape in shapes]
    assert names == [
        ["read_note", "delete_note"],
        ["my_read_note", "my_delete_note"],
        ["peek", "delete_note"],
        ["read_note", "delete_note"],
    ]


def test_an_output_function_is_one_of_them_and_an_output_type_is_not(kit) -> None:
    shown = PYDANTIC_AI.tools(kit.agent(output_type=[delete_note, Answer]))
    assert [(spec.name, spec.fn) for spec in shown or ()] == [("final_result_delete_note", delete_note)]


def test_what_is_no_agent_of_it_is_none_of_its_business() -> None:
    assert PYDANTIC_AI.entry(object()) is None
    assert PYDANTIC_AI.tools(lambda task: task) is None


OPENAI = ["openai-chat:gpt-5.4-mini", "openai-responses:gpt-5.4-mini"]


@pytest.mark.parametrize("model", OPENAI)
def test_agents_on_openais_models_pass_both_doors(model: str, kit, opened, log, world, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    calls = [("delete_note", {"name": "old"}), ("read_note", {"name": "plan"}), ("read_note", {"nam": "plan"})]
    with opened(kit.turn(*calls)) as task:
        assert kit.note_agent(world, model=model).run_sync(kit.task).output == "Done."
    assert world.did == [("read_note", "plan")]
    assert len(log.told) == 3
    assert "not approved" in log.told[0]
    assert task.tally.ungated == []


@pytest.mark.parametrize("model", OPENAI)
def test_outputs_on_openais_models_are_not_ungated(model: str, kit, opened, log, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    agent = kit.agent(model=model, output_type=Answer)
    turns = [kit.turn(("final_result", {"word": "no"})), kit.turn(("final_result", {"words": "yes"}))]
    with opened(*turns, turns[1]) as task:
        first = agent.run_sync(kit.task)
        agent.run_sync("And again", message_history=first.all_messages())
    assert first.output == Answer(words="yes")
    assert len(log.told) == 2
    assert task.tally.ungated == []


@pytest.mark.parametrize("model", [OPENAI[1], "anthropic:claude-sonnet-5-5"])
def test_a_tool_of_the_providers_is_not_asked_for(model: str, kit, opened, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    from pytest_agentsafety.llm.calls import UnsupportedModelCall

    agent = kit.agent(model=model, capabilities=[NativeTool(WebSearchTool())])
    with opened() as task, pytest.raises(UnsupportedModelCall, match="tool of type"):
        agent.run_sync(kit.task)
    assert task.tally.model_calls == 0
