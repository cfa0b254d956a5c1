"""Addresses of crypto-currencies, by their check sums: Base58Check, Bech32 (BIP 173, BIP 350)."""

# ruff: noqa: E501 - a broken pattern is harder to read than a long one
from __future__ import annotations

import re
from hashlib import sha256

from pytest_agentsafety.guards.pii_kinds import LOOSE_GAP, Kind, Spans, named, when, whole

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_ENDS = (1, 0x2BC830A3)


def base58check(address: str) -> bool:
    alphabet = _RIPPLE if address[0] == "r" else _BASE58
    number = 0
    for char in address:
        number = number * 58 + alphabet.index(char)
    zeros = len(address) - len(address.lstrip(alphabet[0]))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return len(raw) > 20 and sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def bech32(address: str) -> bool:
    if address not in (address.lower(), address.upper()):
        return False
    head, _, data = address.lower().rpartition("1")
    values = [ord(c) >> 5 for c in head] + [0] + [ord(c) & 31 for c in head] + [_BECH32.index(c) for c in data]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= factor if top >> i & 1 else 0
    return check in _BECH32_ENDS


def _is_mixed(address: str) -> bool:
    return any(c.isdigit() for c in address) and any(c.isalpha() for c in address)


_PHRASE = r"(?:seed|recovery|backup|secret|mnemonic)[ _-]?(?:phrase|words)|mnemonic"
_NAME = re.compile(_PHRASE, re.IGNORECASE)
_WORDS = re.compile(r"[a-z]{3,8}(?: [a-z]{3,8}){11,23}\Z")


def _find_phrase(candidate: str) -> Spans:
    """12 to 24 words of three to eight letters (BIP 39), as no sentence has them."""
    name = _NAME.match(candidate)
    words = _WORDS.search(candidate, name.end() if name else 0)
    return (words.span(),) if words else ()


KINDS: tuple[Kind, ...] = (
    Kind(name="wallet", check=whole, pattern=r"\b0[xX][0-9a-fA-F]{40}\b"),
    Kind(
        name="wallet",
        check=when(base58check),
        pattern=r"\b(?:[13LMDAXT2mnt9][1-9A-HJ-NP-Za-km-z]{25,34}|r[1-9A-HJ-NP-Za-km-z]{24,34})\b",
    ),
    Kind(
        name="wallet",
        check=when(bech32),
        pattern=r"\b(?:(?:bc|tb|ltc|tltc)1[02-9ac-hj-np-z]{11,87}|BC1[02-9AC-HJ-NP-Z]{11,87}|"
        r"(?:addr|stake|cosmos|osmo|inj|sei|kava|secret|terra)1[02-9ac-hj-np-z]{38,110})\b",
    ),
    Kind(
        name="wallet",
        check=whole,
        pattern=r"\b(?:bitcoincash:[qp][02-9ac-hj-np-z]{41}|[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93})\b",
    ),
    Kind(
        name="wallet_key",
        secret=True,
        check=when(base58check),
        pattern=r"\b(?:5[1-9A-HJ-NP-Za-km-z]{50}|[KL][1-9A-HJ-NP-Za-km-z]{51}|[xyztuv]p(?:rv|ub)[1-9A-HJ-NP-Za-km-z]{107})\b",
    ),
    named(
        "wallet",
        r"(?:bitcoin|btc|crypto|wallet|usdt|tron|ltc|doge|xmr|xrp)(?:[ _-]?(?:wallet|address|addr))?|portefeuille|monedero|billetera|portafoglio|carteira",
        r"[13LMDXTr][1-9A-Za-z]{24,38}|bc1[02-9a-z]{11,87}",
        _is_mixed,
        gap=LOOSE_GAP,
        foreign="кошел",
    ),
    Kind(
        name="wallet_key",
        secret=True,
        check=_find_phrase,
        hint=rf"(?i:{_PHRASE})",
        pattern=rf"\b(?i:{_PHRASE})[^\n,]{{0,24}}?[^a-z\n,][a-z]{{3,8}}(?: [a-z]{{3,8}}){{11,23}}\b",
    ),
    named("wallet", r"solana|phantom", r"[1-9A-HJ-NP-Za-km-z]{32,44}", gap=LOOSE_GAP),
)
