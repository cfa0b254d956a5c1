"""Rates by model id: the user's own first, then the price list that is bundled with genai-prices.

Nothing here opens a socket: the bundled list is used as it was installed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_agentsafety.config import ModelPrice
from pytest_agentsafety.model.errors import ConfigError, UnknownModelError
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import PriceSource, Rates

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice as ListedPrice

_PER_TOKEN = 1_000_000
_CACHE_WRITE, _CACHE_WRITE_1H = Decimal("1.25"), Decimal(2)  # times the input rate


@lru_cache(maxsize=1024)  # rates and limits: few, and asked for at every call
def exact(value: float) -> Decimal:
    """The number as it is written, so that sums of cents stay sums of cents."""
    return Decimal(repr(value))


# Sums are whole numbers of 10**-30 US dollars: exact for every rate that can be written, and quicker than decimals.
UNITS = 10**30


@lru_cache(maxsize=1024)
def units(value: float) -> int:
    """US dollars in UNITS, as the number is written; what is finer than that is rounded up."""
    numerator, denominator = exact(value).as_integer_ratio()
    return -(-numerator * UNITS // denominator)


class ExactRates(NamedTuple):
    """A card's rates in UNITS. The dearest is of any input token; `long` counts the cache of an hour."""

    input: int
    output: int
    cache_read: int
    cache_write: int
    cache_write_long: int
    dearest: int
    dearest_long: int


@dataclass(frozen=True, kw_only=True)
class RateCard(Rates):
    """Rates with what the plain four numbers cannot say.

    `cache_write_1h` is the rate of the longer cache. `tiers` are (n, card): a request with more than n input tokens
    in all is charged by that card, every token of it.
    """

    cache_write_1h: float
    tiers: tuple[tuple[int, RateCard], ...] = ()

    @cached_property
    def exact(self) -> ExactRates:
        """Of this card alone, without its tiers."""
        long = max(self.cache_write, self.cache_write_1h)
        dearest = max(self.input, self.cache_read, self.cache_write)
        rates = (self.input, self.output, self.cache_read, self.cache_write, long, dearest, max(dearest, long))
        return ExactRates(*map(units, rates))

    def at(self, input_tokens: int) -> RateCard:
        """The card for a request of this size."""
        reached = [card for start, card in self.tiers if input_tokens > start]
        return reached[-1] if reached else self

    def reachable(self, input_tokens: int) -> tuple[RateCard, ...]:
        """All cards a request of at most this size may be charged by."""
        return (self, *(card for start, card in self.tiers if input_tokens > start))


def as_card(rates: Rates) -> RateCard:
    """Plain rates as a card: one tier, every cache write at the one rate that is given."""
    if isinstance(rates, RateCard):
        return rates
    return RateCard(
        input=rates.input,
        output=rates.output,
        cache_read=rates.cache_read,
        cache_write=rates.cache_write,
        cache_write_1h=rates.cache_write,
    )


def written_card(price: ModelPrice) -> RateCard:
    """A price from the settings. What it leaves open is taken at the dearest the Messages API charges for it."""
    plain = Decimal(repr(price.input))
    write = float(plain * _CACHE_WRITE) if price.cache_write is None else price.cache_write
    return RateCard(
        input=price.input,
        output=price.output,
        cache_read=price.input if price.cache_read is None else price.cache_read,
        cache_write=write,
        cache_write_1h=max(write, float(plain * _CACHE_WRITE_1H)),
    )


class _Prices:
    def __init__(self, overrides: Mapping[str, Rates | ModelPrice]) -> None:
        self._overrides: dict[str, Rates] = {}
        for model, given in overrides.items():
            rates = written_card(given) if isinstance(given, ModelPrice) else given
            _check(model, rates)
            self._overrides[model] = rates

    def rates(self, model: str) -> Rates:
        return self._overrides.get(model) or bundled_card(model)


def default_prices(overrides: Mapping[str, Rates] | Mapping[str, ModelPrice] | None = None) -> PriceSource:
    """Rates in US dollars per token; `overrides` (rates, or `Settings.prices`) by exact model id win.

    The source raises UnknownModelError for an id nobody knows. Raises ConfigError when an override is negative or
    not finite.
    """
    return _Prices({**overrides} if overrides else {})


def _check(model: str, rates: Rates) -> None:
    for field in fields(Rates):
        value = getattr(rates, field.name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value) or value < 0:
            raise ConfigError(
                f"price override for {model!r}: {field.name} must be US dollars per token, 0 or more, got {value!r}"
            )


@lru_cache(maxsize=256)
def bundled_card(model: str) -> RateCard:
    """The bundled list's rates of today, looked up once per process. Raises UnknownModelError."""
    price = _find(model)
    if price is None or price.input_mtok is None or price.output_mtok is None:
        raise UnknownModelError(
            f"no price is known for model {one_line(model)!r}, so its cost cannot be bounded. Check the id, or give "
            f"its price in US dollars per million tokens: [tool.agentsafety.prices.{json.dumps(one_line(model))}] "
            f"input = ..., output = ..."
        )
    base = _card(price, 0)
    return RateCard(**_numbers(base), tiers=tuple((start, _card(price, start + 1)) for start in _starts(price)))


def _find(model: str) -> ListedPrice | None:
    from genai_prices.data_snapshot import get_snapshot  # half a second of imports: only when a price is needed

    try:
        _, info = get_snapshot().find_provider_model(model, None, None, None)
    except LookupError:
        return None
    return info.get_prices(datetime.now(UTC))


_UNITS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok", "cache_write_1h_mtok")


def _starts(price: ListedPrice) -> list[int]:
    found = {tier.start for unit in _UNITS for tier in getattr(getattr(price, unit), "tiers", ())}
    return sorted(found)


def _card(price: ListedPrice, tokens: int) -> RateCard:
    """A missing cache rate is the input rate: no discount that is not on the list."""
    plain = _rate(price.input_mtok, tokens)
    write = _rate(price.cache_write_mtok, tokens, plain)
    return RateCard(
        input=plain,
        output=_rate(price.output_mtok, tokens),
        cache_read=_rate(price.cache_read_mtok, tokens, plain),
        cache_write=write,
        cache_write_1h=_rate(price.cache_write_1h_mtok, tokens, write),
    )


def _rate(price: Any, tokens: int, missing: float = 0.0) -> float:
    """A list entry (a number or a tiered price, US dollars per million) at a request size, per token."""
    if price is None:
        return missing
    if not hasattr(price, "tiers"):
        return float(price / _PER_TOKEN)
    reached = [tier.price for tier in price.tiers if tokens > tier.start]
    return float((reached[-1] if reached else price.base) / _PER_TOKEN)


def _numbers(card: RateCard) -> dict[str, float]:
    return {field.name: getattr(card, field.name) for field in fields(card) if field.name != "tiers"}
