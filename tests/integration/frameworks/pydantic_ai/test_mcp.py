"""Tools of MCP servers, with a real server: a call passes the door once, under the name that the model knows."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

pytest.importorskip("pydantic_ai.mcp")
pytest.importorskip("fastmcp.client.transports")

from fastmcp.client.transports import StdioTransport
from pydantic_ai.mcp import MCPToolset

from pytest_agentsafety.model.policy import ToolRule

from ..kit import MCP_SERVER


@pytest.mark.parametrize("prefix", ["", "my_"])
def test_a_call_of_a_servers_tool_passes_once(prefix: str, kit, opened, log, tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(MCP_SERVER)
    served = MCPToolset(StdioTransport(sys.executable, [str(script)], cwd=str(tmp_path)))
    agent = kit.agent(toolsets=[served.prefixed(prefix.rstrip("_")) if prefix else served])

    async def run() -> str:
        async with agent:
            return (await agent.run(kit.task)).output

    calls = [(f"{prefix}read_note", {"name": "plan"}), (f"{prefix}delete_note", {"name": "old"})]
    rules = {calls[0][0]: ToolRule(effect="read"), calls[1][0]: ToolRule(effect="delete")}
    with opened(kit.turn(*calls), rules=rules) as task:
        assert asyncio.run(run()) == "Done."
    assert [event.tool for event in log.of("tool_called")] == [name for name, _ in calls]
    assert log.told[0] == "The plan."
    assert "not approved" in log.told[1]
    assert not (tmp_path / "deleted.txt").exists()
    assert task.tally.ungated == []
