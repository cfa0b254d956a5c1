"""Rates: the bundled list, the user's own, and ids nobody knows."""

from __future__ import annotations

import socket
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_agentsafety.budget import RateCard, RequestBound, default_prices
from pytest_agentsafety.budget.money import most_cost, true_cost
from pytest_agentsafety.budget.prices import UNITS, as_card, bundled_card, units
from pytest_agentsafety.config import ModelPrice
from pytest_agentsafety.model.errors import ConfigError, UnknownModelError
from pytest_agentsafety.model.messages import Usage
from pytest_agentsafety.model.policy import ModelRoutes
from pytest_agentsafety.protocols import Rates

OWN = Rates(input=1e-6, output=2e-6, cache_read=1e-7, cache_write=2e-6)


@pytest.mark.parametrize("model", [ModelRoutes().simple, ModelRoutes().medium, ModelRoutes().complex])
def test_the_default_routes_have_a_price(model: str) -> None:
    rates = default_prices().rates(model)
    assert 0 < rates.cache_read < rates.input < rates.cache_write < rates.output < 1e-3


@pytest.mark.parametrize(
    "model", ["gpt-4o", "gpt-4o-2024-08-06", "gpt-4.1-mini", "gpt-5", "gpt-5-nano", "o3", "o4-mini"]
)
def test_openais_models_have_a_price(model: str) -> None:
    rates = default_prices().rates(model)
    assert 0 < rates.cache_read < rates.input < rates.output < 1e-3


def test_rates_are_dollars_per_token_as_the_list_says() -> None:
    from genai_prices import Usage, calc_price

    price = calc_price(Usage(input_tokens=1000, output_tokens=100), "claude-opus-5-5")
    rates = default_prices().rates("claude-opus-5-5")
    assert 1000 * rates.input + 100 * rates.output == pytest.approx(float(price.total_price))


def test_the_one_hour_cache_is_dearer() -> None:
    card = bundled_card("claude-opus-5-5")
    assert card.cache_write_1h > card.cache_write


def test_a_long_prompt_is_charged_by_its_tier_as_the_list_says() -> None:
    from genai_prices import Usage, calc_price

    card = bundled_card("claude-haiku-5-5")
    ((start, dear),) = card.tiers
    for tokens, expected in ((start, card), (start + 1, dear)):
        price = calc_price(Usage(input_tokens=tokens, output_tokens=10), "claude-haiku-5-5")
        found = card.at(tokens)
        assert found == expected
        assert tokens * found.input + 10 * found.output == pytest.approx(float(price.total_price))
    assert dear.input > card.input


def test_reachable_holds_every_card_up_to_a_size() -> None:
    card = bundled_card("claude-haiku-5-5")
    ((start, dear),) = card.tiers
    assert card.reachable(start) == (card,)
    assert card.reachable(start + 1) == (card, dear)


def test_no_tiers_is_one_card() -> None:
    card = bundled_card("claude-sonnet-5-5")
    assert card.tiers == ()
    assert card.at(10_000_000) is card


def test_a_dated_id_has_the_price_of_its_model() -> None:
    assert bundled_card("claude-sonnet-5-5-20261001") == bundled_card("claude-sonnet-5-5")


def test_a_model_without_cache_prices_gets_no_discount() -> None:
    card = bundled_card("claude-2")
    assert card.cache_read == card.cache_write == card.cache_write_1h == card.input > 0


@pytest.mark.parametrize("model", ["claude-nope-9", "", "no such model", "gpt", "claude"])
def test_an_unknown_model_fails_closed_and_says_how_to_give_a_price(model: str) -> None:
    with pytest.raises(UnknownModelError) as caught:
        default_prices().rates(model)
    assert repr(model) in str(caught.value)
    assert f'[tool.agentsafety.prices."{model}"] input = ..., output = ...' in str(caught.value)
    assert caught.value.guard == "budget"


def test_a_hostile_model_id_stays_printable() -> None:
    with pytest.raises(UnknownModelError) as caught:
        default_prices().rates("\x1b[2J\n::error::x")
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_users_price_wins_and_leaves_the_others() -> None:
    prices = default_prices({"claude-opus-5-5": OWN, "house-model": OWN})
    assert prices.rates("claude-opus-5-5") == OWN
    assert prices.rates("house-model") == OWN
    assert prices.rates("claude-haiku-5-5") == bundled_card("claude-haiku-5-5")


def test_an_override_is_for_the_exact_id() -> None:
    with pytest.raises(UnknownModelError):
        default_prices({"house-model": OWN}).rates("house-model-2")


def test_changing_the_mapping_later_changes_nothing() -> None:
    overrides = {"house-model": OWN}
    prices = default_prices(overrides)
    overrides.clear()
    assert prices.rates("house-model") == OWN


@pytest.mark.parametrize("field", ["input", "output", "cache_read", "cache_write"])
@pytest.mark.parametrize("value", [-1e-6, float("nan"), float("inf"), True, "1", None])
def test_an_override_must_be_a_price(field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"price override for 'm': {field} must be US dollars per token"):
        default_prices({"m": replace(OWN, **{field: value})})


def test_a_free_model_is_allowed_when_the_user_says_so() -> None:
    free = Rates(input=0, output=0, cache_read=0, cache_write=0)
    assert default_prices({"local": free}).rates("local") == free


def test_plain_rates_become_a_card_of_one_tier() -> None:
    assert as_card(OWN) == RateCard(
        input=1e-6, output=2e-6, cache_read=1e-7, cache_write=2e-6, cache_write_1h=2e-6, tiers=()
    )
    card = bundled_card("claude-haiku-5-5")
    assert as_card(card) is card


def test_a_model_is_looked_up_once() -> None:
    assert bundled_card("claude-opus-5-5") is bundled_card("claude-opus-5-5")


def test_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a price look-up opened a socket")

    bundled_card.cache_clear()
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert default_prices().rates("claude-opus-5-5").input > 0


# -- prices of the settings


def test_a_written_price_wins_over_the_list() -> None:
    prices = default_prices({"claude-opus-5-5": ModelPrice(input=1e-6, output=2e-6)})
    assert (prices.rates("claude-opus-5-5").input, prices.rates("claude-opus-5-5").output) == (1e-6, 2e-6)
    assert prices.rates("claude-haiku-5-5") == bundled_card("claude-haiku-5-5")


def test_what_a_written_price_leaves_open_is_taken_at_the_dearest() -> None:
    card = default_prices({"m": ModelPrice(input=4e-6, output=2e-6)}).rates("m")
    assert card == RateCard(input=4e-6, output=2e-6, cache_read=4e-6, cache_write=5e-6, cache_write_1h=8e-6)


def test_written_cache_prices_are_used_and_the_long_cache_is_never_cheaper_than_twice_the_input() -> None:
    card = default_prices({"m": ModelPrice(input=4e-6, output=2e-6, cache_read=1e-7, cache_write=3e-6)}).rates("m")
    assert card == RateCard(input=4e-6, output=2e-6, cache_read=1e-7, cache_write=3e-6, cache_write_1h=8e-6)


def test_a_model_that_costs_nothing_has_a_price() -> None:
    assert default_prices({"m": ModelPrice(input=0.0, output=0.0)}).rates("m").output == 0.0


def test_a_written_price_below_zero_is_refused_also_without_the_settings() -> None:
    with pytest.raises(ConfigError, match="output must be US dollars per token"):
        default_prices({"m": ModelPrice(input=1.0, output=-1.0)})


# Prices are written in US dollars per million tokens, with a few digits.
written = st.integers(0, 10**9).map(lambda n: n / 10**6 / 10**6)
counts = st.integers(0, 10**9)


@given(written, written, written, written, counts, counts, counts, counts)
def test_a_cost_is_exact_as_the_rates_are_written(
    fresh: float, out: float, read: float, write: float, n: int, m: int, k: int, j: int
) -> None:
    card = as_card(Rates(input=fresh, output=out, cache_read=read, cache_write=write))
    usage = Usage(input_tokens=n, output_tokens=m, cache_read_input_tokens=k, cache_creation_input_tokens=j)
    exact = n * Fraction(repr(fresh)) + m * Fraction(repr(out)) + k * Fraction(repr(read)) + j * Fraction(repr(write))
    assert Fraction(true_cost(card, usage), UNITS) == exact
    bound = RequestBound(input_tokens=n + k + j, output_tokens=m, estimate=n, long_cache=False)
    assert most_cost(card, bound) >= true_cost(card, usage)


@given(st.floats(0, 1e6))
def test_units_are_never_less_than_the_number_as_it_is_written(value: float) -> None:
    assert 0 <= Fraction(units(value), UNITS) - Fraction(repr(value)) < Fraction(1, UNITS)
