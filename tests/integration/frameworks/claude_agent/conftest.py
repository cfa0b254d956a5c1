"""The SDK's own CLI, run for real against the scripted server, with a home of its own and without a network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn


class Played:
    """A model that makes the given calls, one turn each (a list of several: all in one), and keeps the results."""

    def __init__(self, turns: Sequence[Sequence[tuple[str, Mapping[str, Any]]]]) -> None:
        self.turns = [
            PlannedTurn(text="", calls=[PlannedCall(name=name, arguments=given) for name, given in turn])
            for turn in turns
        ]
        self.payloads: list[Mapping[str, Any]] = []

    def __call__(self, payload: Mapping[str, Any], number: int) -> PlannedTurn:
        self.payloads.append(payload)
        done = sum(message["role"] == "assistant" for message in payload["messages"])
        return self.turns[done] if done < len(self.turns) else PlannedTurn(text="All done.")

    @property
    def results(self) -> list[tuple[str, bool]]:
        """Text and error mark of each tool result in the last request, in order."""
        blocks = [
            block
            for message in self.payloads[-1]["messages"]
            for block in (message["content"] if isinstance(message["content"], list) else ())
            if block.get("type") == "tool_result"
        ]
        return [(_text(block.get("content")), block.get("is_error") is True) for block in blocks]


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(block.get("text", "") for block in content)
    return str(content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the CLI works."""
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment of the CLI that knows nothing of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "CLAUDE")):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    # Root may skip the CLI's own questions only where it says that it is in a sandbox.
    return {"IS_SANDBOX": "1", "CLAUDE_CONFIG_DIR": str(home / ".claude")}


@pytest.fixture
def play() -> Iterator[Callable[..., tuple[Played, dict[str, str]]]]:
    """`play(turn, ...)`: the model, and the variables that lead to its server."""
    servers: list[MessagesServer] = []

    def start(*turns: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Played, dict[str, str]]:
        model = Played(turns)
        server = MessagesServer(model)
        server.start()
        servers.append(server)
        return model, {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "no-key"}

    yield start
    for server in servers:
        server.stop()
