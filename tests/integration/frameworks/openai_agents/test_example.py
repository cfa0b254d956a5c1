"""The documentation's example: drafted by `init`, and guarded without a change to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("agents.run")

from pytest_agentsafety.adapters import call_agent, load_agent
from pytest_agentsafety.config import load_settings
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.llm import MessagesServer
from pytest_agentsafety.model.messages import PlannedTurn

from ..kit import turn

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "openai-agents"
TASK = "What came in today?"
CALLS = [
    turn(("read_inbox", {})),
    turn(("write_note", {"title": "shopping", "text": "gone"})),
    PlannedTurn(text="All done."),
]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "project"
    shutil.copytree(EXAMPLE, folder)
    yield folder
    sys.modules.pop("agent", None)
    sys.path[:] = [entry for entry in sys.path if entry != str(folder)]


def test_the_documentations_example_is_drafted_and_guarded(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "pytest_agentsafety.cli.main", "init"]
    drafted = subprocess.run(command, cwd=project, env=os.environ, text=True, capture_output=True, check=False)
    assert drafted.returncode == 0, drafted.stderr
    payloads: list[Mapping[str, Any]] = []

    def model(payload: Mapping[str, Any], number: int) -> PlannedTurn:
        payloads.append(payload)
        return CALLS[number - 1]

    settings = load_settings(project)
    assert settings.agent is not None
    assert set(settings.policy.tools) == {"read_inbox", "send_mail", "write_note"}
    with MessagesServer(model) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        agent = load_agent(settings.agent, place="test", root=project)
        with Gate(settings.policy, base=project).task(TASK) as task:
            assert call_agent(agent.target, TASK) == "All done."
    assert task.tally.ungated == []
    assert "The meeting moves to noon" in str(payloads[1])
    assert "not approved" in str(payloads[2])
    assert (project / "notes" / "shopping.txt").read_text() == "Milk, bread\n"
