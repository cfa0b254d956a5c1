"""`task.close()` and an approver's "terminate": nothing that begins after it runs, wherever it comes from."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import pytest

from pytest_agentsafety.approval import CallbackApprover
from pytest_agentsafety.gate import Gate, TaskGate
from pytest_agentsafety.llm import MessagesServer, current
from pytest_agentsafety.model.decisions import ApprovalAnswer
from pytest_agentsafety.model.errors import RunTerminated
from pytest_agentsafety.model.policy import Policy, ToolRule

from .conftest import GUARDED, PROMPT, Play

RULES = {"look": ToolRule(effect="read"), "alook": ToolRule(effect="read"), "pay": ToolRule(effect="pay")}
ASK: dict[str, Any] = {"model": "claude-opus-5-5", "max_tokens": 50, "messages": [{"role": "user", "content": PROMPT}]}
Tools = dict[str, Callable[..., Any]]


@pytest.fixture
def ran() -> list[int]:
    return []


@pytest.fixture
def make_tools(ran: list[int]) -> Callable[[TaskGate], Tools]:
    def wrapped(task: TaskGate) -> Tools:
        def look(number: int) -> str:
            """Look something up."""
            ran.append(number)
            return "seen"

        async def alook(number: int) -> str:
            """Look something up."""
            await asyncio.sleep(0)
            ran.append(number)
            return "seen"

        def pay(number: int) -> str:
            """Pay."""
            ran.append(number)
            return "paid"

        return {tool.__name__: tool for tool in task.wrap([look, alook, pay])}

    return wrapped


@pytest.fixture
def gate() -> Gate:
    return Gate(Policy(tools=RULES))


def test_a_sync_agent(gate: Gate, make_tools: Any, ran: list[int], server: MessagesServer) -> None:
    with gate.task(PROMPT) as task, anthropic.Anthropic(base_url=server.url) as client:
        tools = make_tools(task)
        tools["look"](number=1)
        client.messages.create(**ASK)
        task.close()
        with pytest.raises(RunTerminated):
            tools["look"](number=2)
        with pytest.raises(RunTerminated):
            client.messages.create(**ASK)
        with pytest.raises(RunTerminated):
            client.messages.create(**ASK, stream=True)
    assert (ran, server.calls) == ([1], 1)


def test_an_agent_that_swallows_the_stop_is_stopped_again_and_again(
    gate: Gate, make_tools: Any, ran: list[int]
) -> None:
    with gate.task(PROMPT) as task:
        tools, stops = make_tools(task), 0
        for number in range(5):
            try:
                tools["look"](number=number)
            except Exception:
                stops += 1
            if number == 1:
                task.close()
    assert (ran, stops) == ([0, 1], 3)


def test_an_async_agent(gate: Gate, make_tools: Any, ran: list[int], server: MessagesServer) -> None:
    async def agent(task: TaskGate) -> None:
        tools = make_tools(task)
        async with anthropic.AsyncAnthropic(base_url=server.url) as client:
            await tools["alook"](number=1)
            task.close()
            done = await asyncio.gather(
                tools["alook"](number=2),
                tools["alook"](number=3),
                asyncio.to_thread(tools["look"], number=4),
                client.messages.create(**ASK),
                return_exceptions=True,
            )
        assert all(isinstance(one, RunTerminated) for one in done)

    with gate.task(PROMPT) as task:
        asyncio.run(agent(task))
    assert (ran, server.calls) == ([1], 0)


@pytest.mark.parametrize("inherits", [True, False], ids=["with the context", "without a context"])
def test_threads(gate: Gate, make_tools: Any, ran: list[int], inherits: bool) -> None:
    """All are in the middle of their work when it is closed; not one makes another call."""
    count = 8
    middle, closed = threading.Barrier(count + 1, timeout=60), threading.Barrier(count + 1, timeout=60)

    def work(tools: Tools, number: int) -> Any:
        tools["look"](number=number)
        middle.wait()
        closed.wait()
        try:
            return tools["look"](number=100 + number)
        except RunTerminated as stop:
            return stop

    with gate.task(PROMPT) as task, ThreadPoolExecutor(count) as pool:
        tools = make_tools(task)
        contexts = [contextvars.copy_context() if inherits else contextvars.Context() for _ in range(count)]
        futures = [pool.submit(contexts[n].run, work, tools, n) for n in range(count)]
        middle.wait()
        task.close()
        closed.wait()
        assert all(isinstance(future.result(), RunTerminated) for future in futures)
    assert sorted(ran) == list(range(count))


def test_terminate_ends_it_for_all(make_tools: Any, ran: list[int], server: MessagesServer) -> None:
    asked: list[str] = []

    def answer(request: Any) -> ApprovalAnswer:
        asked.append(request.call.name)
        return ApprovalAnswer(answer="terminate", by="operator", reason="enough")

    gate = Gate(Policy(tools=RULES), approver=CallbackApprover(answer))
    with gate.task(PROMPT) as task, anthropic.Anthropic(base_url=server.url) as client:
        tools = make_tools(task)
        with pytest.raises(RunTerminated, match="enough"):
            tools["pay"](number=1)
        with pytest.raises(RunTerminated, match="enough"):
            tools["look"](number=2)
        with pytest.raises(RunTerminated, match="enough"):
            client.messages.create(**ASK)
    assert (ran, server.calls, asked) == ([], 0, ["pay"])


def test_a_straggler_of_a_task_that_is_over(
    gate: Gate, make_tools: Any, ran: list[int], server: MessagesServer
) -> None:
    """It began in the task and goes on beside the next one: neither door lets it in, nor is it counted there."""
    with anthropic.Anthropic(base_url=server.url) as client:
        with gate.task(PROMPT) as old:
            tools, context = make_tools(old), contextvars.copy_context()
        with gate.task(PROMPT) as new, ThreadPoolExecutor(1) as pool:
            for act in (lambda: tools["look"](number=1), lambda: client.messages.create(**ASK)):
                with pytest.raises(RunTerminated, match="is over"):
                    pool.submit(context.run, act).result()
            with pytest.raises(RunTerminated, match="is over"):  # no context, but the tool knows its task
                pool.submit(tools["look"], number=2).result()
            assert (new.tally.model_calls, new.tally.tool_calls) == (0, 0)
            make_tools(new)["look"](number=3)
    assert (ran, server.calls) == ([3], 0)


def test_a_case_that_was_left_behind(play: Play) -> None:
    """The agent has given its answer; a thread of it comes back with the attacker's call when the case is over."""
    go_on, over = threading.Event(), threading.Event()
    late: list[Any] = []

    def factory(tools: Any) -> Callable[[str], str]:
        refund = {tool.__name__: tool for tool in tools}["refund"]

        def straggle() -> None:
            assert go_on.wait(60)
            try:
                late.append(refund(order="Z-9", amount=900))
            except RunTerminated as stop:
                late.append(stop)
            over.set()

        def agent(task: str) -> str:
            threading.Thread(target=straggle, daemon=True).start()
            with anthropic.Anthropic() as client:
                client.messages.create(**ASK)
            return "It asks for a refund."

        return agent

    played = play(factory, "benign", policy=GUARDED.with_guards(frozenset()))
    go_on.set()
    assert over.wait(60)
    assert isinstance(late[0], RunTerminated)
    assert (played.row.verdict, played.world.refunded) == ("completed", [])


def test_killed_in_mid_task(play: Play) -> None:
    """An operator's kill while a case runs: the attacker's call that comes next is not executed."""

    def factory(tools: Any) -> Callable[[str], str]:
        by_name = {tool.__name__: tool for tool in tools}

        def agent(task: str) -> str:
            door = current()
            assert isinstance(door, TaskGate)
            with anthropic.Anthropic() as client:
                client.messages.create(**ASK)
            by_name["read_ticket"](number=7)
            door.close()
            return str(by_name["refund"](order="Z-9", amount=900))

        return agent

    played = play(factory, policy=GUARDED.with_guards(frozenset()))
    assert played.world.refunded == []
    assert not played.row.attack_succeeded
