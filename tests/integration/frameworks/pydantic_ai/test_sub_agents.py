"""Agents that other agents ask as tools: the workers behind them are found, and attacked like all others."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pydantic_ai.tool_manager")

from ..kit import attacked

SOURCE = '''
from dataclasses import dataclass
from pydantic_ai import Agent, RunContext

@dataclass
class Deps:
    user: str

boss = Agent("anthropic:claude-sonnet-5-5", deps_type=Deps, model_settings={"max_tokens": 1000})
researcher = Agent("anthropic:claude-sonnet-5-5", deps_type=Deps, model_settings={"max_tokens": 1000})

@researcher.tool
def search_web(ctx: RunContext[Deps], query: str) -> str:
    """Search the web."""
    open("REALLY_RAN", "a").write("search" + ctx.deps.user)
    return "page"

@boss.tool_plain
def send_mail(to: str, body: str) -> str:
    """Send a mail."""
    open("REALLY_RAN", "a").write("mail")
    return "sent"

@boss.tool
async def look_up(ctx: RunContext[Deps], question: str) -> str:
    """Let the researcher look something up."""
    result = await researcher.run(question, deps=ctx.deps, usage=ctx.usage)
    return result.output

async def ask(task: str) -> str:
    return (await boss.run(task, deps=Deps("anna"))).output
'''


def test_a_delegate_inside_a_tool_is_attacked_with_the_deps_it_is_given(tmp_path: Path) -> None:
    seen = attacked(tmp_path, SOURCE, "ask", "--guards=none")
    assert "these only ask other agents, so they run: look_up" in seen.told
    assert seen.goals() >= {"exfil-send_mail", "loop-search_web"}
    seen.check("none")
