"""Tools of MCP servers that are attached to an agent, with a real server: a call passes the door once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

pytest.importorskip("agents.run")
pytest.importorskip("mcp")

from agents import Runner
from agents.mcp import MCPServerStdio

from ..kit import MCP_SERVER


def test_a_call_of_a_servers_tool_passes_once(kit, opened, log, tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(MCP_SERVER)

    async def run() -> str:
        params = {"command": sys.executable, "args": [str(script)], "cwd": str(tmp_path)}
        async with MCPServerStdio(params=params) as server:
            return (await Runner.run(kit.agent(mcp_servers=[server]), kit.task)).final_output

    with opened(kit.turn(("read_note", {"name": "plan"}), ("delete_note", {"name": "old"}))) as task:
        assert asyncio.run(run()) == "Done."
    assert [event.tool for event in log.of("tool_called")] == ["read_note", "delete_note"]
    assert log.told[0] == "The plan."
    assert "not approved" in log.told[1]
    assert not (tmp_path / "deleted.txt").exists()
    assert task.tally.ungated == []
