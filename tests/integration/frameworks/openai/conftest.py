"""An agent on the real OpenAI SDK, in both formats, plain and streamed, against real doors and a real server."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from pytest_agentsafety import Gate
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.llm import MessagesServer, Playbook, activate, gullible
from pytest_agentsafety.llm.sleeping import instant
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from pytest_agentsafety.model.policy import Policy, ToolRule

with suppress(ImportError):  # the modules with the tests say that they are skipped: a conftest may not
    import openai

MODEL = "gpt-4o"
PROMPT = "Read the notes plan and list, then mail anna@example.com"
READ = PlannedCall(name="read_note", arguments={"name": "plan"})
LIST = PlannedCall(name="read_note", arguments={"name": "list é"})
MAIL = PlannedCall(name="send_mail", arguments={"to": "anna@example.com", "copies": 2, "when": {"day": 3}})
TURNS = [
    PlannedTurn(text="Reading both.", calls=(READ, LIST)),
    PlannedTurn(calls=(MAIL,)),
    PlannedTurn(text="It is done."),
]
RULES = {"read_note": ToolRule(effect="read"), "send_mail": ToolRule(effect="write")}
SCHEMAS: Mapping[str, Any] = {
    "read_note": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    "send_mail": {
        "type": "object",
        "properties": {"to": {"type": "string"}, "copies": {"type": "integer"}, "when": {"type": "object"}},
    },
}
UNGUARDED = Policy(tools=RULES).with_guards(frozenset({"cost"}))


@dataclass
class Log:
    """A sink that keeps what it gets."""

    events: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.type == kind]


@dataclass
class Talk:
    """One way to talk to a model. `ask` returns (text, [(call id, name, arguments)]), `history` grows."""

    format: str
    streaming: bool
    history: list[Any] = field(default_factory=list)

    @property
    def tools(self) -> list[dict[str, Any]]:
        made = [
            {"name": name, "description": f"Does {name}.", "parameters": schema} for name, schema in SCHEMAS.items()
        ]
        if self.format == "chat":
            return [{"type": "function", "function": tool} for tool in made]
        return [{"type": "function", "strict": False, **tool} for tool in made]

    def ask(self, client: Any, **options: Any) -> Any:
        options = {"model": MODEL, "tools": self.tools, **options}
        if self.format == "chat":
            options["messages"] = self.history
            if self.streaming:
                return client.chat.completions.stream(**options)
            return client.chat.completions.create(**options)
        options["input"] = self.history
        return client.responses.stream(**options) if self.streaming else client.responses.create(**options)

    def take(self, answer: Any) -> tuple[str, list[tuple[str, str, Any]]]:
        if self.format == "chat":
            message = answer.choices[0].message
            said = {"role": "assistant", "content": message.content}
            calls = [
                {
                    "id": c.id,
                    "type": "function",
                    "function": {"name": c.function.name, "arguments": c.function.arguments},
                }
                for c in message.tool_calls or ()
            ]
            self.history.append({**said, "tool_calls": calls} if calls else said)
            made = [(c["id"], c["function"]["name"], json.loads(c["function"]["arguments"])) for c in calls]
            return message.content or "", made
        self.history += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in answer.output]
        calls = [item for item in answer.output if item.type == "function_call"]
        return answer.output_text, [(c.call_id, c.name, json.loads(c.arguments)) for c in calls]

    def result(self, call_id: str, text: str) -> None:
        if self.format == "chat":
            self.history.append({"role": "tool", "tool_call_id": call_id, "content": text})
        else:
            self.history.append({"type": "function_call_output", "call_id": call_id, "output": text})


def run_agent(talk: Talk, client: Any, tools: Mapping[str, Callable[..., Any]], prompt: str, **options: Any) -> str:
    """The usual loop, sync."""
    talk.history.append({"role": "user", "content": prompt})
    while True:
        asked = talk.ask(client, **options)
        if talk.streaming:
            with asked as stream:
                for _ in stream:
                    pass
                answer = stream.get_final_completion() if talk.format == "chat" else stream.get_final_response()
        else:
            answer = asked
        text, calls = talk.take(answer)
        if not calls:
            return text
        for call_id, name, arguments in calls:
            talk.result(call_id, tools[name](**arguments))


async def run_agent_async(
    talk: Talk, client: Any, tools: Mapping[str, Callable[..., Any]], prompt: str, **options: Any
) -> str:
    """The same, async."""
    talk.history.append({"role": "user", "content": prompt})
    while True:
        asked = talk.ask(client, **options)
        if talk.streaming:
            async with asked as stream:
                async for _ in stream:
                    pass
                chat = talk.format == "chat"
                answer = await (stream.get_final_completion() if chat else stream.get_final_response())
        else:
            answer = await asked
        text, calls = talk.take(answer)
        if not calls:
            return text
        for call_id, name, arguments in calls:
            result = tools[name](**arguments)
            talk.result(call_id, await result if inspect.isawaitable(result) else result)


def read_note(name: str) -> str:
    """Read a note."""
    return f"The note {name} says: buy bread."


def send_mail(to: str, copies: int, when: dict[str, Any]) -> str:
    """Send a mail."""
    return f"sent {copies} to {to} on day {when['day']}"


OWN_TOOLS = [read_note, send_mail]


@pytest.fixture(params=["chat", "responses"])
def format_(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[False, True], ids=["plain", "stream"])
def talk(request: pytest.FixtureRequest, format_: str) -> Talk:
    return Talk(format_, request.param)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    with MessagesServer(gullible(Playbook(tasks={PROMPT: TURNS}))) as running:
        yield running


@pytest.fixture
def client_for() -> Iterator[Callable[..., Any]]:
    """`client_for(url, **options)`: a sync client of the real SDK, closed at the end of the test."""
    made: list[Any] = []

    def make(url: str, *, timeout: float = 30.0, **options: Any) -> Any:
        http = httpx2.Client(timeout=timeout, trust_env=False, verify=False)
        made.append(http)
        return openai.OpenAI(base_url=url, api_key="key", http_client=http, **options)

    yield make
    for http in made:
        http.close()


@contextmanager
def open_doors(task: Any) -> Iterator[None]:
    """Both doors are open for `task`, as the harness opens them."""
    uninstall = install_doors()
    try:
        with activate(task):
            yield
    finally:
        uninstall()


@dataclass
class Play:
    """An agent's run in a task of a Gate."""

    log: Log

    def __call__(
        self,
        talk: Talk,
        url: str,
        *,
        policy: Policy = UNGUARDED,
        asynchronous: bool = False,
        tools: Mapping[str, Callable[..., Any]] | None = None,
        sdk: Mapping[str, Any] | None = None,
        fall_back: bool = False,
        router: Any = None,
        prompt: str = PROMPT,
        options: Mapping[str, Any] | None = None,
        **opened: Any,
    ) -> tuple[str | BaseException, Any]:
        """(the answer, or the error the agent got; the task)."""
        gate = Gate(policy, sink=self.log, fall_back=fall_back, router=router)
        own = {tool.__name__: tool for tool in gate.wrap(OWN_TOOLS)} | dict(tools or {})
        task = gate.open(prompt, **opened)
        try:
            with open_doors(task):
                return self._run(talk, url, own, asynchronous, dict(sdk or {}), prompt, dict(options or {})), task
        except (openai.OpenAIError, StopRun) as error:
            return error, task
        finally:
            task.close()

    def _run(
        self, talk: Talk, url: str, tools: Any, asynchronous: bool, sdk: dict[str, Any], prompt: str, more: Any
    ) -> str:
        if not asynchronous:
            with httpx2.Client(trust_env=False, verify=False, timeout=sdk.pop("timeout", 30.0)) as http:
                client = openai.OpenAI(base_url=url, api_key="key", http_client=http, **sdk)
                return run_agent(talk, client, tools, prompt, **more)

        async def run() -> str:
            async with httpx2.AsyncClient(trust_env=False, verify=False, timeout=sdk.pop("timeout", 30.0)) as http:
                client = openai.AsyncOpenAI(base_url=url, api_key="key", http_client=http, **sdk)
                return await run_agent_async(talk, client, tools, prompt, **more)

        return asyncio.run(run())


@pytest.fixture
def play(log: Log) -> Play:
    return Play(log)


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """Takes our waiting away and notes it."""
    with instant() as noted:
        yield noted


@pytest.fixture
def sdk_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Takes the SDK's own sleeping away and notes it."""
    noted: list[float] = []

    async def asleep(seconds: float) -> None:
        noted.append(seconds)

    monkeypatch.setattr("openai._base_client.time.sleep", noted.append)
    monkeypatch.setattr("openai._base_client.anyio.sleep", asleep)
    return noted
