"""A scripted model behind a real server, and a task of a gate whose doors are open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.llm import MessagesServer, activate
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from pytest_agentsafety.model.policy import Policy, ToolRule

PROMPT = "Read the note 'plan' and send it to anna@example.com"


def reads(*names: str) -> Policy:
    """These tools may run, any other is denied."""
    return Policy(tools={name: ToolRule(effect="read") for name in names})


Calls = Sequence[tuple[str, dict[str, Any]]]


def _turn(calls: Calls) -> PlannedTurn:
    return PlannedTurn(calls=tuple(PlannedCall(name=name, arguments=given) for name, given in calls))


@dataclass
class Log:
    events: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.type == kind]


@dataclass
class Play:
    """One task: what the door saw (`log`), and what came upstream (`server`)."""

    task: Any
    log: Log
    server: MessagesServer
    stopped: Any = None  # what had stopped the task when the block ended

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return [(event.tool, dict(event.arguments)) for event in self.log.of("tool_called")]

    @property
    def ends(self) -> dict[str, str]:
        return {event.tool: event.status for event in self.log.of("tool_returned")}

    @property
    def ungated(self) -> list[str]:
        return [event.tool for event in self.log.of("ungated")]

    @property
    def results(self) -> list[dict[str, Any]]:
        """The tool results in the last request, in order."""
        last = self.server.log[-1].payload["messages"][-1]["content"]
        return [block for block in last if block["type"] == "tool_result"]

    @property
    def texts(self) -> list[str]:
        return [said(block) for block in self.results]


def said(block: dict[str, Any]) -> str:
    content = block["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


@pytest.fixture
def play() -> Iterator[Callable[..., Any]]:
    """`with play([("tool", {arguments}), ...] for each turn, policy=..., **options of Gate.open) as played:`"""
    undo = install_doors()

    @contextmanager
    def make(
        *calls: Calls, policy: Policy | None = None, guardrails: Any = (), prompt: str = PROMPT, **options: Any
    ) -> Iterator[Play]:
        log = Log()
        turns = [*map(_turn, calls), PlannedTurn(text="Done.")]
        policy = reads("read_note") if policy is None else policy
        with MessagesServer(lambda _, number: turns[min(number, len(turns)) - 1]) as server:
            task = Gate(policy, sink=log, guardrails=guardrails).open(prompt, upstream=server.url, **options)
            played = Play(task, log, server)
            try:
                with activate(task):
                    yield played
            finally:
                played.stopped = task.stopped
                task.close()

    yield make
    undo()
