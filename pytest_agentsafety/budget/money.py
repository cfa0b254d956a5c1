"""Exact sums: what a call costs at most, what it really cost, and the check of a figure against its limit."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from pytest_agentsafety.budget.bound import RequestBound
from pytest_agentsafety.budget.prices import RateCard
from pytest_agentsafety.model.errors import LimitExceededError
from pytest_agentsafety.model.messages import Usage


@lru_cache(maxsize=1024)  # rates and limits: few, and asked for at every call
def exact(value: float) -> Decimal:
    """The number as it is written, so that sums of cents stay sums of cents."""
    return Decimal(repr(value))


def most_cost(card: RateCard, bound: RequestBound) -> Decimal:
    """The dearest a request of this bound can be, over all tiers it may reach."""
    return max(_most_at(tier, bound) for tier in card.reachable(bound.input_tokens))


def _most_at(tier: RateCard, bound: RequestBound) -> Decimal:
    rates = [tier.input, tier.cache_read, tier.cache_write]
    if bound.long_cache:
        rates.append(tier.cache_write_1h)
    return bound.input_tokens * exact(max(rates)) + bound.output_tokens * exact(tier.output)


def true_cost(card: RateCard, usage: Usage, *, long_cache: bool = False) -> Decimal:
    """The price of a known usage; with `long_cache` all cache writes count as the dearer kind."""
    tier = card.at(usage.total_input)
    write = max(tier.cache_write, tier.cache_write_1h) if long_cache else tier.cache_write
    return (
        usage.input_tokens * exact(tier.input)
        + usage.cache_read_input_tokens * exact(tier.cache_read)
        + usage.cache_creation_input_tokens * exact(write)
        + usage.output_tokens * exact(tier.output)
    )


def is_plausible(usage: Usage) -> bool:
    """Whole numbers from 0 on, in every field."""
    counts: tuple[Any, ...] = (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
    )
    return all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in counts)


def cap(error: type[LimitExceededError], kind: str, value: Decimal | float, limit: float, unit: str) -> None:
    """Raise `error` where `value` is over `limit`."""
    if value > (exact(limit) if isinstance(value, Decimal) else limit):
        raise error(kind, float(value), limit, unit=unit)
