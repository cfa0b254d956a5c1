"""What personal data and secrets look like: patterns, and the checks that tell them from other numbers.

Formats are the issuers' published ones. Checked on the development set `pii` (its own generator and
presidio-research prose); the lengths of IBANs are those of the SWIFT registry.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

Spans = tuple[tuple[int, int], ...]
Finder = Callable[[str], Spans]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of data. `check` gets a candidate and says which parts of it are real.

    `glued` candidates may touch other word characters; all others must stand alone.
    """

    name: str
    pattern: str
    check: Finder
    glued: bool = False


def _whole(candidate: str) -> Spans:
    return ((0, len(candidate)),)


def _when(test: Callable[[str], bool]) -> Finder:
    return lambda candidate: _whole(candidate) if test(candidate) else ()


def luhn(digits: str) -> bool:
    """The check sum of payment cards."""
    doubled = (sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])
    return (sum(int(d) for d in digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_card(candidate: str) -> bool:
    digits = "".join(c for c in candidate if c.isdigit())
    size, head = len(digits), int(digits[:4])
    issuer = (
        (digits[0] == "4" and size in (13, 16, 19))
        or (digits[:2] in ("34", "37") and size == 15)
        or ((5100 <= head <= 5599 or 2221 <= head <= 2720) and size == 16)
        or ((digits[:2] in ("36", "38", "39") or 3000 <= head <= 3059) and size == 14)
        or ((head == 6011 or 6440 <= head <= 6599 or 3528 <= head <= 3589 or digits[:2] == "62") and size in (16, 19))
        or (digits[:2] in ("50", "56", "57", "58", "63", "67") and 12 <= size <= 19)
    )
    return issuer and len(set(digits)) > 1 and luhn(digits)


_IBAN_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_IBAN_LENGTH = {country: size for size, countries in _IBAN_LENGTHS.items() for country in countries.split()}


def _find_iban(candidate: str) -> Spans:
    """The candidate runs on into the next words: the country says how many characters belong to it."""
    size = _IBAN_LENGTH.get(candidate[:2].upper())
    places = [i for i, c in enumerate(candidate) if c.isalnum()]
    if size is None or len(places) < size:
        return ()
    end = places[size - 1] + 1
    if end < len(candidate) and candidate[end].isalnum():
        return ()
    flat = "".join(candidate[i] for i in places[:size]).upper()
    digits = "".join(str(int(c, 36)) for c in flat[4:] + flat[:4])
    return ((0, end),) if int(digits) % 97 == 1 else ()


def _is_ssn(candidate: str) -> bool:
    area, group, serial = candidate[:3], candidate[4:6], candidate[7:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _is_ip(candidate: str) -> bool:
    colons = candidate.count(":")
    if colons and (len(candidate) > 39 or (colons != 7 and "::" not in candidate)):
        return False
    try:
        address = ipaddress.ip_address(candidate)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or int(address) < 1 << 16)


@cache
def _phone_parser() -> Callable[[str], bool]:
    """Loaded on the first candidate: the library's tables take a while."""
    import phonenumbers

    def is_phone(candidate: str) -> bool:
        text = candidate.strip()
        international = text.startswith(("+", "00"))
        text = "+" + text[2:] if text.startswith("00") else text
        try:
            number = phonenumbers.parse(text, None if international else "US")
        except phonenumbers.NumberParseException:
            return False
        return bool(phonenumbers.is_possible_number(number))

    return is_phone


def _find_phones(candidate: str) -> Spans:
    """A run of digits and separators may hold several numbers. Each starts like one and is as long as it can be."""
    is_phone = _phone_parser()
    found: list[tuple[int, int]] = []
    done = 0
    for start in (match.start() for match in _PHONE_START.finditer(candidate)):
        if start >= done:
            end = next((end for end in _phone_ends(candidate, start) if is_phone(candidate[start:end])), None)
            if end is not None:
                found.append((start, end))
                done = end
    return tuple(found)


_PHONE_START = re.compile(r"\+\d|(?<!\d)00\d|\(\d|(?<!\d)\d{3}[ .-]\d{3}[.-]\d{4}(?!\d)")
_NEXT_NUMBER = re.compile(r"\+|(?<!\d)00\d")
_PHONE_DIGITS = 15
_PHONE_TRIES = 4


def _phone_ends(text: str, start: int) -> list[int]:
    """Where groups of digits end, longest number first, up to the longest that exists."""
    ends: list[int] = []
    digits = 0
    for i in range(start, min(len(text), start + 40)):
        if i > start and _NEXT_NUMBER.match(text, i):
            break
        if text[i].isdigit():
            digits += 1
            if digits > _PHONE_DIGITS + 2:
                break
            if i + 1 == len(text) or not text[i + 1].isdigit():
                ends.append(i + 1)
    return ends[: -_PHONE_TRIES - 1 : -1]


_KEYS = (
    r"sk-ant-[A-Za-z0-9_-]{20,}",
    r"sk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{32,}",
    r"(?:AKIA|ASIA)[A-Z2-7]{16}",
    r"gh[pousr]_[A-Za-z0-9]{36,}",
    r"github_pat_[A-Za-z0-9_]{22,}",
    r"glpat-[A-Za-z0-9_-]{20,}",
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"xapp-\d-[A-Za-z0-9-]{20,}",
    r"https://hooks\.slack\.com/services/[A-Za-z0-9/]{20,}",
    r"AIza[A-Za-z0-9_-]{35}",
    r"ya29\.[A-Za-z0-9_-]{20,}",
    r"GOCSPX-[A-Za-z0-9_-]{20,}",
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}",
    r"whsec_[A-Za-z0-9+/]{24,}",
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{32,}",
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{50,}",
    r"hf_[A-Za-z0-9]{30,}",
    r"do[opr]_v1_[a-f0-9]{64}",
    r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
    r"sq0(?:atp|csp)-[A-Za-z0-9_-]{22,}",
    r"dapi[a-f0-9]{32}",
    r"gsk_[A-Za-z0-9]{40,}",
    r"xai-[A-Za-z0-9]{60,}",
    r"pplx-[A-Za-z0-9]{40,}",
    r"r8_[A-Za-z0-9]{37,}",
    r"ntn_[A-Za-z0-9]{40,}",
    r"lin_api_[A-Za-z0-9]{40}",
    r"ATATT3[A-Za-z0-9_=-]{50,}",
    r"hv[sb]\.[A-Za-z0-9_-]{24,}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{58}",
    r"\d{8,10}:AA[A-Za-z0-9_-]{33}",
    r"key-[a-f0-9]{32}",
    r"SK[a-f0-9]{32}",
    r"dckr_pat_[A-Za-z0-9_-]{27,}",
    r"figd_[A-Za-z0-9_-]{40,}",
    r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
    r"sntrys_[A-Za-z0-9+/=_-]{50,}",
    r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}",
)

# Letters outside ASCII, for internationalised addresses; a class of letters makes the automaton ten times larger.
_FOREIGN = r"\x{00a1}-\x{1fff}\x{2c00}-\x{d7ff}\x{f900}-\x{fdff}"

# First comes first: a card inside a key is the key's.
KINDS: tuple[Kind, ...] = (
    Kind(
        name="private_key",
        glued=True,
        check=_whole,
        pattern=r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s:,.\\-]*?"
        r"(?:-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|\z)",
    ),
    Kind(name="jwt", check=_whole, pattern=r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*"),
    Kind(name="api_key", check=_whole, pattern=r"(?:\b" + r"|\b".join(_KEYS) + ")"),
    Kind(
        name="aws_secret",
        glued=True,
        check=lambda text: ((len(text) - 40, len(text)),),
        pattern=r"(?i:aws.{0,20}secret.{0,20}|secret_?access_?key)[\"']?\s{0,3}[:=]\s{0,3}[\"']?[A-Za-z0-9/+]{40}",
    ),
    Kind(
        name="azure_key",
        glued=True,
        check=lambda text: ((text.index("=") + 1, len(text)),),
        pattern=r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,88}={0,2}",
    ),
    Kind(
        name="email",
        check=_whole,
        pattern=rf"[A-Za-z0-9._%+{_FOREIGN}-]+@(?:[A-Za-z0-9{_FOREIGN}][A-Za-z0-9{_FOREIGN}-]*\.)+[A-Za-z{_FOREIGN}][A-Za-z{_FOREIGN}]+",
    ),
    Kind(name="iban", check=_find_iban, pattern=r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}"),
    Kind(
        name="card",
        check=_when(_is_card),
        pattern=r"\b(?:4\d{12}(?:\d{3}){0,2}|3\d{13,15}|(?:5[1-5]|2[2-7])\d{14}|6\d{15}(?:\d{3})?|(?:50|5[6-8]|"
        r"6[37])\d{10,17}|"
        r"[2-6]\d{3}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{3})?|3\d{3}[ -]\d{6}[ -]\d{4,5})\b",
    ),
    Kind(name="ssn", check=_when(_is_ssn), pattern=r"\b\d{3}-\d{2}-\d{4}\b"),
    Kind(
        name="phone",
        check=_find_phones,
        pattern=r"(?:(?:\+|\b00)\d[\d ()/-]{5,60}\d|\(\d{3}\) ?\d{3}[ .-]\d{4}|\+\d{1,3}(?:\.\d{1,6}){2,5}|"
        r"\b\d{3}[ .-]\d{3}[.-]\d{4}\b)",
    ),
    Kind(name="ip", check=_when(_is_ip), pattern=r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b"),
    Kind(name="ip6", check=_when(_is_ip), pattern=r"(?:[0-9A-Fa-f]{0,4}:){3,}[0-9A-Fa-f]{1,4}"),
)
