"""Exact sums: what a call costs at most, what it really cost, and the check of a figure against its limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pytest_agentsafety.budget.bound import RequestBound
from pytest_agentsafety.budget.prices import ExactRates, RateCard, exact
from pytest_agentsafety.model.errors import LimitExceededError
from pytest_agentsafety.model.messages import Usage

_COUNTS = frozenset({int})  # a bool is none


def most_cost(card: RateCard, bound: RequestBound) -> Decimal:
    """The dearest a request of this bound can be, over all tiers it may reach."""
    if not card.tiers:  # as below, without the call
        rates = card.exact
        dearest = rates.dearest_long if bound.long_cache else rates.dearest
        return bound.input_tokens * dearest + bound.output_tokens * rates.output
    return max(_most_at(tier.exact, bound) for tier in card.reachable(bound.input_tokens))


def _most_at(rates: ExactRates, bound: RequestBound) -> Decimal:
    dearest = rates.dearest_long if bound.long_cache else rates.dearest
    return bound.input_tokens * dearest + bound.output_tokens * rates.output


def true_cost(card: RateCard, usage: Usage, *, long_cache: bool = False) -> Decimal:
    """The price of a known usage; with `long_cache` all cache writes count as the dearer kind."""
    rates = (card.at(usage.total_input) if card.tiers else card).exact
    cost = usage.input_tokens * rates.input + usage.output_tokens * rates.output
    if usage.cache_read_input_tokens:
        cost += usage.cache_read_input_tokens * rates.cache_read
    if usage.cache_creation_input_tokens:
        cost += usage.cache_creation_input_tokens * (rates.cache_write_long if long_cache else rates.cache_write)
    return cost


def is_plausible(usage: Usage) -> bool:
    """Whole numbers from 0 on, in every field."""
    counts: tuple[Any, ...] = (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
    )
    return _COUNTS.issuperset(map(type, counts)) and min(counts) >= 0


def cap(error: type[LimitExceededError], kind: str, value: Decimal | float, limit: float, unit: str) -> None:
    """Raise `error` where `value` is over `limit`."""
    if value > (exact(limit) if isinstance(value, Decimal) else limit):
        raise error(kind, float(value), limit, unit=unit)
