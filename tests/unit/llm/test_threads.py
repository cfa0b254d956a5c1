"""A thread belongs to the door it was started under, a pool's work to the door it was submitted under."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread, Timer
from typing import Any

import pytest

from pytest_agentsafety.llm import activate, current, install
from pytest_agentsafety.llm.threads import follow


class Door:
    def admit(self, request: Any) -> Any:
        raise AssertionError("nobody asks in these tests")


@pytest.fixture(autouse=True)
def _followed() -> Iterator[None]:
    follow(True)
    yield
    follow(False)


class Straggler(Thread):
    """Says which door is in charge, once it is let go."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.go, self.seen = Event(), [object()]

    def run(self) -> None:
        self.go.wait(10)
        self.seen = [current()]

    def told(self) -> Any:
        self.go.set()
        self.join(10)
        return self.seen[0]


def test_a_thread_that_outlives_its_task_keeps_its_door() -> None:
    old, new = Door(), Door()
    with activate(old):
        late, later = Straggler(), Straggler()
        late.start()
        later.start()
    assert late.told() is old
    with activate(new):
        assert later.told() is old


def test_a_thread_of_a_straggler_too() -> None:
    door, seen = Door(), []

    def outer() -> None:
        Thread(target=lambda: seen.append(current())).start()

    with activate(door):
        timer = Timer(0.01, outer)
        timer.start()
    timer.join(10)
    while not seen:
        pass
    assert seen == [door]


def test_a_thread_started_outside_belongs_to_whoever_is_active() -> None:
    door, thread = Door(), Straggler()
    thread.start()
    with activate(door):
        assert thread.told() is door
    assert "run" not in vars(thread)


def test_the_work_of_a_pool_belongs_to_its_submitter() -> None:
    first, second = Door(), Door()
    with ThreadPoolExecutor(1) as pool:
        with activate(first):
            assert pool.submit(current).result(10) is first
            late = Event()
            waiting = pool.submit(lambda: (late.wait(10), current())[1])
        with activate(second):
            behind = pool.submit(current)
            late.set()
            assert waiting.result(10) is first
            assert behind.result(10) is second
        assert pool.submit(current).result(10) is None
        with pytest.raises(ZeroDivisionError):
            pool.submit(lambda: 1 / 0).result(10)


def test_arguments_and_a_second_start_are_the_threads_own_business() -> None:
    with activate(Door()), ThreadPoolExecutor(1) as pool:
        assert pool.submit(dict, fn=1, door=2).result(10) == {"fn": 1, "door": 2}
        thread = Thread(target=lambda: None)
        thread.start()
        with pytest.raises(RuntimeError):
            thread.start()
        thread.join(10)
        assert "run" not in vars(thread)


def test_it_comes_and_goes_with_the_patch() -> None:
    follow(False)
    plain = Thread.start, ThreadPoolExecutor.submit
    undo = install()
    assert Thread.start is not plain[0]
    again = install()
    undo()
    assert Thread.start is not plain[0]
    again()
    assert (Thread.start, ThreadPoolExecutor.submit) == plain
