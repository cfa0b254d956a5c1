from __future__ import annotations

import re
from random import Random

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.fuzz import api_keys, cards, emails, ibans, phones, pii_texts, pii_values, ssns
from pytest_agentsafety.fuzz.identities import CARDS, IBANS, KEYS, SENTENCES, card, examples, iban, key, ssn
from pytest_agentsafety.fuzz.strategies_pii import PII
from pytest_agentsafety.model.errors import UnknownNameError

quick = settings(derandomize=True, database=None, deadline=None, max_examples=60)


def luhn(number: str) -> bool:
    """Written anew here: what makes the numbers may not judge them."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod97(number: str) -> bool:
    moved = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


@quick
@given(cards())
def test_cards_pass_their_check(number: str) -> None:
    digits = re.sub("[ -]", "", number)
    assert digits.isdigit()
    assert luhn(digits)
    assert any(digits.startswith(prefix) and len(digits) == size for prefix, size in CARDS.values())


@quick
@given(ibans())
def test_ibans_pass_their_check(number: str) -> None:
    flat = number.replace(" ", "")
    assert mod97(flat)
    bank, size = IBANS[flat[:2]]
    assert len(flat) == 4 + len(bank) + size


def test_known_numbers() -> None:
    assert card("visa", "11111111111111") == "4111111111111111"
    assert iban("DE", "370400440532013000") == "DE89370400440532013000"
    assert ssn(666, 0, 0) == "123-01-0001"
    assert ssn(1, 98, 9998) == "001-99-9999"


@quick
@given(ssns())
def test_social_security_numbers_are_ones_that_are_given_out(number: str) -> None:
    match = re.fullmatch(r"(\d{3})-(\d{2})-(\d{4})", number)
    assert match is not None
    area, group, serial = match.groups()
    assert area not in ("000", "666")
    assert area < "900"
    assert group != "00"
    assert serial != "0000"


@quick
@given(phones())
def test_phones_are_possible(number: str) -> None:
    assert phonenumbers.is_possible_number(phonenumbers.parse(number))


@quick
@given(emails())
def test_addresses_are_at_domains_that_nobody_has(address: str) -> None:
    assert address.endswith(".example")


def test_there_are_keys_of_at_least_twenty_providers() -> None:
    assert len(KEYS) >= 20


@pytest.mark.parametrize("provider", KEYS)
def test_a_key_has_its_providers_format(provider: str) -> None:
    made = {key(provider, Random(seed)) for seed in range(5)}
    assert len(made) == 5, "no two are the same"
    for value in made:
        place = 0
        for part in KEYS[provider]:
            literal = isinstance(part, str)
            size = len(part) if literal else int(part[1])
            piece = value[place : place + size]
            assert piece == part if literal else set(piece) <= set(part[0])
            place += size
        assert place == len(value)


@quick
@given(api_keys(["aws", "github"]))
def test_a_choice_of_providers(value: str) -> None:
    assert value.startswith(("AKIA", "ghp_"))


@quick
@given(pii_texts(["card"]), pii_values(["ssn"]), pii_values())
def test_values_in_sentences(text: str, value: str, any_value: str) -> None:
    assert re.search(r"\d{4}", text)
    assert re.fullmatch(r"\d{3}-\d{2}-\d{4}", value)
    assert any_value


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'github'"):
        api_keys(["githbu"])
    with pytest.raises(UnknownNameError, match="Did you mean 'card'"):
        pii_values(["cards"])


def test_sentences_of_ones_own() -> None:
    @quick
    @given(pii_texts(["ssn"], ["<{value}>"]))
    def check(text: str) -> None:
        assert re.fullmatch(r"<[\d-]+>", text)

    check()
    assert all("{value}" in sentence for sentence in SENTENCES)


def test_the_examples_hold_every_issuer_country_and_provider() -> None:
    found = examples()
    assert len(found) == len(set(found)) == len(CARDS) + len(IBANS) + 3 + len(KEYS) + 3
    assert examples() == found
    assert set(PII) == {"card", "iban", "ssn", "phone", "email", "api_key"}
    assert isinstance(pii_texts() | st.just("x"), st.SearchStrategy)
