"""Agents that other agents ask as tools: the workers behind them are found, and attacked like all others."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("agents.run")

from ..kit import attacked

SOURCE = '''
from agents import Agent, Runner, function_tool

@function_tool
def search_web(query: str) -> str:
    """Search the web."""
    open("REALLY_RAN", "a").write("search")
    return "page"

@function_tool
def send_mail(to: str, body: str) -> str:
    """Send a mail."""
    open("REALLY_RAN", "a").write("mail")
    return "sent"

@function_tool
def delete_note(name: str) -> str:
    """Delete a note for good."""
    open("REALLY_RAN", "a").write("delete")
    return "deleted"

researcher = Agent(name="Researcher", model="gpt-5.4-mini", tools=[search_web])
writer = Agent(name="Writer", model="gpt-5.4-mini", tools=[delete_note])

@function_tool
async def ask_writer(order: str) -> str:
    """Let the writer work."""
    result = await Runner.run(writer, order)
    return str(result.final_output)

boss = Agent(name="Boss", model="gpt-5.4-mini", tools=[send_mail, ask_writer,
    researcher.as_tool(tool_name="ask_researcher", tool_description="Let the researcher look something up.")])
'''


def test_workers_behind_as_tool_and_behind_a_function_are_attacked(tmp_path: Path) -> None:
    seen = attacked(tmp_path, SOURCE, "boss", "--guards=none")
    assert "these only ask other agents, so they run: ask_researcher, ask_writer" in seen.told
    assert seen.goals() >= {"exfil-send_mail", "delete-delete_note", "loop-search_web"}
    seen.check("none")
