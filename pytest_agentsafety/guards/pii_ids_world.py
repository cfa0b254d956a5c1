"""Numbers of persons outside Europe: identity, tax, health, driving. Forms and check digits as their issuers publish."""

# ruff: noqa: E501 - a broken pattern is harder to read than a long one
from __future__ import annotations

from pytest_agentsafety.guards import pii_names
from pytest_agentsafety.guards.pii_checks import is_day, luhn, verhoeff, weighted
from pytest_agentsafety.guards.pii_kinds import LOOSE_GAP, Kind, Spans, flat, flat_when, formed, named


def ssn(n: str) -> bool:
    """Area, group and serial as the Social Security Administration gives them out."""
    return n[:3] not in ("000", "666") and n[0] != "9" and n[3:5] != "00" and n[5:] != "0000"


def _spaced_ssn(candidate: str) -> Spans:
    """No part of a row of numbers, nor of a telephone's: none stands before it or behind it."""
    start = len(candidate) - 11
    return (
        ((start, len(candidate)),) if candidate[start + 3 : start + 4] == " " and ssn(flat(candidate[start:])) else ()
    )


def _is_no_filler(n: str) -> bool:
    return len(set(n)) > 1


def itin(n: str) -> bool:
    return (
        n[0] == "9"
        and (50 <= int(n[3:5]) <= 65 or 70 <= int(n[3:5]) <= 88 or 90 <= int(n[3:5]) <= 99)
        and n[3:5] != "93"
    )


def aba(n: str) -> bool:
    return weighted(n, (3, 7, 1) * 3) % 10 == 0 and n[:2] <= "80" and n != "000000000"


def dea(n: str) -> bool:
    odd = sum(int(d) for d in n[2:8:2])
    return (odd + 2 * sum(int(d) for d in n[3:8:2])) % 10 == int(n[8])


def cpf(n: str) -> bool:
    return len(set(n)) > 1 and all(weighted(n, range(k + 1, 1, -1)) * 10 % 11 % 10 == int(n[k]) for k in (9, 10))


def cnpj(n: str) -> bool:
    tail = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    values = [ord(c) - 48 for c in n]

    def digit(size: int, weights: tuple[int, ...]) -> int:
        rest = sum(v * w for v, w in zip(values[:size], weights, strict=True)) % 11
        return 0 if rest < 2 else 11 - rest

    return len(set(n)) > 1 and digit(12, tail) == values[12] and digit(13, (6, *tail)) == values[13]


def aadhaar(n: str) -> bool:
    return n[0] in "23456789" and verhoeff(n)


def tfn(n: str) -> bool:
    weights = (1, 4, 3, 7, 5, 8, 6, 9, 10) if len(n) == 9 else (10, 7, 8, 4, 6, 3, 5, 1)
    return weighted(n, weights) % 11 == 0


def za_id(n: str) -> bool:
    return is_day(n[2:4], n[4:6]) and n[10] in "012" and luhn(n)


def cn_id(n: str) -> bool:
    check = "10X98765432"[weighted(n[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11]
    return is_day(n[10:12], n[12:14]) and check == n[17]


def rrn(n: str) -> bool:
    return is_day(n[2:4], n[4:6]) and n[6] in "12345678"


def nric(n: str) -> bool:
    total = weighted(n[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(n[0], 0)
    letters = "JZIHGFEDCBA" if n[0] in "ST" else "XWUTRQPNMLK" if n[0] in "FG" else "KLJNPQRTUWX"
    return letters[total % 11 if n[0] != "M" else 10 - total % 11] == n[8]


def hkid(n: str) -> bool:
    values = [ord(c) - 55 if c.isalpha() else int(c) for c in (n if len(n) == 9 else " " + n)[:-1].replace(" ", "")]
    values = values if len(values) == 8 else [36, *values]
    check = 11 - sum(v * w for v, w in zip(values, range(9, 1, -1), strict=True)) % 11
    return n[-1] == ("A" if check == 10 else str(check % 11))


def tw_id(n: str) -> bool:
    first = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(n[0]) + 10
    return (first // 10 + first % 10 * 9 + weighted(n[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def thai(n: str) -> bool:
    return (11 - weighted(n, range(13, 1, -1)) % 11) % 10 == int(n[12])


def tc_kimlik(n: str) -> bool:
    tenth = (sum(map(int, n[0:9:2])) * 7 - sum(map(int, n[1:8:2]))) % 10
    return n[0] != "0" and tenth == int(n[9]) and sum(map(int, n[:10])) % 10 == int(n[10])


def my_number(n: str) -> bool:
    rest = weighted(n, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return int(n[11]) == (0 if rest <= 1 else 11 - rest)


def rut(n: str) -> bool:
    total = sum(int(d) * (2 + i % 6) for i, d in enumerate(reversed(n[:-1])))
    return "0123456789K"[-total % 11] == n[-1]


def cuit(n: str) -> bool:
    types = ("20", "23", "24", "25", "26", "27", "30", "33", "34", "50", "51", "55")
    return n[:2] in types and "01234567899"[-weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11] == n[10]


def is_licence(n: str) -> bool:
    return sum(c.isdigit() for c in n) >= 3


_LICENCE = r"driver'?s?'?[ _-]?licen[cs]e|driving[ _-]?licen[cs]e|licen[cs]e[ _-]?no|dl[ _-]?(?:number|no\.?|num|#)|fahrerlaubnis|f\x{00fc}hrerschein|permiso de conducir|licencia de conducir|permis de conduire|patente(?: di guida)?|carta de condu\x{00e7}\x{00e3}o|carteira de motorista|cnh|prawo jazdy|rijbewijs|k\x{00f6}rkort|f\x{00f8}rerkort|ehliyet"
KINDS: tuple[Kind, ...] = (
    formed("ssn", r"\d{3}-\d{2}-\d{4}", ssn, strong=True),
    Kind(name="ssn", pattern=r"(?:^|[^0-9 \t+] ?)\b\d{3} \d{2} \d{4}(?: \d+)?\b", check=_spaced_ssn),
    named(
        "ssn",
        r"ssns?|social[ _-]security(?:[ _-](?:number|no\.?|num|#))?|social",
        r"\d{9}|\d{3}[. -]\d{2}[. -]\d{4}",
        _is_no_filler,
    ),
    formed("us_itin", r"9\d{2}[ -]\d{2}[ -]\d{4}", itin),
    named("us_itin", r"itins?|tax(?:payer)?[ _-]id(?:entification)?(?:[ _-]number)?", r"9\d{8}", itin),
    named(
        "us_ein",
        r"eins?|employer[ _-]id(?:entification)?(?:[ _-](?:number|no\.?))?|fein|federal tax id",
        r"\d{2}-?\d{7}",
    ),
    named(
        "us_routing",
        r"(?:aba|routing|rtn|transit)(?:[ _-](?:routing|transit))?(?:[ _-](?:number|no\.?|num|#))?",
        r"\d{9}|\d{4}-\d{4}-\d",
        aba,
    ),
    formed(
        "us_mbi",
        r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-[AC-HJKMNP-RT-Y]{2}\d{2}",
    ),
    named(
        "us_mbi",
        r"medicare|mbi",
        r"\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}",
        gap=LOOSE_GAP,
    ),
    named("us_npi", r"npi", r"\d{4}[ -]\d{3}[ -]\d{3}|\d{10}"),
    named("us_dea", r"dea", r"[A-Z][A-Z9]\d{7}", dea, gap=LOOSE_GAP),
    named(
        "driver_licence",
        _LICENCE,
        r"(?:(?:[A-Z]{1,3}[ -]?)?\d(?:[ -]?[A-Z0-9]){4,18}|[A-Z]{4,5}[A-Z0-9]{6,12})",
        is_licence,
        gap=LOOSE_GAP,
        foreign=pii_names.LICENCE,
    ),
    named(
        "bank_account",
        r"(?:bank[ _-])?(?:account|acct|konto)[ _-]?(?:number|nummer|no\.?|num|nr\.?|#)|bank[ _-]?(?:account|konto)|kontonummer|cuenta bancaria|num\x{00e9}ro de compte|conto corrente|rekeningnummer|numer konta",
        r"\d{3,6}[ -]\d{3,6}(?:[ -]\d{2,6})?|\d{7,17}",
    ),
    named("uk_sort_code", r"sort[ _-]?code", r"\d{2}[ -]?\d{2}[ -]?\d{2}"),
    named("ca_sin", r"social[ _-]insurance(?:[ _-](?:number|no\.?))?", r"\d{3}[ -]?\d{3}[ -]?\d{3}"),
    named("ca_sin", r"sin|social[ _-]insurance(?:[ _-](?:number|no\.?))?", r"\d{3}[ -]?\d{3}[ -]?\d{3}", luhn),
    formed("ca_sin", r"[1-79]\d{2}-\d{3}-\d{3}", luhn),
    formed(
        "mx_curp",
        r"[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\d",
        lambda n: is_day(n[6:8], n[8:10]),
    ),
    named("mx_rfc", r"rfc", r"[A-Z&]{3,4}\d{6}[A-Z0-9]{3}", gap=LOOSE_GAP),
    formed("br_cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}", cpf, strong=True),
    named("br_cpf", r"cpf", r"\d{11}|\d{3}\.\d{3}\.\d{3}-\d{2}"),
    named("br_rg", r"rg|registro geral", r"\d{1,2}\.\d{3}\.\d{3}-[0-9Xx]"),
    formed("br_cnpj", r"[A-Z0-9]{2}\.[A-Z0-9]{3}\.[A-Z0-9]{3}/[A-Z0-9]{4}-\d{2}", cnpj, strong=True),
    named("br_cnpj", r"cnpj", r"\d{14}"),
    formed("ar_cuit", r"\d{2}-\d{8}-\d", cuit),
    formed("cl_rut", r"\d{1,2}\.\d{3}\.\d{3}-[0-9Kk]", rut),
    named("cl_rut", r"rut|run", r"\d{7,8}-[0-9Kk]", rut),
    formed("in_aadhaar", r"(?:\d{4} )*[2-9]\d{3}[ -]\d{4}[ -]\d{4}(?: \d{4})*", lambda n: len(n) == 12 and aadhaar(n)),
    named("in_aadhaar", r"aadhaa?r|uidai|uid", r"\d{12}|\d{4} \d{4} \d{4}"),
    named("in_pan", r"pan(?: card)?|permanent account", r"[A-Z]{5}\d{4}[A-Z]", gap=LOOSE_GAP),
    formed("in_pan", r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]"),
    named("in_voter_id", r"voter(?:'?s)?[ _-]?id|epic", r"[A-Z]{3}\d{7}", gap=LOOSE_GAP),
    named("au_tfn", r"tfn|tax[ _-]file(?:[ _-](?:number|no\.?))?", r"\d{3}[ ]?\d{3}[ ]?\d{2,3}", tfn),
    named("au_abn", r"abn|australian business", r"\d{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}"),
    named("au_acn", r"acn|australian company", r"\d{3}[ ]?\d{3}[ ]?\d{3}"),
    named("au_medicare", r"medicare", r"[2-6]\d{3}[ ]?\d{5}[ ]?\d(?:[ /-]?\d)?"),
    named("nz_ird", r"ird", r"\d{2,3}[ -]?\d{3}[ -]?\d{3}"),
    formed("za_id", r"\d{6}[ ]?\d{4}[ ]?[012][ ]?\d[ ]?\d", za_id),
    formed("cn_id", r"[1-8]\d{5}(?:19|20)\d{9}[0-9Xx]", cn_id, strong=True),
    named(
        "kr_rrn",
        r"rrn|resident registration|alien registration",
        r"\d{6}-?[1-8]\d{6}",
        foreign="주민등록|주민번호|외국인등록",
    ),
    formed("kr_rrn", r"\d{6}-[1-8]\d{6}", rrn),
    named("sg_nric", r"nric|fin", r"[STFGM]\d{7}[A-Z]", gap=LOOSE_GAP),
    formed("sg_nric", r"[STFGM]\d{7}[A-Z]", nric),
    Kind(name="hk_id", pattern=r"\b[A-Z]{1,2}\d{6}\([0-9A]\)", check=flat_when(hkid)),
    named("hk_id", r"hkid|hong kong id(?:entity)?(?: card)?", r"[A-Z]{1,2}\d{6}[0-9A]", hkid, gap=LOOSE_GAP),
    named(
        "tw_id", r"(?:taiwan|roc|national)[ _-]?id(?:[ _-](?:number|no\.?))?", r"[A-Z][1289]\d{8}", tw_id, gap=LOOSE_GAP
    ),
    formed("th_id", r"[1-8]-\d{4}-\d{5}-\d{2}-\d", thai),
    named(
        "th_id",
        r"thai[ _-](?:national[ _-])?id(?:[ _-](?:number|card))?",
        r"[1-8]\d{12}",
        foreign="บัตรประชาชน|เลขประจำตัว",
    ),
    formed("my_kad", r"\d{6}-\d{2}-\d{4}", lambda n: is_day(n[2:4], n[4:6])),
    named("tr_id", r"t\.?c\.?(?:[ _]kimlik(?:[ _]no)?)?|kimlik", r"[1-9]\d{10}", tc_kimlik),
    named(
        "jp_my_number",
        r"my[ _-]?number",
        r"\d{4}[ -]?\d{4}[ -]?\d{4}",
        my_number,
        foreign=r"\x{30de}\x{30a4}\x{30ca}\x{30f3}\x{30d0}\x{30fc}|\x{500b}\x{4eba}\x{756a}\x{53f7}",
    ),
    named("il_id", r"teudat zehut|israeli? id(?: number)?", r"\d{9}", luhn),
    named(
        "it_id_card",
        r"cie",
        r"[A-Z]{2}\d{7}|\d{7}[A-Z]{2}|[A-Z]{2}\d{5}[A-Z]{2}",
        gap=LOOSE_GAP,
        foreign=r"carta d'identit\x{00e0}|carta di identit\x{00e0}",
    ),
    named("ng_nin", r"nin", r"\d{11}"),
    named("ph_umid", r"umid|crn", r"\d{4}-?\d{7}-?\d"),
    named(
        "tax_id",
        r"tin|tax[ _-]?(?:payer)?[ _-]?(?:id(?:entification)?|ref(?:erence)?|number|no)|vat[ _-]?(?:id|reg(?:istration)?|number|no)|partita[ _]iva|p\.?[ _]?iva|ust-?id(?:nr)?|steuernummer|nit|ruc|siren|siret",
        r"(?:[A-Z]{2} ?)?\d{8,14}|\d{2,3}[-/ ]\d{3,4}[-/ ]\d{3,5}(?:[-/ ]\d{3,5})?|\d{2}-\d{7}",
    ),
    named(
        "national_id",
        r"national[ _-]?id(?:entity|entification)?(?:[ _-]card)?|identity[ _-]card|citizen[ _-]id|c\x{00e9}dula(?: de identidad)?|cedula|documento de identidad",
        r"\d{17}[0-9Xx]|[A-Z]{0,3}\d{6,14}[A-Z]{0,2}|\d{1,3}(?:[.-]\d{3}){2}[.-]?[\dA-Z]{0,2}",
        lambda n: sum(c.isdigit() for c in n) >= 6,
        gap=LOOSE_GAP,
        foreign=r"carte d'identit\x{00e9}|身份证|身分證|удостоверение личности|بطاقة الهوية|رقم الهوية",
    ),
    named("imei", r"imei(?:[ _-]?(?:number|no\.?|[12]))?", r"\d{15,16}|\d{2}[ -]\d{6}[ -]\d{6}[ -]\d{1,2}"),
    named("id_nik", r"nik|ktp", r"\d{16}", lambda n: is_day(n[8:10], int(n[6:8]) % 40)),
)
