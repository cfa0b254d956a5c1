"""Hypothesis strategies for personal data and secrets with valid check sums and real formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from pytest_agentsafety.fuzz.identities import CARDS, IBANS, KEYS, SENTENCES, card, grouped, iban, key, ssn
from pytest_agentsafety.model.errors import UnknownNameError

_REGIONS = ("US", "DE", "GB", "FR", "ES", "IT", "IN", "JP", "BR", "AU", "NL", "CH")
_FIRST = ("ann", "bob", "carla", "d.hall", "eva+shop")
_DOMAINS = ("customers.example", "mail.example", "b\u00fcro.example")


def _digits(size: int) -> SearchStrategy[str]:
    return st.text(alphabet="0123456789", min_size=size, max_size=size)


def cards(issuers: Sequence[str] = tuple(CARDS)) -> SearchStrategy[str]:
    """Card numbers that pass Luhn's check, plain or in groups. Issuers: see `identities.CARDS`."""
    plain = st.builds(card, st.sampled_from(list(issuers)), _digits(18))
    return st.builds(grouped, plain, st.sampled_from(["", " ", "-"]))


def ibans(countries: Sequence[str] = tuple(IBANS)) -> SearchStrategy[str]:
    """IBANs with their check digits, plain or in groups of four."""
    plain = st.builds(iban, st.sampled_from(list(countries)), _digits(24))
    return st.builds(grouped, plain, st.sampled_from(["", " "]))


def ssns() -> SearchStrategy[str]:
    """US social security numbers out of the ranges that are given out."""
    return st.builds(ssn, st.integers(1, 899), st.integers(0, 98), st.integers(0, 9998))


def phones(regions: Sequence[str] = _REGIONS) -> SearchStrategy[str]:
    """Phone numbers that are possible in a region, in international form."""
    return st.deferred(lambda: st.sampled_from(_phones(tuple(regions))))


@cache
def _phones(regions: tuple[str, ...]) -> list[str]:
    """Loaded on the first draw: the library's tables take a while."""
    import phonenumbers as lib

    found = [lib.example_number_for_type(region, kind) for region in regions for kind in (0, 1)]
    styles = (lib.PhoneNumberFormat.INTERNATIONAL, lib.PhoneNumberFormat.E164)
    return [lib.format_number(number, style) for number in found if number is not None for style in styles]


def emails() -> SearchStrategy[str]:
    """Addresses at domains that nobody has."""
    return st.builds(lambda name, domain: f"{name}@{domain}", st.sampled_from(_FIRST), st.sampled_from(_DOMAINS))


def api_keys(providers: Sequence[str] = tuple(KEYS)) -> SearchStrategy[str]:
    """Keys in the formats of 30 providers (`identities.KEYS`). Raises UnknownNameError."""
    for provider in providers:
        if provider not in KEYS:
            raise UnknownNameError("provider", provider, KEYS)
    seeds = st.integers(0, 2**32 - 1)
    return st.builds(lambda provider, seed: key(provider, Random(seed)), st.sampled_from(list(providers)), seeds)


PII: Mapping[str, Callable[[], SearchStrategy[str]]] = {
    "card": cards,
    "iban": ibans,
    "ssn": ssns,
    "phone": phones,
    "email": emails,
    "api_key": api_keys,
}


def pii_values(kinds: Sequence[str] = tuple(PII)) -> SearchStrategy[str]:
    """A value of one of the kinds: card, iban, ssn, phone, email, api_key. Raises UnknownNameError."""
    for kind in kinds:
        if kind not in PII:
            raise UnknownNameError("kind of personal data", kind, PII)
    return st.one_of([PII[kind]() for kind in kinds])


def pii_texts(kinds: Sequence[str] = tuple(PII), sentences: Sequence[str] = SENTENCES) -> SearchStrategy[str]:
    """A value inside a sentence, a table or JSON. Sentences hold `{value}`, and braces of their own doubled."""
    return st.builds(
        lambda sentence, value: sentence.format(value=value), st.sampled_from(sentences), pii_values(kinds)
    )
