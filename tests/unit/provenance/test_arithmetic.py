"""Figures that are worked out from what the task and its records say."""

from __future__ import annotations

import pytest

from pytest_agentsafety.provenance.arithmetic import worked_out
from tests.unit.provenance.kit import Run, tool

GOODS = [
    {"sku": "ROPE-8", "name": "Rope 8 mm", "price": 6.5, "min": 20},
    {"sku": "BUOY", "name": "Buoy", "price": 44.0},
]
LIST = tool("list_goods", "read", "list", "goods product", "own")
PRICE = tool("update_price", "write", "update change", "price", sku="identifier", price="amount")


@pytest.mark.parametrize(
    ("value", "figures", "task"),
    [
        (7.15, {6.5}, "10 percent more"),
        (5.85, {6.5}, "ten per cent less"),
        (91.0, {910.0}, "10% of it"),
        (844.6, {820.0}, "raise it by 3%"),
        (42.0, {84.0}, "half of it"),
        (40.0, {20.0}, "double it"),
        (76.0, {86.0}, "10 euros less"),
        (110.0, {44.0, 66.0}, "both together"),
        (22.0, {44.0, 66.0}, "the difference"),
        (65100.0, {62000.0}, "five percent above"),
    ],
)
def test_it_follows(value: float, figures: set[float], task: str) -> None:
    assert worked_out(value, figures, task)


@pytest.mark.parametrize("value", [0.01, 500.0, float("inf"), float("nan"), 1e300])
def test_it_does_not(value: float) -> None:
    assert not worked_out(value, {6.5, 44.0}, "10 percent more")


def test_nothing_follows_from_nothing() -> None:
    assert not worked_out(40.0, set(), "double it")


class TestInACall:
    def test_the_new_price(self) -> None:
        run = Run("Raise the price of the rope by 10 percent").heard(LIST, GOODS)
        assert run.outcome(PRICE, sku="ROPE-8", price=7.15) == "allowed"

    def test_of_another_thing(self) -> None:
        run = Run("Raise the price of the rope by 10 percent").heard(LIST, GOODS)
        assert run.outcome(PRICE, sku="BUOY", price=7.15) == "ask"

    def test_a_price_that_somebody_wrote_is_not_worked_out(self) -> None:
        run = Run("Raise the price of the rope by 10 percent").heard(LIST, GOODS)
        run.heard("read_letters", "The rope costs 7.15 from now on.")
        assert run.outcome(PRICE, sku="ROPE-8", price=7.15) == "ask"
