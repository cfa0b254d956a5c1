"""One task's account.

What holds, for every interleaving of threads:
- cost: settled + kept + reserved never passes `max_cost_usd`, because each reservation is an upper bound of its
  call (a charge above its reservation, which the provider's own counting would have to cause, is charged in full);
- tokens: no call starts once tokens spent, estimates in flight and the estimate of its own input (bytes / 3.5, its
  `max_tokens` not counted) pass `max_tokens`. The byte bound is some four times too high to be used here: it would
  stop honest tasks early. So the limit can be passed by the answers of calls in flight and by the estimate's
  error, and the next call is refused;
- tool calls: at most `max_tool_calls` are admitted. Seconds: checked where `check_time` is called.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pytest_agentsafety.budget.bound import RequestBound, bound_of, estimate_usage
from pytest_agentsafety.budget.prices import RateCard, as_card
from pytest_agentsafety.model.errors import BudgetExceededError, LimitExceededError, TokenLimitError
from pytest_agentsafety.model.messages import ModelRequest, Usage
from pytest_agentsafety.model.policy import BudgetLimits
from pytest_agentsafety.protocols import PriceSource

ChargeKind = Literal["settled", "kept", "released", "ended before"]


class ActionCostError(BudgetExceededError):
    """One single call could cost more than `max_cost_per_action_usd`."""

    guard = "cost"


@dataclass(frozen=True, kw_only=True, eq=False)
class Reservation:
    """Room held for one attempt of one call. Ended once by `settle`, `keep` or `release`."""

    model: str
    cost_usd: Decimal
    bound: RequestBound
    card: RateCard

    @property
    def tokens(self) -> int:
        return self.bound.estimate


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What a call was charged, US dollars and tokens. `estimated`: the tokens were not reported."""

    kind: ChargeKind
    model: str
    cost_usd: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A moment's totals: US dollars, tokens (cached ones included), calls, seconds since the start."""

    cost_usd: float = 0.0
    reserved_usd: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    tool_calls: int = 0
    seconds: float = 0.0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


class Budget:
    """Thread-safe account of one task. `already` is what an earlier part of the same task spent.

    `per_action` also holds each single call to `max_cost_per_action_usd`.
    """

    estimate_usage = staticmethod(estimate_usage)

    def __init__(
        self,
        limits: BudgetLimits,
        prices: PriceSource,
        *,
        per_action: bool = False,
        clock: Callable[[], float] = time.monotonic,
        already: Spent | None = None,
    ) -> None:
        already = already or Spent()
        self.limits = limits
        self._prices, self._per_action, self._clock = prices, per_action, clock
        self._lock = threading.Lock()
        self._started = clock() - already.seconds
        self._open: dict[int, Reservation] = {}
        self._cost = _exact(already.cost_usd + already.reserved_usd)  # what was in flight then has no known outcome
        self._input, self._output = already.input_tokens, already.output_tokens
        self._tool_calls, self._estimated = already.tool_calls, already.estimated

    @property
    def spent(self) -> Spent:
        with self._lock:
            return Spent(
                cost_usd=float(self._cost),
                reserved_usd=float(self._reserved()),
                input_tokens=self._input,
                output_tokens=self._output,
                tool_calls=self._tool_calls,
                seconds=self._clock() - self._started,
                estimated=self._estimated,
            )

    def reserve(self, request: ModelRequest) -> Reservation:
        """Hold the most the request can cost.

        Raises, before anything is sent: UnknownModelError, UnboundedRequestError (no bound exists), ActionCostError,
        BudgetExceededError, TokenLimitError.
        """
        card = as_card(self._prices.rates(request.model))
        bound = bound_of(request)
        held = Reservation(model=request.model, cost_usd=most_cost(card, bound), bound=bound, card=card)
        with self._lock:
            self._check(held)
            self._open[id(held)] = held
        return held

    def _check(self, held: Reservation) -> None:
        limits = self.limits
        if self._per_action:
            _cap(ActionCostError, "cost of one action", held.cost_usd, limits.max_cost_per_action_usd, " USD")
        cost = self._cost + self._reserved() + held.cost_usd
        _cap(BudgetExceededError, "cost of the task", cost, limits.max_cost_usd, " USD")
        flying = sum(reservation.tokens for reservation in self._open.values())
        tokens = self._input + self._output + flying + held.tokens
        _cap(TokenLimitError, "tokens of the task", tokens, limits.max_tokens, " tokens")

    def _reserved(self) -> Decimal:
        return sum((reservation.cost_usd for reservation in self._open.values()), Decimal(0))

    def settle(self, reservation: Reservation, usage: Usage) -> Charge:
        """The call is over and its usage known. Counts that cannot be true leave the outcome unknown: `keep`."""
        if not _is_plausible(usage):
            return self.keep(reservation)
        cost = true_cost(reservation.card, usage, long_cache=reservation.bound.long_cache)
        return self._end(reservation, "settled", cost, usage)

    def keep(self, reservation: Reservation) -> Charge:
        """The outcome is unknown: the whole bound counts as spent, the tokens as the estimate and all of max_tokens."""
        bound = reservation.bound
        usage = Usage(input_tokens=bound.estimate, output_tokens=bound.output_tokens, estimated=True)
        return self._end(reservation, "kept", reservation.cost_usd, usage)

    def release(self, reservation: Reservation) -> Charge:
        """The call was certainly not sent (or certainly not charged)."""
        return self._end(reservation, "released", Decimal(0), Usage())

    def _end(self, reservation: Reservation, kind: ChargeKind, cost: Decimal, usage: Usage) -> Charge:
        """Only the first end counts: a second one neither frees nor charges anything."""
        with self._lock:
            if self._open.pop(id(reservation), None) is None:
                return Charge(kind="ended before", model=reservation.model)
            self._cost += cost
            self._input += usage.total_input
            self._output += usage.output_tokens
            self._estimated = self._estimated or usage.estimated
        return Charge(
            kind=kind,
            model=reservation.model,
            cost_usd=float(cost),
            input_tokens=usage.total_input,
            output_tokens=usage.output_tokens,
            estimated=usage.estimated,
        )

    def count_tool_call(self) -> None:
        """Admit one tool call. Raises LimitExceededError, and counts nothing, when it is one too many."""
        with self._lock:
            _cap(LimitExceededError, "tool calls of the task", self._tool_calls + 1, self.limits.max_tool_calls, "")
            self._tool_calls += 1

    def check_time(self) -> None:
        """Raises LimitExceededError once the task has taken longer than `max_seconds`."""
        elapsed = self._clock() - self._started
        _cap(LimitExceededError, "duration of the task", elapsed, self.limits.max_seconds, " s")


def most_cost(card: RateCard, bound: RequestBound) -> Decimal:
    """The dearest a request of this bound can be, over all tiers it may reach."""
    return max(_most_at(tier, bound) for tier in card.reachable(bound.input_tokens))


def _most_at(tier: RateCard, bound: RequestBound) -> Decimal:
    rates = [tier.input, tier.cache_read, tier.cache_write]
    if bound.long_cache:
        rates.append(tier.cache_write_1h)
    return bound.input_tokens * _exact(max(rates)) + bound.output_tokens * _exact(tier.output)


def true_cost(card: RateCard, usage: Usage, *, long_cache: bool = False) -> Decimal:
    """The price of a known usage; with `long_cache` all cache writes count as the dearer kind."""
    tier = card.at(usage.total_input)
    write = max(tier.cache_write, tier.cache_write_1h) if long_cache else tier.cache_write
    return (
        usage.input_tokens * _exact(tier.input)
        + usage.cache_read_input_tokens * _exact(tier.cache_read)
        + usage.cache_creation_input_tokens * _exact(write)
        + usage.output_tokens * _exact(tier.output)
    )


def _is_plausible(usage: Usage) -> bool:
    counts: tuple[Any, ...] = (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
    )
    return all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in counts)


def _exact(value: float) -> Decimal:
    """The number as it is written, so that sums of cents stay sums of cents."""
    return Decimal(repr(value))


def _cap(error: type[LimitExceededError], kind: str, value: Decimal | float, limit: float, unit: str) -> None:
    if value > (_exact(limit) if isinstance(value, Decimal) else limit):
        raise error(kind, float(value), limit, unit=unit)
