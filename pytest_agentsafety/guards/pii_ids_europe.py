"""Numbers of persons in Europe: identity, tax, health. Forms and check digits as their issuers publish them.

Where the form with its check digits tells the number from others it is found by itself; where it is a mere run of
digits, its name has to stand before it.
"""

# ruff: noqa: E501 - a broken pattern is harder to read than a long one
from __future__ import annotations

import re

from pytest_agentsafety.guards.pii_checks import ean, icao, is_day, luhn, mod11_10, weighted
from pytest_agentsafety.guards.pii_kinds import LOOSE_GAP, Kind, formed, named


def nino(n: str) -> bool:
    if n[:2] == "ZZ":  # a temporary one
        return True
    return n[0] not in "DFIQUV" and n[1] not in "DFIQUVO" and n[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def steuer_id(n: str) -> bool:
    return n[0] != "0" and mod11_10(n) and max(n[:10].count(d) for d in n[:10]) in (2, 3)


def nir(n: str) -> bool:
    body = n[:13].replace("2A", "19").replace("2B", "18")
    return n[0] in "123478" and body.isdigit() and 97 - int(body) % 97 == int(n[13:])


def dni(n: str) -> bool:
    number = n[:-1].replace("X", "0", 1).replace("Y", "1", 1).replace("Z", "2", 1)
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == n[-1]


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def codice_fiscale(n: str) -> bool:
    values = [int(c) if c.isdigit() else ord(c) - 65 for c in n[:15]]
    return chr(65 + sum(_ODD[v] if i % 2 == 0 else v for i, v in enumerate(values)) % 26) == n[15]


def nip(n: str) -> bool:
    return weighted(n, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(n[9])


def inn(n: str) -> bool:
    """Of a company, or of a person with one check digit more."""
    factors = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    last = range(len(n) - (1 if len(n) == 10 else 2), len(n))
    return all(weighted(n[:k], factors[11 - k :]) % 11 % 10 == int(n[k]) for k in last)


def snils(n: str) -> bool:
    return weighted(n[:9], range(9, 0, -1)) % 101 % 100 == int(n[9:])


def personnummer(n: str) -> bool:
    n = n[-10:]
    return is_day(n[2:4], int(n[4:6]) % 60) and luhn(n)


def hetu(n: str) -> bool:
    number = re.sub(r"\D", "", n[:-1])
    return is_day(n[2:4], n[:2]) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(number) % 31] == n[-1]


def cpr(n: str) -> bool:
    return is_day(n[2:4], n[:2])


def fodselsnummer(n: str) -> bool:
    first = weighted(n, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
    return is_day(n[2:4], int(n[:2]) % 40) and first and weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def rijksregister(n: str) -> bool:
    return any(97 - int(century + n[:9]) % 97 == int(n[9:]) for century in ("", "2"))


def ahv(n: str) -> bool:
    return n.startswith("756") and ean(n)


def svnr(n: str) -> bool:
    return weighted(n[:3] + n[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11 == int(n[3])


def pps(n: str) -> bool:
    extra = (ord(n[8]) - 64) * 9 if len(n) == 9 and n[8] not in "WTX" else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[(weighted(n[:7], range(8, 1, -1)) + extra) % 23] == n[7]


def nif(n: str) -> bool:
    rest = weighted(n, range(9, 1, -1)) % 11
    return int(n[8]) == (0 if rest < 2 else 11 - rest)


def rodne_cislo(n: str) -> bool:
    rest = int(n[:9]) % 11 % 10 == int(n[9]) if len(n) == 10 else True
    return is_day(int(n[2:4]) % 50 % 20 or 99, n[4:6]) and rest


def personalausweis(n: str) -> bool:
    return len(n) < 10 or icao(n[:9], n[9])


_NUMBER = r"(?:[ _-]?(?:number|no\.?|nummer|nr\.?|num|#|id))?"
KINDS: tuple[Kind, ...] = (
    named("uk_nhs", rf"nhs{_NUMBER}", r"\d{3}[ -]?\d{3}[ -]?\d{4}"),
    formed(
        "uk_nino",
        r"(?i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?[A-Da-d]|ZZ ?\d{2} ?\d{2} ?\d{2} ?T",
        nino,
    ),
    named(
        "uk_nino",
        r"nino|national insurance(?: (?:number|no\.?))?|ni number",
        r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2}(?: ?[A-Z])?",
        gap=LOOSE_GAP,
    ),
    formed("uk_licence", r"[A-Z][A-Z9]{4}\d[0156]\d(?:[0-2]\d|3[01])\d[A-Z][A-Z9]\d[A-Z]{2}"),
    named(
        "de_tax_id",
        r"(?:steuer[ _-]?(?:id(?:entifikationsnummer)?|ident(?:ifikations)?-?nummer|nummer|nr)|idnr|(?:german )?tax[ _-]?id|tin)\.?",
        r"\d{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}",
        steuer_id,
    ),
    named(
        "de_id_card",
        r"(?:personalausweis|ausweis)(?:-?(?:nummer|nr\.?))?",
        r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?",
        personalausweis,
        gap=LOOSE_GAP,
    ),
    named(
        "de_social",
        r"(?:sozial|renten)?versicherungs-?(?:nummer|nr\.?)|svnr|rvnr",
        r"\d{2}[ ]?\d{6}[ ]?[A-Z][ ]?\d{3}",
    ),
    named(
        "de_health",
        r"(?:kranken)?versicherten-?(?:nummer|nr\.?)|krankenversicherungs-?(?:nummer|nr\.?)|kvnr",
        r"[A-Z]\d{9}",
        gap=LOOSE_GAP,
    ),
    formed(
        "fr_nir",
        r"[123478]\d{4}(?:\d{2}|2[AB])\d{6} ?\d{2}|[123478][ .-]\d{2}[ .-]\d{2}[ .-](?:\d{2}|2[AB])[ .-]\d{3}[ .-]\d{3}[ .-]\d{2}|[123478] \d{4} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        nir,
        strong=True,
    ),
    named("es_dni", r"dni|nif|nie", r"(?:[XYZ]-?)?\d{7,8}-?[A-Z]", gap=LOOSE_GAP),
    formed("es_dni", r"(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", dni),
    formed(
        "it_fiscal_code",
        r"(?i:[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])",
        codice_fiscale,
        strong=True,
    ),
    named(
        "it_fiscal_code",
        r"codice[ _]?fiscale|cod\.? ?fisc\.?|fiscal[ _]?code",
        r"(?i:[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])",
        gap=LOOSE_GAP,
    ),
    named("nl_bsn", r"bsn|burgerservicenummer|sofinummer", r"\d{4}[. ]?\d{2}[. ]?\d{3}|\d{9}"),
    named("pl_pesel", r"pesel", r"\d{11}"),
    named("pl_regon", r"regon", r"\d{9}|\d{14}"),
    named("ru_inn", r"inn", r"\d{10}|\d{12}", inn, foreign="инн"),
    named("ru_snils", r"snils", r"\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2}", foreign="снилс"),
    formed("ru_snils", r"\d{3}-\d{3}-\d{3}[ -]\d{2}", snils),
    named("pl_nip", r"nip", r"\d{3}-?\d{3}-?\d{2}-?\d{2}", nip),
    formed("se_personnummer", r"(?:19|20)?\d{6}[-+]\d{4}", personnummer),
    named("se_personnummer", r"person(?:al)?[ _-]?(?:nummer|nr|identity number)", r"(?:\d{2})?\d{6}[-+]?\d{4}"),
    formed("fi_hetu", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", hetu),
    named("dk_cpr", r"cpr(?:[ -]?(?:nummer|nr\.?|number|no\.?))?", r"\d{6}-?\d{4}", cpr),
    formed("no_fodselsnummer", r"\d{6}[ ]?\d{5}", fodselsnummer),
    formed("be_national", r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", rijksregister),
    named("be_national", r"rijksregisternummer|registre national|insz|niss", r"\d{11}", rijksregister),
    formed("ch_ahv", r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", ahv, strong=True),
    named("at_svnr", r"(?:sozial)?versicherungsnummer|svnr|sv-?nummer", r"\d{4}[ ]?\d{6}", svnr),
    named("ie_pps", r"ppsn?(?:[ _-]?(?:number|no\.?))?", r"\d{7}[A-W][A-IWTX]?", pps),
    named("pt_nif", r"nif|contribuinte", r"\d{3}[ ]?\d{3}[ ]?\d{3}", nif),
    named(
        "cz_birth_number",
        r"rodn[eé\x{00e9}] [cč\x{010d}][ií\x{00ed}]slo|birth number|r\.?[cč]\.?",
        r"\d{6}/?\d{3,4}",
        rodne_cislo,
    ),
    named("ro_cnp", r"cnp", r"[1-9]\d{12}"),
    named("bg_egn", r"egn", r"\d{10}", foreign=r"\x{0435}\x{0433}\x{043d}"),
    named("hr_oib", r"oib", r"\d{11}"),
    named("gr_amka", r"amka", r"\d{11}", luhn, foreign=r"\x{03b1}\x{03bc}\x{03ba}\x{03b1}"),
)
