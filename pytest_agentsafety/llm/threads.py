"""Threads know the door of whoever started them.

A new thread has an empty context, so a thread that an agent leaves behind would belong to nobody once its task is over,
and pass whatever door is open then, or none. Here it is given the door it was started under; a pool's thread gets the
door of whoever submitted the work, each time anew. What bypasses `threading.Thread.start` (`_thread`, threads of
C extensions) still has the door of the task that is active, as long as it is the only one (`llm.active`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from pytest_agentsafety.llm.active import attributed, take_over
from pytest_agentsafety.llm.outside import inside, is_inside
from pytest_agentsafety.protocols import ModelDoor

_MARK = "_agentsafety_original"


def follow(on: bool) -> None:
    """Switch it on or off; both may be repeated."""
    _switch(threading.Thread, "start", _starting, on)
    _switch(ThreadPoolExecutor, "submit", _submitting, on)


def _switch(owner: Any, name: str, make: Callable[[Any], Any], on: bool) -> None:
    found = getattr(owner, name)
    original = getattr(found, _MARK, None)
    if on and original is None:
        replacement = make(found)
        setattr(replacement, _MARK, found)
        setattr(owner, name, replacement)
    elif not on and original is not None:
        setattr(owner, name, original)


def _starting(original: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    def start(self: threading.Thread) -> None:
        door = attributed()
        if door is not None and not self._started.is_set():  # type: ignore[attr-defined]
            self.run = partial(_run, self, door, is_inside())  # type: ignore[method-assign]
        original(self)

    return start


def _run(thread: threading.Thread, door: ModelDoor, passed: bool) -> None:
    del thread.run  # the class's own again
    take_over(door)
    with inside(passed):
        thread.run()


def _submitting(original: Callable[..., Future[Any]]) -> Callable[..., Future[Any]]:
    def submit(self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        door = attributed()
        return original(self, _work, door, door is not None and is_inside(), fn, args, kwargs)

    return submit


def _work(
    door: ModelDoor | None, passed: bool, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    give_back = take_over(door)
    try:
        with inside(passed):
            return fn(*args, **kwargs)
    finally:
        give_back()
