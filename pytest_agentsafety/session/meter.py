"""What a run has spent and is doing, from its events; read while it goes on."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from pytest_agentsafety.model.events import Charged, Event, ModelReplied, RetryPlanned, charge_in

# Answers that say that all of us ask too much, not that this one request is wrong.
_OVERLOADED = frozenset({"HTTP 429", "HTTP 503", "HTTP 529"})
_LONGEST_PAUSE = 120.0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A moment: cases done in this sitting, cases under way, tokens and US dollars, seconds since the first case."""

    done: int
    in_flight: int
    tokens: int
    cost_usd: float
    seconds: float


class Meter:
    """Adds up charges, and says when the next case may begin; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done = self._in_flight = self._tokens = 0
        self._cost = 0.0
        self._first: float | None = None
        self._pause_until = 0.0

    def begin(self) -> None:
        with self._lock:
            self._in_flight += 1
            if self._first is None:
                self._first = time.monotonic()

    def end(self, *, done: bool) -> None:
        with self._lock:
            self._in_flight -= 1
            self._done += done

    def see(self, event: Event) -> None:
        kind = event.__class__
        if kind is ModelReplied or kind is Charged:
            charge = charge_in(event)
            if charge is not None and charge.kind in ("settled", "kept"):
                with self._lock:
                    self._tokens += charge.tokens
                    self._cost += charge.cost_usd
        elif isinstance(event, RetryPlanned) and event.reason in _OVERLOADED:
            with self._lock:
                until = time.monotonic() + min(event.delay, _LONGEST_PAUSE)
                self._pause_until = max(self._pause_until, until)

    @property
    def pause(self) -> float:
        """Seconds that no further case should be begun: the API asked for it."""
        return max(0.0, self._pause_until - time.monotonic())

    def read(self) -> Reading:
        with self._lock:
            return Reading(
                done=self._done,
                in_flight=self._in_flight,
                tokens=self._tokens,
                cost_usd=self._cost,
                seconds=0.0 if self._first is None else time.monotonic() - self._first,
            )
