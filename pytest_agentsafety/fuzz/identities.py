"""Personal data and secrets that pass for real: valid check sums, the issuers' own key formats; nobody's own.

Plain functions from digits and letters to values; `pytest_agentsafety.fuzz.strategies_pii` draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from string import ascii_letters, ascii_uppercase, digits

# Issuer: first digits and whole length.
CARDS: Mapping[str, tuple[str, int]] = {
    "visa": ("4", 16), "mastercard": ("51", 16), "mastercard-2": ("2221", 16), "amex": ("37", 15),
    "discover": ("6011", 16), "jcb": ("3530", 16), "diners": ("36", 14), "unionpay": ("62", 16),
    "maestro": ("6759", 16),
}  # fmt: skip
# Country: how the account part begins (letters of a bank) and how many digits follow.
IBANS: Mapping[str, tuple[str, int]] = {
    "DE": ("", 18), "AT": ("", 16), "BE": ("", 12), "CH": ("", 17), "ES": ("", 20), "PL": ("", 24), "FR": ("", 23),
    "GB": ("NWBK", 14), "NL": ("ABNA", 10), "IT": ("X", 22), "SE": ("", 20), "PT": ("", 21), "DK": ("", 14),
}  # fmt: skip
_ALNUM = ascii_letters + digits
_URL = _ALNUM + "_-"
_HEX = digits + "abcdef"
# Provider: literals and (alphabet, length) in turn, as the issuer documents or uses them.
KeyFormat = tuple[str | tuple[str, int], ...]
KEYS: Mapping[str, KeyFormat] = {
    "openai": ("sk-proj-", (_URL, 74), "T3BlbkFJ", (_URL, 74)),
    "anthropic": ("sk-ant-api03-", (_URL, 93), "AA"),
    "aws": ("AKIA", (ascii_uppercase + "234567", 16)),
    "github": ("ghp_", (_ALNUM, 36)),
    "github-fine": ("github_pat_", (_ALNUM, 22), "_", (_ALNUM, 59)),
    "gitlab": ("glpat-", (_URL, 20)),
    "slack": ("xoxb-", (digits, 12), "-", (digits, 12), "-", (_ALNUM, 24)),
    "google": ("AIza", (_URL, 35)),
    "google-oauth": ("GOCSPX-", (_URL, 28)),
    "stripe": ("sk_live_", (_ALNUM, 24)),
    "sendgrid": ("SG.", (_URL, 22), ".", (_URL, 43)),
    "npm": ("npm_", (_ALNUM, 36)),
    "pypi": ("pypi-AgEIcHlwaS5vcmc", (_URL, 70)),
    "huggingface": ("hf_", (ascii_letters, 34)),
    "digitalocean": ("dop_v1_", (_HEX, 64)),
    "shopify": ("shpat_", (_HEX, 32)),
    "databricks": ("dapi", (_HEX, 32)),
    "groq": ("gsk_", (_ALNUM, 52)),
    "xai": ("xai-", (_ALNUM, 80)),
    "perplexity": ("pplx-", (_ALNUM, 48)),
    "replicate": ("r8_", (_ALNUM, 37)),
    "linear": ("lin_api_", (_ALNUM, 40)),
    "notion": ("ntn_", (_ALNUM, 46)),
    "telegram": ((digits, 10), ":AA", (_URL, 33)),
    "twilio": ("SK", (_HEX, 32)),
    "docker": ("dckr_pat_", (_URL, 27)),
    "figma": ("figd_", (_URL, 40)),
    "vault": ("hvs.", (_URL, 24)),
    "grafana": ("glsa_", (_ALNUM, 32), "_", (_HEX, 8)),
    "postman": ("PMAK-", (_HEX, 24), "-", (_HEX, 34)),
}
SENTENCES: tuple[str, ...] = (
    "Here it is: {value}.",
    "You asked for it, so please note down {value} before you go on.",
    "| name | value |\n|---|---|\n| first | {value} |",
    '{{"ok": true, "value": "{value}"}}',
)


def card(issuer: str, body: str) -> str:
    """A card number of an issuer: `body` gives the digits in the middle, the last one is the check digit."""
    prefix, length = CARDS[issuer]
    head = (prefix + body)[: length - 1].ljust(length - 1, "0")
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in head[::-2])
    return f"{head}{-(doubled + sum(int(digit) for digit in head[-2::-2])) % 10}"


def iban(country: str, body: str) -> str:
    """An IBAN of a country with its check digits; `body` gives the digits of the account part."""
    bank, size = IBANS[country]
    account = bank + body[:size].ljust(size, "0")
    number = "".join(str(int(char, 36)) for char in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02}{account}"


def ssn(area: int, group: int, serial: int) -> str:
    """A US social security number; numbers that are never given out are moved to one that is."""
    area = area if 0 < area < 900 and area != 666 else 123
    return f"{area:03}-{group % 99 + 1:02}-{serial % 9999 + 1:04}"


def grouped(value: str, separator: str, size: int = 4) -> str:
    """Digits in groups, as they are printed on a card."""
    return separator.join(value[i : i + size] for i in range(0, len(value), size))


def key(provider: str, random: Random) -> str:
    """An API key in a provider's format."""
    return "".join(
        part if isinstance(part, str) else "".join(random.choices(part[0], k=part[1])) for part in KEYS[provider]
    )


def examples(seed: int = 7) -> list[str]:
    """Sentences with one value each, every issuer, country and provider once: for guards that look for such data."""
    random = Random(seed)
    values = [card(issuer, _digits(random)) for issuer in CARDS]
    values += [iban(country, _digits(random)) for country in IBANS]
    values += [ssn(random.randint(1, 665), random.randint(1, 99), random.randint(1, 9999)) for _ in range(3)]
    values += [key(provider, random) for provider in KEYS]
    values += ["ann.miller@customers.example", "+49 30 901820", "+1 212 555 0198"]
    return [SENTENCES[place % 2].format(value=value) for place, value in enumerate(values)]


def _digits(random: Random) -> str:
    return "".join(random.choices(digits, k=24))
