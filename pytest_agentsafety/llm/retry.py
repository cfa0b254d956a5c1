"""When to try a failed model call again, and when to give up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from math import isfinite
from random import Random
from time import monotonic, time

from pytest_agentsafety.model.errors import MaxRetriesExceeded
from pytest_agentsafety.model.policy import RetrySettings

RETRYABLE = frozenset({408, 409, 429})
_JITTER = 0.25


def is_retryable(status: int) -> bool:
    """Statuses that may go away by themselves: time-outs, conflicts, rate limits, every 5xx (529 is overload)."""
    return status in RETRYABLE or status >= 500


class RetryPlanner:
    """How model requests are tried again; thread-safe, `request()` begins one.

    `max_wait` caps what one request waits in total, `max_total` its waits and attempts together, both in seconds: a
    wait that would pass one of them is not begun. `seed` fixes the jitter, `now` is the clock that HTTP dates are
    compared with, `clock` the one that time is taken with.
    """

    def __init__(
        self,
        settings: RetrySettings,
        *,
        seed: int | None = None,
        max_wait: float = 120.0,
        max_total: float = 600.0,
        now: Callable[[], float] = time,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.settings = settings
        self.max_wait, self.max_total = max_wait, max_total
        self.now, self.clock = now, clock
        self.random = Random(seed)

    def request(self, *, single: bool = False, began: float | None = None) -> RequestRetries:
        """A request begins now, or `began` at that time of the clock; a `single` one has one attempt."""
        began = self.clock() if began is None else began
        return RequestRetries(self, began, 0 if single else self.settings.max_retries)


class RequestRetries:
    """The attempts of one request. `attempts` counts those begun, `waited` is the sum of the planned waits."""

    def __init__(self, planner: RetryPlanner, started: float, max_retries: int) -> None:
        self._planner, self._started, self._max_retries = planner, started, max_retries
        self.attempts = 1
        self.waited = 0.0

    @property
    def seconds_left(self) -> float:
        """What the attempt that begins now may take at most; never below a millisecond, for time-outs are above 0."""
        return max(0.001, self._started + self._planner.max_total - self._planner.clock())

    def elsewhere(self, *, single: bool = False) -> RequestRetries:
        """The same request at another model: new attempts, but what was waited and the time count on."""
        moved = RequestRetries(self._planner, self._started, 0 if single else self._planner.settings.max_retries)
        moved.waited = self.waited
        return moved

    def next_delay(self, status: int | None, error: BaseException | None, headers: Mapping[str, str]) -> float | None:
        """Seconds to wait before another attempt, now that the last one failed; None: the outcome stands.

        The verdicts: a status that will not go away stands; one that may, and does not, raises MaxRetriesExceeded;
        the last transport error (`status` None) stands, so that whoever sent the request raises it again.
        """
        if status is not None and (not is_retryable(status) or headers.get("x-should-retry") == "false"):
            return None
        delay = self._base_delay if status is None else self._status_delay(headers)
        no_more = "" if self.attempts > self._max_retries else self._over_cap(delay)
        if no_more is not None:
            if status is not None:
                raise MaxRetriesExceeded(self.attempts, f"HTTP status {status}{no_more}")
            return None
        self.attempts += 1
        self.waited += delay
        return delay

    def _over_cap(self, delay: float) -> str | None:
        """Which cap another `delay` seconds would pass, in words; None: there is room."""
        planner = self._planner
        if self.waited + delay > planner.max_wait:
            return f", and {delay:g} s more would pass the {planner.max_wait:g} s cap"
        spent = planner.clock() - self._started
        if spent + delay < planner.max_total:
            return None
        return f", and {delay:g} s more after {spent:.3g} s would pass the {planner.max_total:g} s cap on the request"

    @property
    def _base_delay(self) -> float:
        return self._planner.settings.base_delay

    def _status_delay(self, headers: Mapping[str, str]) -> float:
        asked = _asked_delay(headers, self._planner.now())
        if asked is not None and asked > 0:
            return asked
        steps = min(self.attempts - 1, 32)
        return self._base_delay * float(2**steps) * (1 + _JITTER * self._planner.random.random())


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
