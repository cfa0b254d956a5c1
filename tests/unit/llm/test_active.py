from __future__ import annotations

import asyncio
import contextvars
from contextlib import ExitStack
from threading import Thread
from typing import Any

import pytest

from pytest_agentsafety.llm import activate, current
from pytest_agentsafety.llm.active import crowd
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ModelRequest


class Door:
    def admit(self, request: Any) -> Any:
        raise AssertionError("nobody asks in these tests")


def seen_by(thread_of: Any) -> Any:
    seen: list[Any] = []
    thread = Thread(target=lambda: seen.append(thread_of()))
    thread.start()
    thread.join()
    return seen[0]


def test_no_door_without_activation():
    assert current() is None


def test_activations_nest_and_end():
    outer, inner = Door(), Door()
    with activate(outer) as given:
        assert given is outer
        with activate(inner):
            assert current() is inner
        assert current() is outer
    assert current() is None


def test_a_thread_without_a_context_gets_the_global_door():
    door = Door()
    with activate(door):
        assert seen_by(current) is door
    assert seen_by(current) is None


def test_a_straggler_keeps_the_door_of_its_own_case():
    old, new = Door(), Door()
    with activate(old):
        context = contextvars.copy_context()
    with activate(new):
        assert seen_by(lambda: context.run(current)) is old
        assert seen_by(current) is new


def test_overlapping_activations_may_end_in_any_order():
    first, second = Door(), Door()
    one, two = ExitStack(), ExitStack()
    contexts = contextvars.copy_context(), contextvars.copy_context()
    contexts[0].run(one.enter_context, activate(first))
    contexts[1].run(two.enter_context, activate(second))
    assert contexts[0].run(current) is first
    assert contexts[1].run(current) is second
    contexts[0].run(one.close)
    assert current() is second
    contexts[1].run(two.close)
    assert current() is None


def test_the_same_door_twice_is_two_activations():
    door = Door()
    with activate(door):
        with activate(door):
            pass
        assert seen_by(current) is door


def asked(path: str = "/v1/messages") -> Any:
    return ModelRequest(url=f"http://h{path}", path=path, body=b"{}", payload={})


def test_where_several_tasks_are_active_a_request_of_nobody_is_refused():
    one, two = ExitStack(), ExitStack()
    contextvars.copy_context().run(one.enter_context, activate(Door()))
    contextvars.copy_context().run(two.enter_context, activate(Door()))
    with pytest.raises(StopRun, match=r"model request to /v1/messages came from a thread that belongs to no task"):
        seen_by(current).admit(asked())
    with pytest.raises(StopRun, match=r"a call of the tool 'send' came from a thread"):
        seen_by(current).call("send", {}, lambda: pytest.fail("it may not run"))
    with pytest.raises(StopRun, match=r"a call of the tool 'send'"):
        asyncio.run(seen_by(current).acall("send", {}, lambda: pytest.fail("it may not run")))
    one.close()
    two.close()
    assert current() is None


def test_in_a_crowd_there_is_no_fall_back_even_while_one_is_active():
    door = Door()
    with crowd():
        with pytest.raises(StopRun):
            seen_by(current).admit(asked())
        with activate(door):
            assert current() is door
            with pytest.raises(StopRun):
                seen_by(current).admit(asked())
    with activate(door):
        assert seen_by(current) is door


def test_an_end_in_another_context_still_ends_it():
    stack = ExitStack()
    contextvars.copy_context().run(stack.enter_context, activate(Door()))
    contextvars.copy_context().run(stack.close)
    assert current() is None


def test_tasks_and_to_thread_keep_the_door_of_their_context():
    doors = [Door(), Door()]

    async def one(door: Door) -> bool:
        with activate(door):
            await asyncio.sleep(0)
            return current() is door and await asyncio.to_thread(current) is door

    async def both() -> list[bool]:
        return await asyncio.gather(*(one(door) for door in doors))

    assert asyncio.run(both()) == [True, True]
    assert current() is None
