"""One time limit over all steps of a request: look-ups, connections, redirects and the last byte."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from pytest_agentsafety.model.errors import AgentSafetyError

T = TypeVar("T")


class HttpFailed(AgentSafetyError):
    """An allowed request came to nothing: no address, no connection, no valid answer, or no time left."""


class Deadline:
    """Counts down from `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds that are left, not more than `at_most`. Raises HttpFailed when there are none."""
        rest = self._end - monotonic()
        if rest <= 0:
            raise HttpFailed(f"no complete answer within {self._seconds:g} s")
        return rest if at_most is None else min(rest, at_most)

    def bound(self, work: Callable[[], T]) -> T:
        """The result of `work`, which cannot be interrupted (a DNS look-up): it is left behind when time is up."""
        outcome: list[tuple[T | None, BaseException | None]] = []

        def run() -> None:
            try:
                outcome.append((work(), None))
            except BaseException as error:  # noqa: BLE001 -- carried over to the caller
                outcome.append((None, error))

        thread = threading.Thread(target=run, name="agentsafety-resolve", daemon=True)
        thread.start()
        thread.join(self.left())
        if not outcome:
            raise HttpFailed(f"no complete answer within {self._seconds:g} s (looking up the name)")
        value, failure = outcome[0]
        if failure is not None:
            raise failure
        return value  # type: ignore[return-value]  # no failure means work returned it
