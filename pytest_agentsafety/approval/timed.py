"""Work of somebody else's with a time limit."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NoAnswerError(Exception):
    """Nothing came back in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} s")


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises. Raises NoAnswerError when it takes longer.

    It runs in a daemon thread, so that what hangs holds up neither the run nor the end of the process; what it
    returns after the limit is dropped.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is waited for
            errors.append(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True, name="approver")
    thread.start()
    thread.join(seconds)
    for error in tuple(errors):
        raise error
    for result in tuple(results):
        return result
    raise NoAnswerError(seconds)
