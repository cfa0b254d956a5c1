"""The documentation's example: an agent on the tools of an MCP server, drafted and guarded."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp.client.client")  # mcp 2.x
pytest.importorskip("anthropic")

from pytest_agentsafety.adapters.agent import load_agent
from pytest_agentsafety.config import load_settings
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "mcp"
CALLS = [("read_ticket", {"number": 17}), ("delete_order", {"order_id": "A-17"})]


def test_the_documentations_example_is_drafted_and_guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    shutil.copytree(EXAMPLE, project)
    command = [sys.executable, "-m", "pytest_agentsafety.cli.main", "init"]
    drafted = subprocess.run(command, cwd=project, env=os.environ, text=True, capture_output=True, check=False)
    assert drafted.returncode == 0, drafted.stderr
    payloads: list[Mapping[str, Any]] = []

    def model(payload: Mapping[str, Any], number: int) -> PlannedTurn:
        payloads.append(payload)
        if number > len(CALLS):
            return PlannedTurn(text="All done.")
        name, arguments = CALLS[number - 1]
        return PlannedTurn(text="", calls=[PlannedCall(name=name, arguments=arguments)])

    settings = load_settings(project)
    assert settings.agent is not None
    agent = load_agent(settings.agent, place="test", root=project)
    with MessagesServer(model) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "no-key")
        try:
            with Gate(settings.policy).task("Answer ticket 17") as task:
                assert asyncio.run(agent.target("Answer ticket 17")) == "All done."
        finally:
            sys.modules.pop("agent", None)
            sys.path.remove(str(project))
    results = [message["content"][0] for message in payloads[-1]["messages"] if message["role"] == "user"][1:]
    assert "has not arrived" in results[0]["content"]
    assert "needs approval" in results[1]["content"]
    assert results[1]["is_error"] is True
    assert (project / "data" / "orders" / "A-17.txt").exists()
    assert (sorted(task.tally.tools), task.tally.ungated) == (["delete_order", "read_ticket"], [])
