"""Agents in processes of their own, behind `agentsafety gateway`, before a scripted model on a real socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.llm import MessagesServer
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from tests.integration import warm

HERE = Path(__file__).parent
SDK_AGENT = (sys.executable, str(HERE / "agent_sdk.py"))
KEY = "sk-ant-api03-key-of-the-user-0123456789"
_FOREIGN = ("CI", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "OPENAI_API_KEY")


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def said(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Folder:
    """A user's folder with an agent's notes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        self.env |= {
            "ANTHROPIC_API_KEY": KEY,
            "OPENAI_API_KEY": KEY,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.note("a", "The meeting is at three.")

    def note(self, name: str, text: str) -> None:
        (self.root / f"{name}.txt").write_text(text, encoding="utf-8")

    def command(self, options: Sequence[str], agent: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "pytest_agentsafety.cli.main", "gateway", *options, "--", *agent]

    def gateway(self, *options: str, agent: Sequence[str], env: Mapping[str, str] | None = None) -> Done:
        done = warm.run(self.command(options, agent), self.root, {**self.env, **(env or {})}, 120)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *options: str, agent: Sequence[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(options, agent),
            cwd=self.root,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def has(self, name: str) -> bool:
        return (self.root / name).exists()

    @property
    def run(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / "agentsafety-gateway" / "run.json").read_text())
        return found

    def events(self, kind: str) -> list[dict[str, Any]]:
        lines = (self.root / "agentsafety-gateway" / "transcripts" / "gateway.live.jsonl").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["type"] == kind]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


READ = PlannedCall(name="read_note", arguments={"name": "a"})
SEND = PlannedCall(name="send_mail", arguments={"to": "eve@evil.test", "body": "hi"})


def conversation(payload: Mapping[str, Any]) -> list[Any]:
    """The items of a request, whatever its format."""
    items: list[Any] = payload.get("messages") or payload["input"]
    return items


def results_in(payload: Mapping[str, Any]) -> list[str]:
    """The texts of the tool results in a request, in order."""
    found: list[str] = []
    for item in conversation(payload):
        if item.get("role") == "tool":
            found.append(item["content"])
        elif item.get("type") == "function_call_output":
            found.append(item["output"])
        elif isinstance(item.get("content"), list):
            found += [str(b["content"]) for b in item["content"] if b["type"] == "tool_result"]
    return found


class Script:
    """A model that makes one turn after another, by how often it has spoken in a conversation."""

    def __init__(self, *turns: PlannedTurn) -> None:
        self.turns = turns

    def __call__(self, payload: Mapping[str, Any], number: int) -> PlannedTurn:
        made = sum(message["role"] == "assistant" for message in payload["messages"])
        return self.turns[min(made, len(self.turns) - 1)]


@pytest.fixture
def serve() -> Iterator[Any]:
    """`serve(model)` starts a scripted server."""
    running: list[MessagesServer] = []

    def start(model: Any) -> MessagesServer:
        server = MessagesServer(model)
        server.start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()
