"""The account: what is refused before the act, and what each end of a call costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

import pytest

from pytest_agentsafety.budget import (
    ActionCostError,
    Budget,
    RateCard,
    Reservation,
    Spent,
    UnboundedRequestError,
    default_prices,
)
from pytest_agentsafety.model.errors import (
    BudgetExceededError,
    LimitExceededError,
    StopRun,
    TokenLimitError,
    UnknownModelError,
)
from pytest_agentsafety.model.messages import ModelRequest, Usage
from pytest_agentsafety.model.policy import BudgetLimits
from pytest_agentsafety.protocols import Rates

PLAIN = Rates(input=1e-6, output=10e-6, cache_read=0.1e-6, cache_write=2e-6)
DEAR = RateCard(input=5e-6, output=50e-6, cache_read=0.5e-6, cache_write=10e-6, cache_write_1h=20e-6)
TIERED = RateCard(
    input=1e-6, output=10e-6, cache_read=0.1e-6, cache_write=2e-6, cache_write_1h=4e-6, tiers=((1000, DEAR),)
)
FIFTH = Rates(input=0, output=0.1, cache_read=0, cache_write=0)
PRICES = default_prices({"m": PLAIN, "tiered": TIERED, "fifth": FIFTH})
WIDE = BudgetLimits(max_cost_usd=1000.0, max_cost_per_action_usd=1000.0, max_tokens=10**9)


def request(size: int = 500, *, max_tokens: int = 100, model: str = "m", **fields: Any) -> ModelRequest:
    """A request of exactly `size` bytes."""
    payload = {"model": model, "max_tokens": max_tokens, "messages": [{"role": "user", "content": ""}], **fields}
    payload["messages"][0]["content"] = "x" * (size - len(json.dumps(payload)))
    body = json.dumps(payload).encode()
    assert len(body) == size
    return ModelRequest(url="http://x/v1/messages", path="/v1/messages", body=body, payload=payload)


def budget(limits: BudgetLimits = WIDE, **kwargs: Any) -> Budget:
    return Budget(limits, PRICES, **kwargs)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# -- reserve


def test_a_reservation_is_bytes_at_the_highest_input_rate_and_max_tokens_of_output() -> None:
    account = budget()
    held = account.reserve(request(500, max_tokens=100))
    assert float(held.cost_usd) == pytest.approx(500 * 2e-6 + 100 * 10e-6)
    assert account.spent.reserved_usd == pytest.approx(0.002)
    assert account.spent.cost_usd == 0.0


def test_the_dearer_tier_counts_as_soon_as_it_can_be_reached() -> None:
    account = budget()
    assert float(account.reserve(request(1000, model="tiered", max_tokens=1)).cost_usd) == pytest.approx(0.002010)
    assert float(account.reserve(request(1001, model="tiered", max_tokens=1)).cost_usd) == pytest.approx(0.010060)


def test_the_long_cache_counts_only_where_it_is_asked_for() -> None:
    account = budget()
    short = account.reserve(request(500, model="tiered", cache_control={"type": "ephemeral"}))
    long = account.reserve(request(500, model="tiered", cache_control={"type": "ephemeral", "ttl": "1h"}))
    assert float(short.cost_usd) == pytest.approx(500 * 2e-6 + 0.001)
    assert float(long.cost_usd) == pytest.approx(500 * 4e-6 + 0.001)


def test_the_cost_limit_names_the_figure_it_would_reach_and_the_limit() -> None:
    account = budget(BudgetLimits(max_cost_usd=0.003, max_tokens=10**6))
    account.reserve(request(500))
    with pytest.raises(BudgetExceededError) as caught:
        account.reserve(request(500))
    error = caught.value
    assert (error.kind, error.value, error.limit) == ("cost of the task", pytest.approx(0.004), 0.003)
    assert str(error) == "cost of the task would reach 0.004 USD, over the limit of 0.003 USD"


def test_a_refused_request_holds_nothing() -> None:
    account = budget(BudgetLimits(max_cost_usd=0.003, max_tokens=10**6))
    with pytest.raises(BudgetExceededError):
        account.reserve(request(5000))
    assert account.spent.reserved_usd == 0.0
    account.reserve(request(500))


def test_exactly_the_limit_is_allowed_and_sums_of_cents_are_exact() -> None:
    account = Budget(BudgetLimits(max_cost_usd=0.3, max_tokens=10**6), PRICES)
    for _ in range(3):
        account.settle(account.reserve(request(model="fifth", max_tokens=1)), Usage(output_tokens=1))
    assert account.spent.cost_usd == 0.3
    with pytest.raises(BudgetExceededError):
        account.reserve(request(model="fifth", max_tokens=1))


def test_one_action_is_held_to_its_own_limit_when_the_guard_is_on() -> None:
    limits = BudgetLimits(max_cost_usd=10.0, max_cost_per_action_usd=0.0015, max_tokens=10**6)
    with pytest.raises(ActionCostError) as caught:
        budget(limits, per_action=True).reserve(request(500))
    assert (caught.value.guard, caught.value.kind, caught.value.limit) == ("cost", "cost of one action", 0.0015)
    assert budget(limits).reserve(request(500)).model == "m"


def test_an_action_that_is_dear_by_its_longest_answer_says_so() -> None:
    limits = BudgetLimits(max_cost_usd=10.0, max_cost_per_action_usd=0.0015, max_tokens=10**6)
    with pytest.raises(ActionCostError, match=r"over the limit .*: max_tokens of the request is 128,000") as caught:
        budget(limits, per_action=True).reserve(request(max_tokens=128_000))
    assert "give the agent's client a lower max_tokens" in str(caught.value)


def test_an_unknown_model_fails_closed() -> None:
    account = budget()
    with pytest.raises(UnknownModelError, match="claude-nope"):
        account.reserve(request(model="claude-nope"))
    assert account.spent.reserved_usd == 0.0


def test_a_request_without_a_bound_fails_closed_whatever_the_limit() -> None:
    account = budget()
    with pytest.raises(UnboundedRequestError, match="image"):
        account.reserve(request(system=[{"type": "image"}]))
    assert account.spent.reserved_usd == 0.0


def test_every_refusal_stops_the_run() -> None:
    for error in (ActionCostError, BudgetExceededError, TokenLimitError, UnboundedRequestError, UnknownModelError):
        assert issubclass(error, StopRun)


# -- tokens


def test_the_token_limit_is_checked_on_spent_and_estimate_without_max_tokens() -> None:
    account = budget(BudgetLimits(max_cost_usd=1000, max_tokens=100))
    account.reserve(request(350, max_tokens=90_000))
    with pytest.raises(TokenLimitError) as caught:
        budget(BudgetLimits(max_cost_usd=1000, max_tokens=99)).reserve(request(350, max_tokens=1))
    assert (caught.value.value, caught.value.limit) == (100.0, 99)
    assert str(caught.value) == "tokens of the task would reach 100 tokens, over the limit of 99 tokens"


def test_estimates_in_flight_count() -> None:
    account = budget(BudgetLimits(max_cost_usd=1000, max_tokens=199))
    first = account.reserve(request(350))
    with pytest.raises(TokenLimitError):
        account.reserve(request(350))
    account.release(first)
    account.reserve(request(350))


def test_an_answer_over_the_limit_refuses_the_next_call() -> None:
    account = budget(BudgetLimits(max_cost_usd=1000, max_tokens=200))
    account.settle(account.reserve(request(350)), Usage(input_tokens=100, output_tokens=150))
    assert account.spent.tokens == 250
    with pytest.raises(TokenLimitError) as caught:
        account.reserve(request(350))
    assert caught.value.value == 350.0


# -- settle, keep, release


def test_settling_charges_every_kind_of_token_at_its_rate() -> None:
    account = budget()
    usage = Usage(input_tokens=100, output_tokens=20, cache_read_input_tokens=1000, cache_creation_input_tokens=50)
    charge = account.settle(account.reserve(request()), usage)
    expected = 100 * 1e-6 + 20 * 10e-6 + 1000 * 0.1e-6 + 50 * 2e-6
    assert charge.cost_usd == pytest.approx(expected)
    assert (charge.kind, charge.model, charge.input_tokens, charge.output_tokens) == ("settled", "m", 1150, 20)
    assert not charge.estimated
    spent = account.spent
    assert spent.cost_usd == pytest.approx(expected)
    assert (spent.reserved_usd, spent.input_tokens, spent.output_tokens, spent.estimated) == (0.0, 1150, 20, False)


def test_settling_charges_the_tier_of_the_real_size() -> None:
    account = budget()
    small = account.settle(account.reserve(request(5000, model="tiered")), Usage(input_tokens=1000))
    large = account.settle(account.reserve(request(5000, model="tiered")), Usage(input_tokens=1001))
    assert small.cost_usd == pytest.approx(1000 * 1e-6)
    assert large.cost_usd == pytest.approx(1001 * 5e-6)


def test_cached_tokens_count_for_the_tier() -> None:
    account = budget()
    usage = Usage(input_tokens=1, cache_read_input_tokens=1000)
    assert account.settle(account.reserve(request(5000, model="tiered")), usage).cost_usd == pytest.approx(
        5e-6 + 1000 * 0.5e-6
    )


def test_writes_to_the_long_cache_are_charged_as_such() -> None:
    account = budget()
    held = account.reserve(request(model="tiered", cache_control={"type": "ephemeral", "ttl": "1h"}))
    assert account.settle(held, Usage(cache_creation_input_tokens=100)).cost_usd == pytest.approx(100 * 4e-6)


def test_estimated_usage_marks_the_account_for_good() -> None:
    account = budget()
    charge = account.settle(account.reserve(request()), account.estimate_usage(500, "hello"))
    assert charge.estimated
    account.settle(account.reserve(request()), Usage(input_tokens=1))
    assert account.spent.estimated


def test_keeping_spends_the_whole_reservation() -> None:
    account = budget()
    held = account.reserve(request(350, max_tokens=100))
    charge = account.keep(held)
    assert charge.cost_usd == float(held.cost_usd) == pytest.approx(350 * 2e-6 + 0.001)
    assert (charge.kind, charge.input_tokens, charge.output_tokens, charge.estimated) == ("kept", 100, 100, True)
    assert account.spent.cost_usd == charge.cost_usd
    assert account.spent.reserved_usd == 0.0


def test_releasing_spends_nothing() -> None:
    account = budget()
    charge = account.release(account.reserve(request()))
    assert (charge.kind, charge.cost_usd, charge.input_tokens) == ("released", 0.0, 0)
    assert (account.spent.cost_usd, account.spent.reserved_usd, account.spent.estimated) == (0.0, 0.0, False)


@pytest.mark.parametrize("second", ["settle", "keep", "release"])
@pytest.mark.parametrize("first", ["settle", "keep", "release"])
def test_only_the_first_end_counts(first: str, second: str) -> None:
    def end(how: str, held: Reservation) -> Any:
        return account.settle(held, Usage(input_tokens=10)) if how == "settle" else getattr(account, how)(held)

    account = budget()
    held = account.reserve(request())
    once = end(first, held)
    before = account.spent
    twice = end(second, held)
    assert (twice.kind, twice.cost_usd, twice.input_tokens) == ("ended before", 0.0, 0)
    assert account.spent.cost_usd == before.cost_usd == once.cost_usd
    assert account.spent.tokens == before.tokens


def test_a_reservation_of_another_account_frees_nothing() -> None:
    account, other = budget(), budget()
    held = account.reserve(request())
    assert other.keep(held).kind == "ended before"
    assert other.spent.cost_usd == 0.0
    assert account.spent.reserved_usd > 0


@pytest.mark.parametrize(
    "usage",
    [
        Usage(input_tokens=-1_000_000),
        Usage(output_tokens=-1),
        Usage(cache_read_input_tokens=-5),
        Usage(cache_creation_input_tokens=-5),
        Usage(input_tokens=True),
        Usage(input_tokens="5"),  # type: ignore[arg-type]
    ],
)
def test_counts_that_cannot_be_true_leave_the_whole_reservation_spent(usage: Usage) -> None:
    account = budget()
    held = account.reserve(request())
    assert account.settle(held, usage).kind == "kept"
    assert account.spent.cost_usd == float(held.cost_usd)


def test_a_charge_over_its_reservation_is_charged_in_full() -> None:
    account = budget()
    held = account.reserve(request(500, max_tokens=1))
    charge = account.settle(held, Usage(input_tokens=1_000_000))
    assert charge.cost_usd == pytest.approx(1.0)
    assert charge.cost_usd > float(held.cost_usd)


# -- tool calls and time


def test_tool_calls_are_counted_and_the_one_too_many_is_not() -> None:
    account = budget(BudgetLimits(max_tool_calls=2))
    account.count_tool_call()
    account.count_tool_call()
    for _ in range(2):
        with pytest.raises(LimitExceededError) as caught:
            account.count_tool_call()
        assert str(caught.value) == "tool calls of the task would reach 3, over the limit of 2"
    assert account.spent.tool_calls == 2


def test_time_is_checked_against_the_clock_given() -> None:
    clock = Clock()
    account = budget(BudgetLimits(max_seconds=5), clock=clock)
    clock.now += 5
    account.check_time()
    assert account.spent.seconds == 5.0
    clock.now += 0.5
    with pytest.raises(LimitExceededError) as caught:
        account.check_time()
    assert str(caught.value) == "duration of the task would reach 5.5 s, over the limit of 5 s"


# -- going on, and threads


def test_an_account_goes_on_where_an_earlier_part_stopped() -> None:
    clock = Clock()
    already = Spent(
        cost_usd=0.5, reserved_usd=0.25, input_tokens=70, output_tokens=30, tool_calls=24, seconds=100.0, estimated=True
    )
    account = budget(BudgetLimits(max_cost_usd=0.76, max_tokens=10**6), clock=clock, already=already)
    spent = account.spent
    assert (spent.cost_usd, spent.reserved_usd) == (0.75, 0.0)
    assert (spent.tokens, spent.tool_calls, spent.seconds, spent.estimated) == (100, 24, 100.0, True)
    account.count_tool_call()
    with pytest.raises(LimitExceededError):
        account.count_tool_call()
    with pytest.raises(BudgetExceededError):
        account.reserve(request(5000, max_tokens=1))
    clock.now += 21
    with pytest.raises(LimitExceededError):
        account.check_time()


class Pausing:
    """Limits that let another thread try while the first is in the middle of its check."""

    max_cost_per_action_usd, max_seconds, max_identical_calls = 1000.0, 1000.0, 6

    def __init__(self, cost: float, calls: int) -> None:
        self.max_cost_usd = cost
        self._values, self.others = {"tokens": 10**9, "calls": calls}, []
        self.act: Callable[[], Any] = lambda: None

    def _read(self, name: str) -> Any:
        if not self.others:
            self.others.append(Thread(target=self.act))
            self.others[0].start()
            self.others[0].join(0.05)  # it must wait for us; without a lock it is done at once
        return self._values[name]

    max_tokens = property(lambda self: self._read("tokens"))  # looked at after the cost
    max_tool_calls = property(lambda self: self._read("calls"))


@pytest.mark.parametrize("what", ["reserve", "count_tool_call"])
def test_nobody_gets_between_a_check_and_its_entry(what: str) -> None:
    limits: Any = Pausing(cost=float(budget().reserve(request()).cost_usd), calls=1)
    account = budget(limits)
    outcomes: list[str] = []

    def act() -> None:
        try:
            account.reserve(request()) if what == "reserve" else account.count_tool_call()
        except LimitExceededError:
            outcomes.append("refused")
        else:
            outcomes.append("admitted")

    limits.act = act
    act()
    limits.others[0].join()
    assert sorted(outcomes) == ["admitted", "refused"]


def test_waiting_for_an_answer_is_not_the_tasks_time() -> None:
    clock = Clock()
    account = budget(BudgetLimits(max_seconds=5), clock=clock)
    clock.now += 4
    with account.paused():
        clock.now += 100
        account.check_time()
        with account.paused():  # a second thread asks meanwhile
            clock.now += 50
        assert account.waited == 150
    assert account.spent.seconds == 4
    clock.now += 1.5
    with pytest.raises(LimitExceededError, match=r"5\.5 s"):
        account.check_time()


def test_threads_share_one_cap_without_overshoot() -> None:
    threads, fits = 16, 5
    one = budget().reserve(request(500))
    account = budget(BudgetLimits(max_cost_usd=float(one.cost_usd) * fits, max_tokens=10**9))
    start = Barrier(threads)

    def work(_: int) -> int:
        start.wait()
        held = []
        for _ in range(20):
            try:
                held.append(account.reserve(request(500)))
            except BudgetExceededError:
                continue
        assert account.spent.cost_usd + account.spent.reserved_usd <= account.limits.max_cost_usd
        return len(held)

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(work, range(threads))) == fits
    assert account.spent.reserved_usd == account.limits.max_cost_usd


def test_threads_share_one_count_of_tool_calls() -> None:
    account = budget(BudgetLimits(max_tool_calls=50))
    start = Barrier(8)

    def work(_: int) -> int:
        start.wait()
        done = 0
        for _ in range(20):
            try:
                account.count_tool_call()
            except LimitExceededError:
                continue
            done += 1
        return done

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 50
    assert account.spent.tool_calls == 50
