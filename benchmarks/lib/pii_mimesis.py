"""Values of `mimesis` (MIT): its payment, internet, person and hardware providers in all locales, and those of countries.

The countries' providers are in versions below 19 only, keys and JWTs in later ones: what a version lacks is left out.
"""

# ruff: noqa: E501, PERF401 - tables of forms
from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Rng = random.Random


class Value(NamedTuple):
    """`type` is the row of the table, `called` the name in `pii_settings` (or its acronym); `named`: no form tells it."""

    type: str
    called: str
    value: str
    named: bool = False


def _generic(locale: str, seed: int) -> Any:
    mimesis = importlib.import_module("mimesis")
    return mimesis.Generic(mimesis.Locale(locale), seed=seed)


def _locales() -> list[str]:
    return [locale.value for locale in importlib.import_module("mimesis").Locale]


def _countries(seed: int) -> Iterator[tuple[str, str, Callable[[], Any], bool]]:
    try:
        built = importlib.import_module("mimesis.builtins")
    except ImportError:
        return
    usa, russia, brazil = built.USASpecProvider(seed=seed), built.RussiaSpecProvider(seed=seed), built.BrazilSpecProvider(seed=seed)  # fmt: skip
    poland, denmark, italy = built.PolandSpecProvider(seed=seed), built.DenmarkSpecProvider(seed=seed), built.ItalySpecProvider(seed=seed)  # fmt: skip
    dutch = built.NetherlandsSpecProvider(seed=seed)
    yield "SSN", "SSN", usa.ssn, False
    yield "CPF", "CPF", brazil.cpf, False
    yield "CPF, digits", "CPF", lambda: brazil.cpf(with_mask=False), True
    yield "CNPJ", "CNPJ", brazil.cnpj, False
    yield "PESEL", "PESEL", poland.pesel, True
    yield "NIP", "NIP", poland.nip, True
    yield "REGON", "REGON", poland.regon, True
    yield "CPR", "CPR", denmark.cpr, True
    yield "codice fiscale, no check digit", "codice fiscale", italy.fiscal_code, True
    yield "BSN", "BSN", dutch.bsn, True
    yield "INN", "ИНН", russia.inn, True
    yield "SNILS", "СНИЛС", russia.snils, True
    yield "passport RU", "passport", russia.series_and_number, True


def values(rng: Rng, each: int) -> Iterator[Value]:
    """`each` values of every type; telephones and mail addresses of every locale."""
    seed = rng.randrange(10**6)
    english = _generic("en", seed)
    net, pay, crypt, code = english.internet, english.payment, english.cryptographic, english.code
    makers: list[tuple[str, str, Callable[[], Any], bool]] = [
        ("card", "card", pay.credit_card_number, False),
        ("card, digits", "card", lambda: pay.credit_card_number().replace(" ", ""), False),
        ("card, dashes", "card", lambda: pay.credit_card_number().replace(" ", "-"), False),
        ("IPv4", "ip", net.ip_v4, False),
        ("IPv4 and port", "ip", net.ip_v4_with_port, False),
        ("IPv6", "ip", net.ip_v6, False),
        ("MAC", "mac", net.mac_address, False),
        ("Ethereum", "wallet", pay.ethereum_address, False),
        ("Bitcoin, no checksum", "wallet", pay.bitcoin_address, True),
        ("mnemonic", "seed phrase", crypt.mnemonic_phrase, True),
        ("IMEI", "imei", code.imei, True),
        ("hex token", "key", crypt.token_hex, True),
        ("URL-safe token", "key", crypt.token_urlsafe, True),
        ("password", "password", lambda: english.person.password(rng.randrange(8, 20)), True),
        ("birth date", "birth date", lambda: english.person.birthdate().isoformat(), True),
        *_countries(seed),
    ]
    for name in ("jwt", "api_key"):
        if hasattr(crypt, name):
            makers.append((name, "key", getattr(crypt, name), name != "jwt"))
    for type_, called, make, named in makers:
        for _ in range(each):
            yield Value(type_, called, str(make()), named)
    for locale in _locales():
        person = _generic(locale, seed).person
        for _ in range(max(1, each // 3)):
            yield Value("mail address", "email", person.email())
            yield Value("telephone, named", "phone", person.phone_number(), named=True)
            number = person.phone_number()
            yield Value(f"telephone, {'with' if '+' in number else 'no'} country code", "phone", number)


def clean(rng: Rng, each: int) -> Iterator[tuple[str, str]]:
    """(kind, text) of what it makes that is nobody's: prose of all locales, ISBN, hashes, versions, prices, places."""
    seed = rng.randrange(10**6)
    for locale in _locales():
        made = _generic(locale, seed)
        for _ in range(each):
            yield "text", made.text.text(quantity=rng.randrange(1, 6))
            yield "quote", made.text.quote()
            yield (
                "price and date",
                f"{made.finance.price()}, {made.datetime.formatted_date()}, {made.datetime.formatted_time()}",
            )
    made = _generic("en", seed)
    makers: dict[str, Callable[[], Any]] = {
        "isbn": made.code.isbn, "issn": made.code.issn, "ean": made.code.ean, "uuid": made.cryptographic.uuid, "hash": made.cryptographic.hash,
        "version": made.development.version, "coordinates": made.address.coordinates, "user agent": made.internet.user_agent, "url": made.internet.url,
        "uri": made.internet.uri, "slug": made.internet.slug, "timestamp": made.datetime.timestamp, "datetime": lambda: made.datetime.datetime().isoformat(),
        "dna": made.science.dna_sequence, "file name": made.file.file_name, "integers": lambda: made.numeric.integers(0, 10**9, 8),
        "floats": lambda: made.numeric.floats(n=8), "resolution": made.hardware.resolution, "cpu": made.hardware.cpu, "path": made.path.project_dir,
        "headers": made.internet.http_response_headers if hasattr(made.internet, "http_response_headers") else made.internet.hostname,
    }  # fmt: skip
    for kind, make in makers.items():
        for _ in range(each * 4):
            yield kind, str(make())
