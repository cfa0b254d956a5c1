"""Loops: the same call, or the same short cycle, again and again."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle, islice
from typing import Any

import pytest

from pytest_agentsafety.budget import Budget, LoopDetectedError, default_prices
from pytest_agentsafety.budget.loops import signature
from pytest_agentsafety.model.errors import LimitExceededError, StopRun
from pytest_agentsafety.model.policy import BudgetLimits

MANY = 10_000


def account(limit: int = 6, calls: int = MANY) -> Budget:
    return Budget(BudgetLimits(max_tool_calls=calls, max_identical_calls=limit), default_prices({}))


def admitted(budget: Budget, calls: Iterable[tuple[str, dict[str, Any]]]) -> tuple[int, LoopDetectedError | None]:
    """How many calls were admitted before the first loop."""
    done = 0
    for name, arguments in calls:
        try:
            budget.count_tool_call(name, arguments)
        except LoopDetectedError as error:
            return done, error
        done += 1
    return done, None


def round_of(*names: str, times: int) -> list[tuple[str, dict[str, Any]]]:
    return [(name, {"q": 1}) for name in islice(cycle(names), len(names) * times)]


@pytest.mark.parametrize("limit", [1, 2, 6])
def test_the_same_call_may_come_as_often_as_the_limit_says(limit: int) -> None:
    done, error = admitted(account(limit), round_of("a", times=50))
    assert done == limit
    assert error is not None
    assert (error.kind, error.value, error.limit, error.tool) == ("identical calls in a row", limit + 1, limit, "a")


def test_the_error_stops_the_run_and_says_what_looped() -> None:
    _, error = admitted(account(2), round_of("read_mail", times=3))
    assert isinstance(error, LimitExceededError)
    assert isinstance(error, StopRun)
    assert error.guard == "budget"
    assert str(error) == (
        "identical calls in a row would reach 3, over the limit of 2: tool 'read_mail' is called in a loop"
    )


def test_a_hostile_tool_name_stays_one_printable_line() -> None:
    _, error = admitted(account(1), round_of("a\n\x1b[31mallowed", times=2))
    assert "\n" not in str(error)
    assert "\x1b" not in str(error)


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c"), ("a", "a", "b")])
@pytest.mark.parametrize("limit", [1, 3, 6])
def test_cycles_of_two_and_three_may_go_round_as_often(names: tuple[str, ...], limit: int) -> None:
    done, error = admitted(account(max(limit, 2)), round_of(*names, times=50))
    assert done == len(names) * (max(limit, 2) + 1) - 1
    assert error is not None
    assert error.kind == f"rounds of the same {len(names)} calls in a row"
    assert (error.value, error.limit) == (max(limit, 2) + 1, max(limit, 2))


def test_a_cycle_of_four_is_left_to_the_other_limits() -> None:
    assert admitted(account(2), round_of("a", "b", "c", "d", times=50)) == (200, None)


def test_a_cycle_is_found_after_other_calls() -> None:
    budget = account(2)
    assert admitted(budget, [("x", {"n": n}) for n in range(20)]) == (20, None)
    assert admitted(budget, round_of("a", "b", times=9))[0] == 5


def test_other_arguments_or_another_tool_are_no_repetition() -> None:
    assert admitted(account(1), [("a", {"page": n}) for n in range(40)]) == (40, None)
    assert admitted(account(1), [(f"t{n}", {}) for n in range(40)]) == (40, None)


def test_one_other_call_in_between_starts_the_row_anew() -> None:
    budget = account(3)
    for n in range(10):
        assert admitted(budget, [*round_of("a", times=3), ("between", {"n": n})]) == (4, None)


def test_a_refused_repetition_counts_nothing_and_stays_refused() -> None:
    budget = account(2)
    admitted(budget, round_of("a", times=2))
    for _ in range(3):
        with pytest.raises(LoopDetectedError) as caught:
            budget.count_tool_call("a", {"q": 1})
        assert caught.value.value == 3
    assert budget.spent.tool_calls == 2
    budget.count_tool_call("b", {})
    budget.count_tool_call("a", {"q": 1})
    assert budget.spent.tool_calls == 4


def test_a_call_over_the_limit_of_calls_leaves_the_row_as_it_was() -> None:
    budget = account(2, calls=1)
    budget.count_tool_call("a", {})
    for _ in range(5):
        with pytest.raises(LimitExceededError) as caught:
            budget.count_tool_call("a", {})
        assert caught.value.kind == "tool calls of the task"


def test_without_a_name_calls_are_only_counted() -> None:
    budget = account(1)
    for _ in range(20):
        budget.count_tool_call()
    assert budget.spent.tool_calls == 20


def test_denied_calls_are_looked_at_and_not_counted() -> None:
    budget = account(2)
    budget.note_denied_call("a", {"q": 1})
    budget.note_denied_call("a", {"q": 1})
    with pytest.raises(LoopDetectedError):
        budget.note_denied_call("a", {"q": 1})
    with pytest.raises(LoopDetectedError):
        budget.count_tool_call("a", {"q": 1})
    assert budget.spent.tool_calls == 0


def test_a_list_that_the_agent_changes_afterwards_is_no_repetition() -> None:
    budget, shared = account(1), [0]
    for n in range(10):
        shared[0] = n
        budget.count_tool_call("a", {"ids": shared})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": "x"}, {"b": "x", "a": 1}),
        ({"a": {"x": 1, "y": [1, 2]}}, {"a": {"y": [1, 2], "x": 1}}),
        ({}, None),
    ],
)
def test_the_order_of_keys_makes_no_difference(one: dict[str, Any], other: dict[str, Any] | None) -> None:
    assert signature("t", one) == signature("t", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": None}, {}),
        ({"a": []}, {}),
    ],
)
def test_different_arguments_have_different_signatures(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert signature("t", one) != signature("t", other)


def test_arguments_that_nobody_can_write_down_count_as_equal() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    circle: dict[str, Any] = {"self": None, "list": []}
    circle["list"].append(circle)
    mixed = {"a": {1: "x", "b": "y"}}
    assert signature("t", {"a": deep}) == signature("t", circle) == signature("t", mixed)
    done, error = admitted(account(2), [("t", {"a": deep})] * 3)
    assert (done, error is None) == (2, False)
    while deep:  # taken apart by hand: freeing it at once would recurse as deep
        deep = deep.pop()
