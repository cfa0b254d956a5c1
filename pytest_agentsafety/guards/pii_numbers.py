"""Numbers of accounts and machines: cards, IBANs, mail and network addresses, wallets, travel documents.

Formats are the issuers' and standards' published ones; the lengths of IBANs are those of the SWIFT registry (and, for
countries not in it, those that their banks use).
"""

# ruff: noqa: E501 - a broken pattern is harder to read than a long one
from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache

from pytest_agentsafety.guards import pii_names
from pytest_agentsafety.guards.pii_checks import icao, is_day, luhn, mod97
from pytest_agentsafety.guards.pii_kinds import LOOSE_GAP, Kind, Spans, after_name, flat, name_of, named, when

# Issuers' prefixes, and how many digits their cards have (ISO/IEC 7812; the schemes' own lists).
_ISSUERS: tuple[tuple[range, frozenset[int]], ...] = tuple(
    (range(low, high + 1), frozenset(sizes))
    for low, high, sizes in (
        (4000, 4999, (13, 16, 19)),  # Visa
        (5100, 5599, (16,)),  # Mastercard
        (2200, 2720, (16, 17, 18, 19)),  # Mastercard, Mir, Borica
        (3400, 3499, (15,)),  # American Express
        (3700, 3799, (15,)),
        (3000, 3059, (14, 16, 19)),  # Diners Club
        (3095, 3095, (14, 16, 19)),
        (3600, 3699, (14, 15, 16, 17, 18, 19)),
        (3800, 3999, (14, 16, 19)),
        (3500, 3599, (16, 17, 18, 19)),  # JCB
        (2131, 2131, (15,)),
        (1800, 1800, (15,)),
        (6000, 6999, (16, 17, 18, 19)),  # Discover, UnionPay, RuPay, InterPayment, Maestro
        (8100, 8299, (16, 17, 18, 19)),  # UnionPay, RuPay
        (5000, 5099, (16, 17, 18, 19)),  # Maestro, Elo, Verve
        (5600, 5899, (16, 17, 18, 19)),
        (5018, 5020, (12, 13, 14, 15)),  # Maestro's shorter ones
        (5038, 5038, (12, 13, 14, 15)),
        (5893, 5893, (12, 13, 14, 15)),
        (6304, 6304, (12, 13, 14, 15)),
        (6390, 6390, (12, 13, 14, 15)),
        (6759, 6763, (12, 13, 14, 15)),
        (604, 604, (12, 13)),
        (8600, 8600, (16,)),  # Uzcard
        (9860, 9860, (16,)),  # Humo
        (9792, 9792, (16,)),  # Troy
    )
)


_SIZES: dict[int, frozenset[int]] = {}
for _heads, _sizes in _ISSUERS:
    for _head in _heads:
        _SIZES[_head] = _SIZES.get(_head, frozenset()) | _sizes


_BETWEEN = re.compile(r"\D+")


def is_card(candidate: str) -> bool:
    between = _BETWEEN.findall(candidate)
    if len(set(between)) > 1 or between == ["."]:
        return False  # a row of figures, or one
    digits = flat(candidate)
    return len(digits) in _SIZES.get(int(digits[:4]), ()) and len(set(digits)) > 1 and luhn(digits)


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
    25: "AO CV GW LY MZ PT ST",
    26: "DZ IR IS TR",
    27: "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
    28: "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
IBAN_LENGTH = {country: size for size, countries in _IBAN_LENGTHS.items() for country in countries.split()}


def find_iban(candidate: str) -> Spans:
    """The candidate runs on into the next words: the country says how many characters belong to it."""
    size = IBAN_LENGTH.get(candidate[:2].upper())
    if size is None:
        return ()
    places = [i for i, c in enumerate(candidate) if c.isalnum()]
    if len(places) < size:
        return ()
    end = places[size - 1] + 1
    if end < len(candidate) and candidate[end].isalnum():
        return ()
    return ((0, end),) if mod97("".join(candidate[i] for i in places[:size]).upper()) else ()


@lru_cache(maxsize=1024)
def is_ip(candidate: str) -> bool:
    """A host's address: no mask, not this machine."""
    try:
        address = ipaddress.ip_address(candidate)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return _is_host6(candidate, address)
    return not _is_mask(int(address)) and _is_given_out(candidate)


def _is_mask(bits: int) -> bool:
    """Of a network: ones, then zeros, or the other way round; also no address and all addresses."""
    other = bits ^ 0xFFFFFFFF
    return other & (other + 1) == 0 or bits & (bits + 1) == 0


def _is_given_out(address: str) -> bool:
    """Not to this machine; what begins with 0 is rather a version, if its parts are small."""
    first, *rest = map(int, address.split("."))
    return not (first == 127 and rest[0] == 0) and (first > 0 or max(rest) > 99)


def _is_host6(candidate: str, address: ipaddress.IPv6Address) -> bool:
    """A slice `a[1::2]` and a name `ab::cd` have the form too: short ones must start as given out addresses do."""
    if address.is_loopback or int(address) < 1 << 32:
        return False
    groups = candidate.split(":")
    if all(len(group) < 3 and group.isdigit() for group in groups):
        return False  # figures, or times of day
    head = groups[0]
    given_out = len(head) == 4 and (head[0] in "23" or head[:2].lower() in ("fc", "fd", "fe", "ff"))
    return given_out or candidate.count(":") >= 5 or address.ipv4_mapped is not None


def _is_mac(candidate: str) -> bool:
    digits = flat(candidate)
    return len(set(digits)) > 1 and (not digits.isdigit() or digits.startswith("00"))


_NO_PERSON = frozenset({"git", "hg", "svn"})  # the user of a repository's address


def _find_email(candidate: str) -> Spans:
    start = 0 if candidate[0] == '"' else len(candidate) - len(candidate.lstrip("'&!#~.-"))
    end = len(candidate)
    if not candidate.isascii():
        start, end = _without_words(candidate, start)
    local, _, domain = candidate[start:end].rpartition("@")
    return ((start, end),) if local and local not in _NO_PERSON and len(domain) <= 253 else ()


# Written without blanks between words: a word before an address or behind it is told by its script alone.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff"
_WORD_BEFORE = re.compile(rf".*[{_UNSPACED}](?=[A-Za-z0-9._%+-]+@)", re.DOTALL)
_WORD_BEHIND = re.compile(rf"\.[A-Za-z]{{2,24}}(?=[{_UNSPACED}][^@]*\Z)|[\u3000-\u3003][^@]*\Z")


def _without_words(candidate: str, start: int) -> tuple[int, int]:
    before, behind = _WORD_BEFORE.match(candidate, start), _WORD_BEHIND.search(candidate, candidate.rindex("@"))
    end = len(candidate) if behind is None else behind.end() if behind.group()[0] == "." else behind.start()
    return before.end() if before else start, end


# Letters outside ASCII, for internationalised addresses; a class of letters makes the automaton ten times larger.
_FOREIGN = r"\x{00a1}-\x{1fff}\x{2c00}-\x{d7ff}\x{f900}-\x{fdff}"
_LABEL = rf"[A-Za-z0-9{_FOREIGN}][A-Za-z0-9{_FOREIGN}-]*"
_COUNTRY_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT "
    "JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM "
    "MN MO MP MQ MR MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT "
    "PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK "
    "TL TM TN TO TR TT TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
_COUNTRIES = frozenset(_COUNTRY_CODES.split())


def is_passport(number: str) -> bool:
    return sum(c.isdigit() for c in number) >= (1 if len(number) == 9 else 5)


def find_mrz(candidate: str) -> Spans:
    """The lines of a travel document, by the check digits of number, birth date and expiry (ICAO 9303)."""
    lines = candidate.split()
    last = lines[-1] if len(lines) < 3 else lines[0][5:15] + lines[1]
    number, rest = last[:10], last[13:] if len(lines) < 3 else lines[1]
    birth, expiry = rest[:7], rest[8:15]
    good = all(icao(part[:-1], part[-1]) for part in (number, birth, expiry))
    return ((0, len(candidate)),) if good else ()


_YEAR = re.compile(r"(?:19\d|20[0-2])\d")


def is_birth_date(text: str) -> bool:
    """A day of a life that may still go on."""
    if len(text) == 6 or any(c.isalpha() for c in text):
        return len(text) == 6 or _YEAR.search(text) is not None
    halves = ((text[:4], text[4:]), (text[-4:], text[:-4]))
    return any(_YEAR.fullmatch(year) and _is_day_somehow(rest) for year, rest in halves)


def _is_day_somehow(text: str) -> bool:
    """Month and day without anything between them, in one order or the other."""
    parts = [(text[:i], text[i:]) for i in (1, 2) if text[i:]]
    return any(is_day(*part) or is_day(*reversed(part)) for part in parts)


_DATE = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?:\d{2})?|"
    r"\d{1,2}(?:st|nd|rd|th|\.)? (?:of )?[A-Za-z]{3,9}\.?,? \d{4}|[A-Za-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
)
_BORN = (
    r"(?:date|day)[ _-]of[ _-]birth|d\.?o\.?b\.?|birth[ _-]?(?:date|day)|born(?: on)?|geburts(?:datum|tag)|geboren am|"
    r"date de naissance|n\x{00e9}e? le|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il|data de nascimento|nascid[oa] em|geboortedatum|"
    r"geboren op|data urodzenia|f\x{00f6}delsedatum|f\x{00f8}dselsdato|syntym\x{00e4}aika|d\x{00e1}tum narodenia|sz\x{00fc}let\x{00e9}si d\x{00e1}tum|"
    r"do[g\x{011f}]um tarihi|data na[s\x{0219}]terii|datum ro\x{0111}enja|ng\x{00e0}y sinh|tanggal lahir"
)
_PASSPORT = (
    r"\d{2} ?\d{2} \d{6}|[A-Z]{1,2}\d{6,7}[A-Z]|[A-Z]\d{2} \d{5}|[A-Z]{0,3}\d{6,9}|[A-Z]{1,2} \d{6,7}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}|\d{2}[A-Z]{2}\d{5}|[A-Z]{2}[A-Z0-9]{6}\d|"
    r"[A-Z]\d{3}[A-Z]\d{4}|[A-Z]\d{2}[ -]\d{6}|\d{2} \d{7}"
)
_PASSPORT_WORDS = r"(?:passports?|reisepass|passeport|pasaporte|passaporto|passaporte|paspoort|paszport(?:u|em)?|pasaport|passnummer|pass[ _-]?(?:no|nr)|paspor|pas(?:s|)port[a-z]{0,2}|rejsepas)(?:[ _-]?(?:number|nummer|no\.?|num|nr\.?|#|id))?"
_CARD_WORDS = (
    r"(?:credit|debit|bank|payment|gift)?[ _-]?card(?:[ _-]?(?:number|no\.?|num|#))?|pan|visa|mastercard|maestro|amex|cc|"
    r"kreditkarten?(?:nummer)?|kartennummer|karte|carte(?: bancaire| bleue)?|tarjeta|carta di credito|cart\x{00e3}o|kaartnummer|karty|karta|kredi kart"
)


def _is_named_card(number: str) -> bool:
    """Made-up numbers have no check digit."""
    return len(set(number)) > 1 and (luhn(number) or 15 <= len(number) <= 16)


# What stands before an address is looked at too, so that a long run of groups is one look and not one for each group.
# A colon behind a word is no part of an address, behind what may be a group of one it is.
_EDGE = r"(?:^|[^0-9A-Za-z_:.-]:?|(?:[G-Zg-z_][A-Fa-f]{0,4}|[A-Za-z]{5}):)"


def _behind(candidate: str, test: Callable[[str], bool]) -> Spans:
    """The address behind its edge; behind a word for a version it is none."""
    edge = _BEFORE.match(candidate)
    start = edge.end() if edge else 0
    address = candidate[start:]
    return ((start, len(candidate)),) if address[:1] in _FIRST and test(address) else ()


# A word and its colon, or one sign that begins no address.
_BEFORE = re.compile(r"(?:[G-Zg-z_][A-Fa-f]{0,4}|[A-Za-z]{5}):|[^0-9A-Za-z_:.-](?::(?!:))?")


_DIGITS = frozenset("0123456789")
_FIRST = frozenset("0123456789abcdefABCDEF:")
_NAMED_MAC = after_name(  # of decimal digits alone, as a row of times has them
    name_of(r"mac(?:[ _-]?addr(?:ess|esse)?)?|hwaddr|hardware address|physical address|bssid|ether", "mac地址"),
    r"\d\d(?::\d\d){5}",
)
NETWORK: tuple[Kind, ...] = (
    Kind(
        name="mac",
        strict=True,
        check=lambda text: _behind(text, _is_mac),
        pattern=rf"{_EDGE}(?:(?:[0-9A-Fa-f]{{2}}:){{5}}[0-9A-Fa-f]{{2}}|(?:[0-9A-Fa-f]{{2}}-){{5}}[0-9A-Fa-f]{{2}}|"
        r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})\b",
    ),
    Kind(
        name="mac",
        check=_NAMED_MAC[1],
        hint=r"\d\d(?::\d\d){5}",
        pattern=_NAMED_MAC[0],
    ),
    Kind(
        name="ip",
        check=lambda text: _behind(text, is_ip),
        pattern=rf"(?:\b(?i:[a-z]{{0,12}}version|ver|rv|release|firmware|build|v|rev(?:ision)?|edition|section|sec|chapter|clause|article|appendix|annex|paragraph|table|figure|abschnitt|kapitel|artikel|ziffer|punkt|secci\x{{00f3}}n|oid)_{{0,2}}[.:= \"']{{1,4}}|\x{{00a7}} ?|[=<>~^]= ?|{_EDGE})"
        r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b",
    ),
    Kind(
        name="ip6",
        strict=True,
        check=lambda text: _behind(text, is_ip),
        hint=r"::|(?:[0-9A-Fa-f]{1,4}:){6}",  # all groups, or a gap: no time of day
        pattern=rf"{_EDGE}(?:[0-9A-Fa-f]{{0,4}}:){{2,7}}(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}}|[0-9A-Fa-f]{{1,4}}|:)",
    ),
)
ACCOUNTS: tuple[Kind, ...] = (
    Kind(
        name="email",
        strong=True,
        check=_find_email,
        hint=rf"[A-Za-z0-9._%+'&!#~\"{_FOREIGN}-]@(?:{_LABEL}\.)+[A-Za-z{_FOREIGN}]",
        pattern=rf"(?:[A-Za-z0-9._%+'&!#~{_FOREIGN}-]+|\"[^\"@\n]{{1,64}}\")@(?:{_LABEL}\.)+"
        rf"(?:[xX][nN]--[A-Za-z0-9-]+|[A-Za-z{_FOREIGN}][A-Za-z{_FOREIGN}]+)",
    ),
    Kind(name="iban", strong=True, check=find_iban, pattern=r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}"),
    named(
        "iban",
        r"(?:account[ _-])?iban|bankverbindung|kontonummer|rekeningnummer|numer konta",
        r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?",
        lambda n: n[:2] in IBAN_LENGTH and 15 <= len(n) <= 34 and sum(c.isdigit() for c in n) >= 6,
        gap=LOOSE_GAP,
    ),
    Kind(
        name="card",
        strong=True,
        check=lambda text: () if text[0] not in _DIGITS else when(is_card)(text),
        pattern=r"(?:\b(?i:ean|gtin|isbn|upc|barcode)(?:-?13)?[:# ]{1,3})?\b(?:[2-9]\d{15}(?:\d{1,3})?|4\d{12}|3\d{13,14}|(?:1800|2131)\d{11}|(?:50[123]|589|6[37])\d{9,12}|0604\d{8,9}|"
        r"[2-9]\d{3}[ .-]{1,3}\d{4}[ .-]{1,3}\d{4}[ .-]{1,3}\d{1,4}(?:[ .-]?\d{1,3})?|3\d{3}[ .-]\d{6}[ .-]\d{4,5}|"
        r"[2-9]\d{5}[ .-]\d{10,13}|[2-9]\d{3}[ .-]\d{4}[ .-]\d{4,5})\b",
    ),
    named("card", _CARD_WORDS, r"\d(?:[ .-]?\d){11,18}", _is_named_card, foreign=pii_names.CARD),
    named(
        "bic",
        r"bic|swift",
        r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
        lambda n: n[4:6] in _COUNTRIES,
        gap=LOOSE_GAP,
    ),
)
PAPERS: tuple[Kind, ...] = (
    Kind(
        name="mrz",
        check=find_mrz,
        hint=r"\d{7}[MFX<]\d{7}",
        glued=True,
        pattern=r"(?:P[A-Z<][A-Z<]{42}\s{1,2})?[A-Z0-9<]{9}[0-9<][A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{14}[0-9<]\d|"
        r"[IACPV][A-Z<][A-Z<]{34}\s{1,2}[A-Z0-9<]{9}[0-9<][A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{7,15}\d|"
        r"[IAC][A-Z0-9<][A-Z<]{3}[A-Z0-9<]{9}[0-9<][A-Z0-9<]{15}\s{1,2}\d{7}[MFX<]\d{7}[A-Z<]{3}[A-Z0-9<]{11}\d\s{1,2}[A-Z<]{30}",
    ),
    named("passport", _PASSPORT_WORDS, _PASSPORT, is_passport, gap=LOOSE_GAP, foreign=pii_names.PASSPORT),
    named("birth_date", _BORN, _DATE, is_birth_date, foreign=pii_names.BORN),
)
