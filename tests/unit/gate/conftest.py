"""A small set of tools, a sink that keeps order, and clients of the real SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import anthropic
import httpx2
import pytest

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest
from pytest_agentsafety.model.events import Charged, Event, charge_in
from pytest_agentsafety.model.policy import Policy, ToolRule

RULES = {
    "read_note": ToolRule(effect="read"),
    "send_mail": ToolRule(effect="egress", roles={"to": "destination", "body": "content"}),
    "delete_note": ToolRule(effect="delete", roles={"name": "identifier"}),
    "run_code": ToolRule(effect="execute", sandbox="refuse"),
}
TASK = "Read the note 'plan' and send it to anna@example.com"


@dataclass
class Log:
    """A sink that keeps events; tools write the moment they run into the same list."""

    entries: list[Any] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        self.entries.append(event)

    def __len__(self) -> int:  # an empty sink is false: it must be used all the same
        return len(self.entries)

    @property
    def kinds(self) -> list[str]:
        return [entry.type if isinstance(entry, Event) else entry for entry in self.entries]

    def of(self, kind: str) -> list[Any]:
        return [entry for entry in self.entries if isinstance(entry, Event) and entry.type == kind]

    @property
    def account(self) -> list[Charged]:
        """Every step of the account, wherever it stands."""
        return [step for step in map(charge_in, self.events) if step is not None]

    @property
    def events(self) -> list[Event]:
        return [entry for entry in self.entries if isinstance(entry, Event)]

    @property
    def charges(self) -> list[Any]:
        """What was charged in the end; reservations are `held`."""
        return [event for event in self.account if event.kind != "reserved"]

    @property
    def held(self) -> list[Any]:
        return [event for event in self.account if event.kind == "reserved"]

    @property
    def last_decision(self) -> Any:
        return self.of("tool_decided")[-1]


@dataclass
class Says:
    """An approver with one answer, which keeps what it was asked."""

    answer: ApprovalAnswer
    asked: list[ApprovalRequest] = field(default_factory=list)
    name: str = "tester"

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        self.asked.append(request)
        return self.answer


@pytest.fixture
def says() -> Callable[..., Says]:
    return lambda answer, **more: Says(ApprovalAnswer(answer=answer, by="tester", **more))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def tools(log: Log) -> list[Callable[..., Any]]:
    def read_note(name: str) -> str:
        """Read a note."""
        log.entries.append("ran read_note")
        return f"The note {name} says: buy bread."

    def send_mail(to: str, body: str) -> str:
        """Send a mail."""
        log.entries.append("ran send_mail")
        return f"sent to {to}"

    def delete_note(name: str) -> str:
        """Delete a note."""
        log.entries.append("ran delete_note")
        return "deleted"

    def run_code(code: str) -> str:
        """Run code."""
        log.entries.append("ran run_code")
        return "done"

    return [read_note, send_mail, delete_note, run_code]


@pytest.fixture
def policy() -> Policy:
    return Policy(tools=RULES)


@dataclass
class Opened:
    """A task of a gate with its tools by name."""

    task: Any
    tools: dict[str, Callable[..., Any]]

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self.tools[name]


@pytest.fixture
def open_task(log: Log, policy: Policy, tools: list[Callable[..., Any]]) -> Callable[..., Opened]:
    """`open_task(policy, approver=..., task=..., more_tools=[...], **options of Gate.open)`"""

    def make(
        policy: Policy = policy,
        *,
        task: str = TASK,
        more_tools: Any = (),
        guardrails: Any = None,
        **options: Any,
    ) -> Opened:
        opened = Gate(policy, sink=log, guardrails=guardrails).open(task, task_id="t", **options)
        gated = opened.wrap([*tools, *more_tools])
        return Opened(opened, {tool.__name__: tool for tool in gated})

    return make


@pytest.fixture
def client_for() -> Iterator[Callable[..., anthropic.Anthropic]]:
    """`client_for(url)`: a sync client of the real SDK, closed at the end of the test."""
    made: list[httpx2.Client] = []

    def make(url: str) -> anthropic.Anthropic:
        http = httpx2.Client(timeout=30.0, trust_env=False, verify=False)
        made.append(http)
        return anthropic.Anthropic(base_url=url, api_key="key", http_client=http)

    yield make
    for http in made:
        http.close()


@pytest.fixture
def sdk_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Takes the SDK's own sleeping away and notes it."""
    noted: list[float] = []
    monkeypatch.setattr("anthropic._base_client.time.sleep", noted.append)
    return noted
