"""Leave a model alone that is down: after failures in a row, requests fail at once until a probe gets through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from pytest_agentsafety.model.errors import MaxRetriesExceeded

# Overload, and gateways that do not reach what is behind them. A 429 is about the key and a 500 about the request.
OVERLOAD = frozenset({502, 503, 504, 529})


class CircuitOpenError(MaxRetriesExceeded):
    """Nothing was sent: `failures` in a row at `host` for `model`; the next request may go in `closes_in` seconds."""

    def __init__(self, host: str, model: str, failures: int, last: str, closes_in: float) -> None:
        super().__init__(0, last)
        self.host, self.model, self.failures, self.closes_in = host, model, failures, closes_in
        when = f"closes in {closes_in:.3g} s" if closes_in > 0 else "waits for the outcome of one probe"
        self.args = (f"{host} failed {failures} times in a row for {model!r} (last: {last}); the circuit {when}",)


@dataclass
class _Line:
    """One upstream host and model. `until` is when the next request may go, None while the circuit is closed."""

    failures: int = 0
    last: str = ""
    until: float | None = None
    probing: bool = False


class CircuitBreaker:
    """Thread-safe; one for all tasks of a Gate. Counts attempts by upstream host and model.

    After `threshold` failed attempts in a row (statuses of OVERLOAD, time-outs, connection errors) the circuit opens:
    for `cool_down` seconds every new request is refused. Then one request goes as a probe, with one attempt: an
    answer closes the circuit, another failure opens it anew. A probe that reports nothing for `cool_down` seconds
    gives its place to the next. `clock` counts seconds. Requests under way go on with their own retries.
    """

    def __init__(
        self, *, threshold: int = 5, cool_down: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if threshold < 1:
            raise ValueError(f"threshold must be 1 or more, got {threshold}")
        self._threshold, self._cool_down, self._clock = threshold, cool_down, clock
        # Empty while nothing has failed since the last answer, at no host: every request may go, an answer is no news.
        self.lines: dict[tuple[str, str], _Line] = {}
        self._lock = threading.Lock()

    def admit(self, host: str, model: str) -> CircuitTicket:
        """The right to send one request. Raises CircuitOpenError."""
        with self._lock:
            line = self.lines.get((host, model))
            if line is None or line.until is None:
                return CircuitTicket(self, host, model, probe=False)
            left = line.until - self._clock()
            if left > 0:
                raise CircuitOpenError(host, model, line.failures, line.last, 0.0 if line.probing else left)
            line.probing, line.until = True, self._clock() + self._cool_down
            return CircuitTicket(self, host, model, probe=True)

    def note_failure(self, host: str, model: str, last: str) -> None:
        """An attempt failed by overload or connection; `last` says how."""
        with self._lock:
            line = self.lines.setdefault((host, model), _Line())
            line.failures += 1
            line.last = last
            if line.probing or line.failures >= self._threshold:
                line.until, line.probing = self._clock() + self._cool_down, False

    def note_answer(self, host: str, model: str) -> None:
        """The upstream answered: whatever failed before is forgotten."""
        if self.lines:
            with self._lock:
                self.lines.pop((host, model), None)

    def give_up_probe(self, host: str, model: str) -> None:
        """A probe ended without an outcome: the next request may be one."""
        with self._lock:
            line = self.lines.get((host, model))
            if line is not None and line.probing:
                line.probing, line.until = False, self._clock()


@dataclass(slots=True)
class CircuitTicket:
    """One request's way to tell how its attempts went. `probe`: it has one attempt."""

    breaker: CircuitBreaker
    host: str
    model: str
    probe: bool

    def failed(self, status: int | None, error: BaseException | None) -> None:
        """An attempt ended with a retryable status, or with a transport error."""
        if status is None or status in OVERLOAD:
            last = type(error).__name__ if status is None else f"HTTP status {status}"
            self.breaker.note_failure(self.host, self.model, last)
        elif status < 500:
            self.answered()

    def answered(self) -> None:
        self.breaker.note_answer(self.host, self.model)

    def over(self) -> None:
        """The request is over, perhaps without any outcome."""
        if self.probe:
            self.breaker.give_up_probe(self.host, self.model)
