"""A connection while a task is active is told to its door, unless the model door or a tool made it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import anthropic
import httpx2
import pytest

from pytest_agentsafety.gate import Gate, TaskGate
from pytest_agentsafety.llm import MessagesServer, Playbook, activate, gullible, install
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.messages import PlannedTurn
from pytest_agentsafety.model.policy import Policy, ToolRule

ASK: Any = {"model": "claude-opus-5-5", "max_tokens": 50, "messages": [{"role": "user", "content": "Say hello"}]}
Connect = Callable[[], None]


class Notices:
    def __init__(self) -> None:
        self.said: list[str] = []

    def emit(self, event: Event) -> None:
        if event.type == "notice":
            self.said.append(getattr(event, "message", ""))


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def task(notices: Notices) -> Iterator[TaskGate]:
    policy = Policy(tools={"fetch": ToolRule(effect="read")})
    undo = install()
    opened = Gate(policy, sink=notices, guardrails=()).open("Say hello")
    with activate(opened):
        yield opened
    undo()


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    with MessagesServer(gullible(Playbook(tasks={"Say hello": (PlannedTurn(text="Hello."),)}))) as running:
        yield running


@pytest.fixture
def place() -> Iterator[tuple[str, int]]:
    """An address that can be connected to, where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[:2]


@pytest.fixture
def connect(place: tuple[str, int]) -> Connect:
    return lambda: socket.create_connection(place).close()


def test_a_socket_is_told_once_for_each_address(task: Any, notices: Notices, connect: Connect, place: Any) -> None:
    connect()
    connect()
    (said,) = notices.said
    assert f"{place[0]}:{place[1]}" in said
    assert task.stopped is None


@pytest.mark.parametrize("how", ["thread", "pool", "loop", "connect_ex", "plain httpx2"])
def test_whichever_way(task: TaskGate, notices: Notices, connect: Connect, place: Any, how: str) -> None:
    async def streams() -> None:
        _, writer = await asyncio.open_connection(*place)
        writer.close()

    if how == "thread":
        thread = threading.Thread(target=connect)
        thread.start()
        thread.join()
    elif how == "pool":
        with ThreadPoolExecutor(1) as pool:
            pool.submit(connect).result()
    elif how == "loop":
        asyncio.run(streams())
    elif how == "connect_ex":
        with closing(socket.socket()) as sock:
            assert sock.connect_ex(place) == 0
    else:
        with httpx2.Client(trust_env=False, timeout=0.1) as client, pytest.raises(httpx2.TimeoutException):
            client.get(f"http://{place[0]}:{place[1]}")
    assert len(notices.said) == 1


@pytest.mark.parametrize("how", ["sync", "stream", "async"])
def test_the_model_door_is_no_way_past_itself(task: TaskGate, notices: Notices, server: Any, how: str) -> None:
    async def talk() -> None:
        async with anthropic.AsyncAnthropic(base_url=server.url, api_key="k") as client:
            await client.messages.create(**ASK)

    client = anthropic.Anthropic(base_url=server.url, api_key="k")
    if how == "sync":
        client.messages.create(**ASK)
    elif how == "stream":
        with client.messages.stream(**ASK) as stream:
            stream.get_final_message()
    else:
        asyncio.run(talk())
    assert (server.calls, notices.said) == (1, [])


@pytest.mark.parametrize("how", ["sync", "thread", "pool", "async", "child task"])
def test_a_tool_may_connect(task: TaskGate, notices: Notices, connect: Connect, place: Any, how: str) -> None:
    async def dialling() -> None:
        _, writer = await asyncio.open_connection(*place)
        writer.close()

    def fetch() -> str:
        if how == "thread":
            thread = threading.Thread(target=connect)
            thread.start()
            thread.join()
        elif how == "pool":
            with ThreadPoolExecutor(1) as pool:
                pool.submit(connect).result()
        else:
            connect()
        return "fetched"

    async def afetch() -> str:
        await (asyncio.create_task(dialling()) if how == "child task" else dialling())
        return "fetched"

    if how in ("async", "child task"):
        afetch.__name__ = "fetch"
        (tool,) = task.wrap([afetch])
        assert asyncio.run(tool()) == "fetched"
    else:
        (tool,) = task.wrap([fetch])
        assert tool() == "fetched"
    assert notices.said == []


def test_without_a_task_and_on_other_sockets_nothing_is_told(notices: Notices, task: TaskGate, tmp_path: Any) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as listening, closing(socket.socket(socket.AF_UNIX)) as other:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        other.connect(str(tmp_path / "s"))
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as datagrams:
        datagrams.connect(("127.0.0.1", 9))
    assert notices.said == []


def test_it_comes_and_goes_with_the_patch(connect: Connect) -> None:
    connect()
    undo = install()
    patched = socket.socket.connect
    connect()
    undo()
    assert socket.socket.connect is not patched
    assert not hasattr(socket.socket.connect, "_agentsafety_original")
