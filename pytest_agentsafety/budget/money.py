"""Exact sums: what a call costs at most, what it really cost, and the check of a figure against its limit."""

from __future__ import annotations

from decimal import Decimal

from pytest_agentsafety.budget.bound import RequestBound
from pytest_agentsafety.budget.prices import ExactRates, RateCard, exact
from pytest_agentsafety.model.errors import LimitExceededError
from pytest_agentsafety.model.messages import Usage


def most_cost(card: RateCard, bound: RequestBound) -> int:
    """The dearest a request of this bound can be, over all tiers it may reach, in UNITS."""
    if not card.tiers:  # as below, without the call
        rates = card.exact
        dearest = rates.dearest_long if bound.long_cache else rates.dearest
        return bound.input_tokens * dearest + bound.output_tokens * rates.output
    return max(_most_at(tier.exact, bound) for tier in card.reachable(bound.input_tokens))


def _most_at(rates: ExactRates, bound: RequestBound) -> int:
    dearest = rates.dearest_long if bound.long_cache else rates.dearest
    return bound.input_tokens * dearest + bound.output_tokens * rates.output


def true_cost(card: RateCard, usage: Usage, *, long_cache: bool = False) -> int:
    """The price of a known usage in UNITS; with `long_cache` all cache writes count as the dearer kind."""
    rates = (card.at(usage.total_input) if card.tiers else card).exact
    fresh, output, written, read, _ = usage
    cost = fresh * rates.input + output * rates.output
    if read:
        cost += read * rates.cache_read
    if written:
        cost += written * (rates.cache_write_long if long_cache else rates.cache_write)
    return cost


def is_plausible(usage: Usage) -> bool:
    """Whole numbers from 0 on, in every field."""
    fresh, output, written, read, _ = usage
    if not fresh.__class__ is output.__class__ is written.__class__ is read.__class__ is int:  # a bool is none
        return False
    return fresh >= 0 and output >= 0 and written >= 0 and read >= 0


def cap(error: type[LimitExceededError], kind: str, value: Decimal | float, limit: float, unit: str) -> None:
    """Raise `error` where `value` is over `limit`."""
    if value > (exact(limit) if isinstance(value, Decimal) else limit):
        raise error(kind, float(value), limit, unit=unit)
