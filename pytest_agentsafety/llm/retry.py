"""When to try a failed model call again, and when to give up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from math import isfinite
from random import Random
from time import time

from pytest_agentsafety.model.errors import MaxRetriesExceeded
from pytest_agentsafety.model.policy import RetrySettings

RETRYABLE = frozenset({408, 409, 429})
_JITTER = 0.25


def is_retryable(status: int) -> bool:
    """Statuses that may go away by themselves: time-outs, conflicts, rate limits, every 5xx (529 is overload)."""
    return status in RETRYABLE or status >= 500


class RetryPlanner:
    """Plans the waits of a model request.

    `max_wait` caps what one request waits in total, in seconds: a wait that would pass it is not begun (`waited` starts
    anew with attempt 1; requests made at the same time through one planner share it). `seed` fixes the jitter, `now`
    is the clock that HTTP dates are compared with.
    """

    def __init__(
        self,
        settings: RetrySettings,
        *,
        seed: int | None = None,
        max_wait: float = 120.0,
        now: Callable[[], float] = time,
    ) -> None:
        self._settings = settings
        self._random = Random(seed)
        self._max_wait = max_wait
        self._now = now
        self.waited = 0.0

    def next_delay(
        self, attempt: int, status: int | None, error: BaseException | None, headers: Mapping[str, str]
    ) -> float | None:
        """Seconds to wait after the `attempt`-th attempt (from 1) failed; None: the outcome stands.

        None is given for a status that will not go away and for a transport error when no attempt is left. Raises
        MaxRetriesExceeded when no attempt is left for a status.
        """
        if attempt <= 1:
            self.waited = 0.0
        if status is not None and (not is_retryable(status) or headers.get("x-should-retry") == "false"):
            return None
        delay = self._settings.base_delay if status is None else self._status_delay(attempt, headers)
        if attempt > self._settings.max_retries:
            self._outcome(attempt, status, "")
            return None
        if self.waited + delay > self._max_wait:
            self._outcome(attempt, status, f", and {delay:g} s more would pass the {self._max_wait:g} s cap")
            return None
        self.waited += delay
        return delay

    @staticmethod
    def _outcome(attempt: int, status: int | None, why: str) -> None:
        """The end of trying: an error for a status; a transport error is left for the caller to raise again."""
        if status is not None:
            raise MaxRetriesExceeded(attempt, f"HTTP status {status}{why}")

    def _status_delay(self, attempt: int, headers: Mapping[str, str]) -> float:
        asked = _asked_delay(headers, self._now())
        if asked is not None and asked > 0:
            return asked
        steps = min(attempt - 1, 32)
        return self._settings.base_delay * float(2**steps) * (1 + _JITTER * self._random.random())


def _asked_delay(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds the server asks for: `retry-after-ms`, or `retry-after` in seconds or as an HTTP date."""
    millis = _number(headers.get("retry-after-ms"))
    if millis is not None:
        return millis / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        return parsedate_to_datetime(value).timestamp() - now
    except (ValueError, OverflowError):
        return None


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    return number if number is not None and isfinite(number) else None
