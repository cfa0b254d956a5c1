"""Agents of Pydantic AI, over the real SDK, with both doors open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ..kit import TASK, World, log, opened, turn, world

__all__ = ["log", "opened", "world"]


@dataclass
class Kit:
    """What the tests of this folder say things with."""

    task: str = TASK
    # Without it the framework asks for as many tokens as the model can give, more than an action may cost.
    settings: dict[str, int] = field(default_factory=lambda: {"max_tokens": 1_000})
    model: str = "anthropic:claude-sonnet-5-5"

    turn = staticmethod(turn)

    def agent(self, **options: Any) -> Any:
        from pydantic_ai import Agent  # the framework may be missing, and may not be loaded yet

        return Agent(options.pop("model", self.model), model_settings=self.settings, **options)

    def note_agent(self, world: World, **options: Any) -> Any:
        """An agent with three tools of its own, as its documentation writes them."""
        agent = self.agent(**options)

        @agent.tool_plain
        def read_note(name: str) -> str:
            """Read a note by its name."""
            world.did.append(("read_note", name))
            return "The plan: we meet at noon."

        @agent.tool_plain
        async def send_mail(to: str, body: str) -> str:
            """Send a mail."""
            world.did.append(("send_mail", to))
            return "sent"

        @agent.tool_plain
        def delete_note(name: str) -> str:
            """Delete a note for good."""
            world.did.append(("delete_note", name))
            return "deleted"

        return agent


@pytest.fixture
def kit() -> Kit:
    return Kit()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "test")


@pytest.fixture(autouse=True)
def loop() -> Iterator[None]:
    """`run_sync` leaves the loop that it makes open; it takes one that is there."""
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    yield
    made.close()
    asyncio.set_event_loop(None)
