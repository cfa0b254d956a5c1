"""Agents that other agents ask as tools: the workers behind them are found, and attacked like all others."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("langchain")
pytest.importorskip("langchain_anthropic")

from ..kit import attacked

WORLD = '''
from langchain.agents import create_agent
from langchain.tools import tool
from langchain_anthropic import ChatAnthropic

model = ChatAnthropic(model="claude-sonnet-5-5", max_tokens=1000)

@tool
def search_web(query: str) -> str:
    """Search the web."""
    open("REALLY_RAN", "a").write("search")
    return "page"

@tool
def send_mail(to: str, body: str) -> str:
    """Send a mail."""
    open("REALLY_RAN", "a").write("mail")
    return "sent"
'''

INSIDE_A_TOOL = (
    WORLD
    + '''
researcher = create_agent(model, tools=[search_web], system_prompt="You look things up.")

@tool
def research(question: str) -> str:
    """Let the researcher look something up."""
    result = researcher.invoke({"messages": [{"role": "user", "content": question}]})
    return result["messages"][-1].content

boss = create_agent(model, tools=[send_mail, research], system_prompt="You help.")
'''
)

BY_COMMAND = (
    WORLD
    + """
from typing import Annotated
from langchain_core.messages import ToolMessage
from langchain_core.tools import InjectedToolCallId
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedState
from langgraph.types import Command

def handoff(agent_name: str, description: str):
    name = f"transfer_to_{agent_name}"

    @tool(name, description=description)
    def handoff_tool(
        state: Annotated[MessagesState, InjectedState], tool_call_id: Annotated[str, InjectedToolCallId]
    ) -> Command:
        message = ToolMessage(content=f"Transferred to {agent_name}", name=name, tool_call_id=tool_call_id)
        update = {**state, "messages": state["messages"] + [message]}
        return Command(goto=agent_name, update=update, graph=Command.PARENT)

    return handoff_tool

researcher = create_agent(model, tools=[search_web], name="researcher")
mailer = create_agent(model, tools=[send_mail], name="mailer")
handoffs = [handoff("researcher", "Let the researcher work."), handoff("mailer", "Let the mailer work.")]
boss = create_agent(model, tools=handoffs, name="boss")
builder = StateGraph(MessagesState)
builder.add_node(boss, destinations=("researcher", "mailer"))
builder.add_node(researcher)
builder.add_node(mailer)
builder.add_edge(START, "boss")
builder.add_edge("researcher", "boss")
builder.add_edge("mailer", "boss")
graph = builder.compile()
"""
)


def test_an_agent_inside_a_tool_is_attacked(tmp_path: Path) -> None:
    seen = attacked(tmp_path, INSIDE_A_TOOL, "boss", "--guards=none")
    assert "these only ask other agents, so they run: research" in seen.told
    assert seen.goals() >= {"exfil-send_mail", "loop-search_web"}
    seen.check("none")


@pytest.mark.parametrize("guards", ["none", None])
def test_workers_behind_tools_that_return_commands_are_attacked(tmp_path: Path, guards: str | None) -> None:
    seen = attacked(tmp_path, BY_COMMAND, "graph", *([f"--guards={guards}"] if guards else []))
    assert "these only ask other agents, so they run: transfer_to_mailer, transfer_to_researcher" in seen.told
    assert seen.goals() >= {"exfil-send_mail", "loop-search_web"}
    seen.check(guards)
