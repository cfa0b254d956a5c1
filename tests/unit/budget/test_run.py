"""The account of the run: what it refuses, what reaches it from the tasks, and the attempts of one call."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from pytest_agentsafety.budget import (
    RUN_BUDGET_FILE,
    Budget,
    LoopDetectedError,
    RunBudget,
    RunSpent,
    default_prices,
    open_run_budget,
)
from pytest_agentsafety.model.errors import BudgetExceededError, LimitExceededError, StopRun, TokenLimitError
from pytest_agentsafety.model.messages import ModelRequest, Usage
from pytest_agentsafety.model.policy import BudgetLimits, RunLimits
from pytest_agentsafety.protocols import Rates

PRICES = default_prices({"m": Rates(input=1e-6, output=10e-6, cache_read=0.1e-6, cache_write=1e-6)})
WIDE = BudgetLimits(max_cost_usd=1000.0, max_tokens=10**9, max_tool_calls=10**6, max_seconds=1e6)
ONE = 0.002  # US dollars that `request()` can cost at most: 1,000 bytes at 1e-6 and 100 tokens at 10e-6


def request(size: int = 1000, *, max_tokens: int = 100) -> ModelRequest:
    payload: dict[str, Any] = {"model": "m", "max_tokens": max_tokens, "messages": [{"role": "user", "content": ""}]}
    payload["messages"][0]["content"] = "x" * (size - len(json.dumps(payload)))
    return ModelRequest(url="", path="/v1/messages", body=json.dumps(payload).encode(), payload=payload)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["process", "file"])
def make_run(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., RunBudget]:
    def make(clock: Clock | None = None, **limits: Any) -> RunBudget:
        given = RunLimits(**limits)
        if request.param == "process":
            return RunBudget(given, clock=clock or Clock())
        return RunBudget.at(tmp_path / "run.txt", given, clock=clock or Clock())

    return make


def task(run: RunBudget, limits: BudgetLimits = WIDE) -> Budget:
    return Budget(limits, PRICES, parent=run)


# -- cost


def test_tasks_share_the_cost_of_the_run(make_run: Callable[..., RunBudget]) -> None:
    run = make_run(max_cost_usd=2.5 * ONE)
    one, other = task(run), task(run)
    one.reserve(request())
    other.reserve(request())
    with pytest.raises(BudgetExceededError) as caught:
        one.reserve(request())
    assert str(caught.value) == "cost of the run would reach 0.006 USD, over the limit of 0.005 USD"
    assert isinstance(caught.value, StopRun)
    assert (one.spent.reserved_usd, run.spent.reserved_usd) == (ONE, 2 * ONE)


def test_exactly_the_limit_of_the_run_is_allowed(make_run: Callable[..., RunBudget]) -> None:
    run = make_run(max_cost_usd=3 * ONE)
    for _ in range(3):
        account = task(run)
        account.keep(account.reserve(request()))
    assert run.spent.cost_usd == 3 * ONE
    with pytest.raises(BudgetExceededError):
        task(run).reserve(request(100, max_tokens=1))


def test_the_own_limit_is_asked_first_and_a_refusal_leaves_the_run_alone(make_run: Callable[..., RunBudget]) -> None:
    run = make_run(max_cost_usd=ONE / 2)
    account = task(run, BudgetLimits(max_cost_usd=ONE / 4))
    with pytest.raises(BudgetExceededError, match="cost of the task"):
        account.reserve(request())
    assert run.spent.reserved_usd == 0.0


def test_a_refusal_of_the_run_leaves_the_task_alone(make_run: Callable[..., RunBudget]) -> None:
    account = task(make_run(max_cost_usd=ONE / 2))
    with pytest.raises(BudgetExceededError, match="cost of the run"):
        account.reserve(request())
    assert (account.spent.reserved_usd, account.spent.cost_usd) == (0.0, 0.0)


@pytest.mark.parametrize("how", ["settle", "keep", "release", "fail"])
def test_every_end_reaches_the_run_once(make_run: Callable[..., RunBudget], how: str) -> None:
    run = make_run(max_cost_usd=1.0)
    account = task(run)
    ends: dict[str, Callable[[Any], Any]] = {
        "settle": lambda held: account.settle(held, Usage(input_tokens=300, output_tokens=7)),
        "keep": account.keep,
        "release": account.release,
        "fail": lambda held: account.fail(held, status=500),
    }
    held = account.reserve(request())
    for _ in range(3):
        ends[how](held)
    spent = run.spent
    assert spent.cost_usd == account.spent.cost_usd == {"settle": 0.00037, "release": 0.0}.get(how, ONE)
    assert spent.tokens == {"settle": 307, "release": 0}.get(how, 1100)
    assert (spent.reserved_usd, spent.reserved_tokens) == (0.0, 0)


def test_counts_that_cannot_be_true_keep_the_whole_bound_in_the_run_too(make_run: Callable[..., RunBudget]) -> None:
    run = make_run(max_cost_usd=1.0)
    account = task(run)
    account.settle(account.reserve(request()), Usage(output_tokens=-5))
    assert (run.spent.cost_usd, run.spent.tokens) == (ONE, 1100)


def test_fractions_of_the_smallest_unit_are_rounded_up_and_never_free(make_run: Callable[..., RunBudget]) -> None:
    run = make_run(max_cost_usd=1.0)
    tiny = default_prices({"m": Rates(input=3e-13, output=0.0, cache_read=0.0, cache_write=0.0)})
    account = Budget(WIDE, tiny, parent=run)
    for _ in range(10):
        account.settle(account.reserve(request()), Usage(input_tokens=1))
    assert run.spent.cost_usd == 10e-12


# -- tokens, calls, time


def test_tokens_of_the_run_are_held_by_their_true_bound(make_run: Callable[..., RunBudget]) -> None:
    account = task(run := make_run(max_tokens=2199))
    held = account.reserve(request())
    assert run.spent.reserved_tokens == 1100
    with pytest.raises(TokenLimitError) as caught:
        task(run).reserve(request())
    assert str(caught.value) == "tokens of the run would reach 2,200 tokens, over the limit of 2,199 tokens"
    account.settle(held, Usage(input_tokens=290, output_tokens=10))
    task(run).reserve(request())
    assert (run.spent.tokens, run.spent.reserved_tokens) == (300, 1100)


def test_tool_calls_of_all_tasks_count_together(make_run: Callable[..., RunBudget]) -> None:
    run = make_run(max_tool_calls=3)
    one, other = task(run), task(run)
    one.count_tool_call("a", {})
    other.count_tool_call()
    one.count_tool_call("a", {})
    with pytest.raises(LimitExceededError) as caught:
        other.count_tool_call("b", {})
    assert str(caught.value) == "tool calls of the run would reach 4, over the limit of 3"
    assert (one.spent.tool_calls, other.spent.tool_calls, run.spent.tool_calls) == (2, 1, 3)


def test_calls_the_task_refuses_do_not_reach_the_run(make_run: Callable[..., RunBudget]) -> None:
    run = make_run(max_tool_calls=100)
    few, looping = task(run, BudgetLimits(max_tool_calls=1)), task(run, BudgetLimits(max_identical_calls=1))
    few.count_tool_call("a", {})
    looping.count_tool_call("a", {})
    with pytest.raises(LimitExceededError):
        few.count_tool_call("b", {})
    with pytest.raises(LoopDetectedError):
        looping.count_tool_call("a", {})
    assert run.spent.tool_calls == 2


def test_a_call_the_run_refuses_is_no_part_of_a_loop(make_run: Callable[..., RunBudget]) -> None:
    account = task(make_run(max_tool_calls=1), BudgetLimits(max_identical_calls=2))
    account.count_tool_call("a", {})
    for _ in range(4):
        with pytest.raises(LimitExceededError) as caught:
            account.count_tool_call("a", {})
        assert caught.value.kind == "tool calls of the run"


def test_the_duration_of_the_run_is_checked_by_its_tasks(make_run: Callable[..., RunBudget]) -> None:
    clock = Clock()
    account = task(make_run(clock, max_seconds=60))
    clock.now += 60
    account.check_time()
    clock.now += 0.5
    with pytest.raises(LimitExceededError) as caught:
        account.check_time()
    assert str(caught.value) == "duration of the run would reach 60.5 s, over the limit of 60 s"


def test_a_limit_that_is_not_set_never_refuses(make_run: Callable[..., RunBudget]) -> None:
    clock = Clock()
    run = make_run(clock)
    account = task(run)
    for n in range(30):
        account.keep(account.reserve(request()))
        account.count_tool_call("t", {"n": n})
    clock.now += 1e9
    run.check_time()
    assert run.spent == RunSpent(
        cost_usd=30 * ONE, reserved_usd=0.0, tokens=33_000, reserved_tokens=0, tool_calls=30, seconds=1e9
    )


# -- attempts


@pytest.mark.parametrize(
    ("status", "sent", "kind", "cost"),
    [
        (429, True, "settled", 0.0),
        (400, True, "settled", 0.0),
        (499, True, "settled", 0.0),
        (500, True, "kept", ONE),
        (529, True, "kept", ONE),
        (200, True, "kept", ONE),
        (None, True, "kept", ONE),
        (None, False, "released", 0.0),
    ],
)
def test_a_failed_attempt_is_free_only_where_nothing_can_have_been_generated(
    make_run: Callable[..., RunBudget], status: int | None, sent: bool, kind: str, cost: float
) -> None:
    account = task(run := make_run(max_cost_usd=1.0))
    charge = account.fail(account.reserve(request()), status=status, sent=sent)
    assert (charge.kind, charge.cost_usd, run.spent.cost_usd) == (kind, cost, cost)


def test_every_attempt_holds_room_of_its_own(make_run: Callable[..., RunBudget]) -> None:
    account = task(run := make_run(max_cost_usd=2.5 * ONE))
    first = account.reserve(request())
    assert account.fail(first, status=500).cost_usd == ONE
    second = account.reserve_again(first)
    assert (second.cost_usd, second.bound, second.card) == (first.cost_usd, first.bound, first.card)
    assert (run.spent.cost_usd, run.spent.reserved_usd) == (ONE, ONE)
    account.fail(second, status=500)
    with pytest.raises(BudgetExceededError):
        account.reserve_again(second)
    assert (run.spent.cost_usd, run.spent.reserved_usd) == (2 * ONE, 0.0)


def test_ending_an_earlier_attempt_again_does_not_end_the_later_one(make_run: Callable[..., RunBudget]) -> None:
    account = task(run := make_run(max_cost_usd=1.0))
    first = account.reserve(request())
    account.fail(first, status=429)
    second = account.reserve_again(first)
    assert account.release(first).kind == "ended before"
    assert run.spent.reserved_usd == ONE
    assert account.settle(second, Usage(output_tokens=1)).cost_usd == 10e-6


def test_a_new_attempt_is_held_to_the_limits_of_the_task_as_well() -> None:
    account = Budget(BudgetLimits(max_cost_usd=1.5 * ONE, max_tokens=10**6), PRICES)
    held = account.reserve(request())
    account.fail(held, status=None)
    with pytest.raises(BudgetExceededError, match="cost of the task"):
        account.reserve_again(held)


# -- threads, and which account there is


def test_fifty_threads_share_one_cap_without_overshoot(make_run: Callable[..., RunBudget]) -> None:
    run, fits = make_run(max_cost_usd=7 * ONE, max_tool_calls=60), 7
    start, asked = Barrier(50), request()

    def work(number: int) -> tuple[int, int]:
        account = task(run)
        start.wait()
        held, calls = 0, 0
        for n in range(4):
            try:
                account.keep(account.reserve(asked))
                held += 1
            except BudgetExceededError:
                pass
            try:
                account.count_tool_call("t", {"n": [number, n]})
                calls += 1
            except LimitExceededError:
                pass
        return held, calls

    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(work, range(50)))
    assert (sum(held for held, _ in done), sum(calls for _, calls in done)) == (fits, 60)
    assert (run.spent.cost_usd, run.spent.tool_calls) == (7 * ONE, 60)


def test_there_is_no_account_without_a_limit(tmp_path: Path) -> None:
    assert open_run_budget(RunLimits(), tmp_path) is None
    assert open_run_budget(RunLimits(), None) is None
    assert list(tmp_path.iterdir()) == []


def test_with_a_folder_the_account_is_a_file_in_it(tmp_path: Path) -> None:
    limits = RunLimits(max_tool_calls=2)
    one, other = open_run_budget(limits, tmp_path / "evidence"), open_run_budget(limits, tmp_path / "evidence")
    assert one is not None
    assert other is not None
    one.count_tool_call()
    other.count_tool_call()
    with pytest.raises(LimitExceededError):
        one.count_tool_call()
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == [RUN_BUDGET_FILE]


def test_without_a_folder_the_account_is_of_this_process() -> None:
    run = open_run_budget(RunLimits(max_tool_calls=1), None)
    assert run is not None
    run.count_tool_call()
    assert run.spent.tool_calls == 1


def test_tasks_of_one_event_loop_share_the_cap(make_run: Callable[..., RunBudget]) -> None:
    run = make_run(max_cost_usd=5 * ONE)

    async def work(account: Budget, *, thread: bool) -> int:
        try:
            held = await asyncio.to_thread(account.reserve, request()) if thread else account.reserve(request())
        except BudgetExceededError:
            return 0
        await asyncio.sleep(0)
        account.keep(held)
        return 1

    async def crowd() -> list[int]:
        return await asyncio.gather(*(work(task(run), thread=bool(n % 2)) for n in range(20)))

    assert sum(asyncio.run(crowd())) == 5
    assert (run.spent.cost_usd, run.spent.reserved_usd) == (5 * ONE, 0.0)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_while_another_thread_is_inside_leaves_a_child_that_can_go_on(
    make_run: Callable[..., RunBudget],
) -> None:
    account = task(make_run(max_cost_usd=1.0))
    account._lock.acquire()  # as a thread would that does not exist in the child
    child = os.fork()
    if child == 0:
        try:
            account.keep(account.reserve(request()))
            os._exit(0 if account.spent.cost_usd == ONE else 1)
        finally:
            os._exit(2)
    account._lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert account.spent.cost_usd == 0.0
