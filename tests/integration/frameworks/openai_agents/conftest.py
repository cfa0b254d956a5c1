"""Agents of the OpenAI Agents SDK, over the real OpenAI SDK, with both doors open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ..kit import TASK, World, log, opened, turn, world

__all__ = ["log", "opened", "world"]

MODEL = "gpt-5.4-mini"


@dataclass
class Kit:
    """What the tests of this folder say things with. `api` is the format the agent's model is talked to in."""

    api: str
    task: str = TASK

    turn = staticmethod(turn)

    def agent(self, **options: Any) -> Any:
        from agents import Agent, ModelSettings, OpenAIChatCompletionsModel
        from openai import AsyncOpenAI

        model: Any = MODEL
        if self.api == "chat":
            model = OpenAIChatCompletionsModel(model=MODEL, openai_client=AsyncOpenAI())
        options.setdefault("name", "Assistant")
        options.setdefault("model_settings", ModelSettings(max_tokens=1_000))
        return Agent(model=model, **options)

    def note_tools(self, world: World) -> list[Any]:
        """Three tools, as the SDK's documentation writes them."""
        from agents import function_tool

        @function_tool
        def read_note(name: str) -> str:
            """Read a note by its name."""
            world.did.append(("read_note", name))
            return "The plan: we meet at noon."

        @function_tool
        async def send_mail(to: str, body: str) -> str:
            """Send a mail."""
            world.did.append(("send_mail", to))
            return "sent"

        @function_tool
        def delete_note(name: str) -> str:
            """Delete a note for good."""
            world.did.append(("delete_note", name))
            return "deleted"

        return [read_note, send_mail, delete_note]

    def note_agent(self, world: World, **options: Any) -> Any:
        return self.agent(tools=self.note_tools(world), **options)


@pytest.fixture(params=["responses", "chat"])
def kit(request: pytest.FixtureRequest) -> Kit:
    return Kit(request.param)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test")


@pytest.fixture(autouse=True)
def loop() -> Iterator[None]:
    """`run_sync` leaves the loop that it makes open; it takes one that is there."""
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    yield
    made.close()
    asyncio.set_event_loop(None)


@pytest.fixture(autouse=True)
def untraced() -> Iterator[None]:
    """No thread of the SDK's waits to send what ran outside of a door."""
    from agents import set_trace_processors

    set_trace_processors([])
    yield
    set_trace_processors([])
