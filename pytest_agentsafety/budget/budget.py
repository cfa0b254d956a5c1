"""One task's account.

What holds, for every interleaving of threads:
- cost: settled + kept + reserved never passes `max_cost_usd`, because each reservation is an upper bound of its
  call (a charge above its reservation, which the provider's own counting would have to cause, is charged in full);
- tokens: no call starts once tokens spent, estimates in flight and the estimate of its own input (bytes / 3.5, its
  `max_tokens` not counted) pass `max_tokens`. The byte bound is some four times too high to be used here: it would
  stop honest tasks early. So the limit can be passed by the answers of calls in flight and by the estimate's
  error, and the next call is refused;
- tool calls: at most `max_tool_calls` are admitted. Seconds: checked where `check_time` is called.

An account may have a parent, the account of the whole run: each act must fit into both. It is asked inside the own
lock, after the own limits and before the own entry, so that a refusal of either leaves nothing behind in the other.
"""

from __future__ import annotations

import copy
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pytest_agentsafety.budget.bound import PartsReader, RequestBound, TokenCounter, bound_of, estimate_usage
from pytest_agentsafety.budget.forks import renew_on_fork
from pytest_agentsafety.budget.loops import LoopWatch, signature
from pytest_agentsafety.budget.money import cap, is_plausible, most_cost, true_cost
from pytest_agentsafety.budget.prices import UNITS, RateCard, as_card, units
from pytest_agentsafety.budget.run import RunBudget, RunHold
from pytest_agentsafety.model.errors import BudgetExceededError, LimitExceededError, TokenLimitError
from pytest_agentsafety.model.messages import ModelRequest, Usage
from pytest_agentsafety.model.policy import BudgetLimits
from pytest_agentsafety.protocols import PriceSource

ChargeKind = Literal["settled", "kept", "released", "ended before"]
_new = tuple.__new__


class ActionCostError(BudgetExceededError):
    """One single call could cost more than `max_cost_per_action_usd`."""

    guard = "cost"


class Reservation:
    """Room held for one attempt of one call: the most it can cost, in UNITS. Ended once by `settle`, `keep`, `release`
    or `fail`."""

    __slots__ = ("bound", "card", "cost", "model")

    def __init__(self, model: str, cost: int, bound: RequestBound, card: RateCard) -> None:
        self.model, self.cost, self.bound, self.card = model, cost, bound, card

    @property
    def cost_usd(self) -> Decimal:
        return Decimal(self.cost) / UNITS

    @property
    def tokens(self) -> int:
        return self.bound.estimate


class Charge(NamedTuple):
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

    `per_action` also holds each single call to `max_cost_per_action_usd`; `parent` is the account of the run;
    `counter` counts the input of requests with images and documents, which are refused without it.
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
        parent: RunBudget | None = None,
        counter: TokenCounter | None = None,
    ) -> None:
        already = already or Spent()
        self.limits, self.parent = limits, parent
        self._prices, self._counter, self._clock = prices, counter, clock
        self._cards: dict[str, RateCard] = {}
        self._parts = PartsReader(may_count=counter is not None)
        self._most_cost = _limit(limits.max_cost_usd)
        self._most_per_action = _limit(limits.max_cost_per_action_usd) if per_action else math.inf
        self._lock = threading.Lock()
        self._started = clock() - already.seconds
        self._asked, self._paused_at, self._waited = 0, 0.0, 0.0
        self._open: dict[int, tuple[Reservation, RunHold | None]] = {}
        self._loops = LoopWatch(limits.max_identical_calls)
        self._cost = units(already.cost_usd + already.reserved_usd)  # what was in flight then has no known outcome
        self._input, self._output = already.input_tokens, already.output_tokens
        self._tool_calls, self._estimated = already.tool_calls, already.estimated
        self._totals = already.cost_usd + already.reserved_usd, self._input + self._output  # as the last end left them
        renew_on_fork(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    @property
    def spent(self) -> Spent:
        with self._lock:
            return Spent(
                cost_usd=self._cost / UNITS,
                reserved_usd=self._reserved() / UNITS,
                input_tokens=self._input,
                output_tokens=self._output,
                tool_calls=self._tool_calls,
                seconds=self._clock() - self._started - self._waited_now(),
                estimated=self._estimated,
            )

    def totals(self) -> tuple[float, int]:
        """US dollars and tokens spent so far, reservations not among them."""
        return self._totals

    def reserve(self, request: ModelRequest) -> Reservation:
        """Hold the most the request can cost.

        Raises, before anything is sent: UnknownModelError, UnboundedRequestError (no bound exists), ActionCostError,
        BudgetExceededError, TokenLimitError, BudgetFileError (the run's account is damaged).
        """
        model = str(request.payload.get("model", ""))
        card = self._cards.get(model)
        if card is None:
            card = self._cards[model] = as_card(self._prices.rates(model))
        bound = bound_of(request, self._counter, self._parts)
        held = Reservation(model, most_cost(card, bound), bound, card)
        self._hold(held)
        return held

    def reserve_again(self, reservation: Reservation) -> Reservation:
        """Room for the next attempt of the same request, without reading it again. Raises as `reserve`.

        The attempt before is ended apart from this, by `fail`.
        """
        held = copy.copy(reservation)
        self._hold(held)
        return held

    def _hold(self, held: Reservation) -> None:
        with self._lock:
            self._check(held)
            run = None
            if self.parent is not None:
                run = self.parent.hold(held.cost_usd, held.bound.input_tokens + held.bound.output_tokens)
            self._open[id(held)] = (held, run)

    def _check(self, held: Reservation) -> None:
        limits, cost = self.limits, held.cost
        if cost > self._most_per_action:
            raise _too_dear(held, limits.max_cost_per_action_usd)
        cost += self._cost
        tokens = self._input + self._output + held.bound.estimate
        if self._open:
            cost += self._reserved()
            tokens += sum(reservation.tokens for reservation, _ in self._open.values())
        if cost > self._most_cost:
            raise BudgetExceededError("cost of the task", cost / UNITS, limits.max_cost_usd, unit=" USD")
        if tokens > limits.max_tokens:
            cap(TokenLimitError, "tokens of the task", tokens, limits.max_tokens, " tokens")

    def _reserved(self) -> int:
        return sum(reservation.cost for reservation, _ in self._open.values())

    def settle(self, reservation: Reservation, usage: Usage) -> Charge:
        """The call is over and its usage known. Counts that cannot be true leave the outcome unknown: `keep`."""
        if not is_plausible(usage):
            return self.keep(reservation)
        cost = true_cost(reservation.card, usage, long_cache=reservation.bound.long_cache)
        return self._end(reservation, "settled", cost, usage)

    def keep(self, reservation: Reservation) -> Charge:
        """The outcome is unknown: the whole bound counts as spent, the tokens as the estimate and all of max_tokens."""
        bound = reservation.bound
        usage = Usage(input_tokens=bound.estimate, output_tokens=bound.output_tokens, estimated=True)
        return self._end(reservation, "kept", reservation.cost, usage)

    def release(self, reservation: Reservation) -> Charge:
        """The call was certainly not sent (or certainly not charged)."""
        return self._end(reservation, "released", 0, Usage())

    def fail(self, reservation: Reservation, *, status: int | None, sent: bool = True) -> Charge:
        """An attempt failed with an HTTP status, or with none (an error of the transport).

        Nothing was generated where the request was refused (300 to 499) or never `sent`; after anything else nobody
        knows, and it is kept.
        """
        if not sent:
            return self.release(reservation)
        if status is not None and 300 <= status < 500:
            return self.settle(reservation, Usage())
        return self.keep(reservation)

    def _end(self, reservation: Reservation, kind: ChargeKind, cost: int, usage: Usage) -> Charge:
        """Only the first end counts: a second one neither frees nor charges anything."""
        fresh, output, written, read, estimated = usage
        used = fresh + written + read
        with self._lock:
            found = self._open.pop(id(reservation), None)
            if found is None:
                return Charge(kind="ended before", model=reservation.model)
            self._cost = spent = self._cost + cost
            self._input = input_tokens = self._input + used
            self._output = output_tokens = self._output + output
            self._totals = spent / UNITS, input_tokens + output_tokens
            if estimated:
                self._estimated = True
            if self.parent is not None and (run := found[1]) is not None:
                self.parent.end(run, Decimal(cost) / UNITS, run.tokens if kind == "kept" else used + output)
        return _new(Charge, (kind, reservation.model, cost / UNITS, used, output, estimated))

    def count_tool_call(self, name: str | None = None, arguments: Mapping[str, Any] | None = None) -> None:
        """Admit one tool call; with its name also look for loops.

        Raises LimitExceededError (one too many), LoopDetectedError, BudgetFileError, and counts nothing then.
        """
        call = None if name is None else signature(name, arguments)
        with self._lock:
            if self._tool_calls >= self.limits.max_tool_calls:
                cap(LimitExceededError, "tool calls of the task", self._tool_calls + 1, self.limits.max_tool_calls, "")
            runs = self._loops.look(call, name) if name is not None else None
            if self.parent is not None:
                self.parent.count_tool_call()
            self._tool_calls += 1
            if runs is not None:
                self._loops.enter(call, runs)

    def note_denied_call(self, name: str, arguments: Mapping[str, Any] | None = None) -> None:
        """A call that may not run counts for loops alone. Raises LoopDetectedError: the agent insists."""
        call = signature(name, arguments)
        with self._lock:
            self._loops.enter(call, self._loops.look(call, name))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Somebody is asked: what they take to answer is not the task's time. The run's clock goes on."""
        with self._lock:
            if not self._asked:
                self._paused_at = self._clock()
            self._asked += 1
        try:
            yield
        finally:
            with self._lock:
                self._asked -= 1
                if not self._asked:
                    self._waited += self._clock() - self._paused_at

    @property
    def waited(self) -> float:
        """Seconds that the task has waited for answers so far, the one that is asked for now included."""
        with self._lock:
            return self._waited_now()

    def _waited_now(self) -> float:
        return self._waited + (self._clock() - self._paused_at if self._asked else 0.0)

    def check_time(self) -> None:
        """Raises LimitExceededError once the task, or the run, has taken longer than its `max_seconds`."""
        elapsed = self._clock() - self._started - self._waited
        if elapsed > self.limits.max_seconds:
            elapsed = self._clock() - self._started - self.waited
            cap(LimitExceededError, "duration of the task", elapsed, self.limits.max_seconds, " s")
        if self.parent is not None:
            self.parent.check_time()


def _limit(usd: float) -> float:
    """In UNITS; no limit stays none."""
    return usd if math.isinf(usd) else units(usd)


def _too_dear(held: Reservation, limit: float) -> ActionCostError:
    error = ActionCostError("cost of one action", held.cost / UNITS, limit, unit=" USD")
    most = held.bound.output_tokens
    if most > held.bound.input_tokens:  # some clients ask for all that a model can say unless they are told otherwise
        hint = f"max_tokens of the request is {most:,}, and the answer could be as long as that"
        fix = "give the agent's client a lower max_tokens, or raise budget.max_cost_per_action_usd"
        error.args = (f"{error}: {hint}; {fix}",)
    return error
