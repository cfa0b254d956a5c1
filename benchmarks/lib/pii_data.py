"""Texts with personal data in published formats, and texts that only look so. Independent of the guards' own tables.

Check digits of persons' numbers are those of `python-stdnum` (LGPL, `pip install python-stdnum`), example numbers of
telephones those of `phonenumbers`. Everything else is made here from the standards.
"""

# ruff: noqa: E501 - tables of forms
from __future__ import annotations

import base64
import hashlib
import importlib
import ipaddress
import json
import random
import re
import string
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple

import phonenumbers

from benchmarks.lib import pii_keys

Rng = random.Random


class Row(NamedTuple):
    """`kind` "clean" has no span."""

    kind: str
    text: str
    start: int = 0
    end: int = 0


CONTEXTS = (
    "{}", "{}.", "Please use {} for this.", "It is {}, I think.", "({})", '"{}"', '{{"value": "{}"}}', "value={}", "value: {}\n",
    "- {}\n- nothing else", "| id | data |\n|---|---|\n| 7 | {} |", "The answer you asked for is {} and nothing more.",
    "2026-03-04T10:11:12Z INFO stored {} for later", "a;{};b", "<td>{}</td>", "Found: {}!", "`{}`", "They wrote {}?", "[{}]",
)  # fmt: skip


def digits(rng: Rng, size: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(size))


def luhn_of(body: str) -> str:
    total = 0
    for i, d in enumerate(reversed(body)):
        n = int(d) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return body + str(-total % 10)


_CARDS = (
    ("4", 16), ("4", 13), ("4", 19), ("51", 16), ("53", 16), ("55", 16), ("2221", 16), ("2450", 16), ("2720", 16), ("34", 15),
    ("37", 15), ("300", 14), ("305", 14), ("36", 14), ("38", 14), ("6011", 16), ("644", 16), ("65", 16), ("622126", 16),
    ("3528", 16), ("3589", 16), ("62", 16), ("62", 19), ("5018", 16), ("6759", 16), ("6304", 12), ("6762", 18), ("2200", 16),
    ("2204", 16), ("9792", 16), ("60", 16), ("8600", 16), ("5066", 16), ("636", 16), ("6500", 19),
)  # fmt: skip
_GROUPS = {
    12: (4, 4, 4),
    13: (4, 4, 5),
    14: (4, 6, 4),
    15: (4, 6, 5),
    16: (4, 4, 4, 4),
    18: (4, 4, 4, 6),
    19: (4, 4, 4, 4, 3),
}


def card(rng: Rng) -> str:
    prefix, size = rng.choice(_CARDS)
    number = luhn_of(prefix + digits(rng, size - len(prefix) - 1))
    return grouped(number, _GROUPS[size], rng.choice(("", "", " ", "-")))


def grouped(number: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, done = [], 0
    for size in sizes:
        parts.append(number[done : done + size])
        done += size
    return separator.join(part for part in parts if part)


# Country and the form of its account numbers, as the SWIFT registry writes them: n digits, a capitals, c both.
_IBANS = [
    "AD8n12c",
    "AE19n",
    "AL8n16c",
    "AT16n",
    "AZ4a20c",
    "BA16n",
    "BE12n",
    "BG4a6n8c",
    "BH4a14c",
    "BR23n1a1c",
    "BY4c4n16c",
    "CH5n12c",
    "CR18n",
    "CY8n16c",
    "CZ20n",
    "DE18n",
    "DJ23n",
    "DK14n",
    "DO4c20n",
    "EE16n",
    "EG25n",
    "ES20n",
    "FI14n",
    "FK2a12n",
    "FO14n",
    "FR10n11c2n",
    "GB4a14n",
    "GE2a16n",
    "GI4a15c",
    "GL14n",
    "GR7n16c",
    "GT4c20c",
    "HN4a20n",
    "HR17n",
    "HU24n",
    "IE4a14n",
    "IL19n",
    "IQ4a15n",
    "IS22n",
    "IT1a10n12c",
    "JO4a4n18c",
    "KW4a22c",
    "KZ3n13c",
    "LB4n20c",
    "LC4a24c",
    "LI5n12c",
    "LT16n",
    "LU3n13c",
    "LV4a13c",
    "LY21n",
    "MC10n11c2n",
    "MD2c18c",
    "ME18n",
    "MK3n10c2n",
    "MN16n",
    "MR23n",
    "MT4a5n18c",
    "MU4a19n3a",
    "NI4a20n",
    "NL4a10n",
    "NO11n",
    "OM3n16c",
    "PK4a16c",
    "PL24n",
    "PS4a21c",
    "PT21n",
    "QA4a21c",
    "RO4a16c",
    "RS18n",
    "RU14n15c",
    "SA2n18c",
    "SC4a20n3a",
    "SD14n",
    "SE20n",
    "SI15n",
    "SK20n",
    "SM1a10n12c",
    "SO19n",
    "ST21n",
    "SV4a20n",
    "TL19n",
    "TN20n",
    "TR6n16c",
    "UA6n19c",
    "VA18n",
    "VG4a16n",
    "XK16n",
    "YE4a4n18c",
]
_SETS = {"n": string.digits, "a": string.ascii_uppercase, "c": string.ascii_uppercase + string.digits}


def iban(rng: Rng) -> str:
    form = rng.choice(_IBANS)
    body = "".join(rng.choice(_SETS[c]) for n, c in re.findall(r"(\d+)([nac])", form[2:]) for _ in range(int(n)))
    number = "".join(str(int(c, 36)) for c in body + form[:2] + "00")
    value = f"{form[:2]}{98 - int(number) % 97:02d}{body}"
    value = rng.choice((value, value, " ".join(value[i : i + 4] for i in range(0, len(value), 4))))
    return rng.choice((value, value, value, value.lower()))


_REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
_FORMATS = phonenumbers.PhoneNumberFormat


def a_number(rng: Rng) -> phonenumbers.PhoneNumber:
    """An example number of some region with other last digits, if such a number is valid."""
    region = rng.choice(_REGIONS)
    kind = rng.choice((phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE))
    example = phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region)
    text = str(example.national_number)
    other = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=int(text[:-3] + digits(rng, 3)))
    return other if phonenumbers.is_valid_number(other) else example


def phone(rng: Rng) -> str:
    text = phonenumbers.format_number(
        a_number(rng), rng.choice((_FORMATS.INTERNATIONAL, _FORMATS.INTERNATIONAL, _FORMATS.E164))
    )
    changed = rng.choice((text, text, text, text.replace(" ", "-"), text.replace(" ", "."), "00" + text[1:]))
    extension = rng.choice(("", "", "", "", " ext. 12", " x4455"))
    return changed + extension


_PHONE_NAMES = ("phone: {}", "Tel. {}", "tel: {}", "mobile {}", "Call me on {} tomorrow.", "my cell is {}", "fax: {}", '"phone": "{}"',
    "You can reach us at {} any time.", "phone number: {}", "WhatsApp: {}", "Telefon: {}", "please call {} now", "phone={}", "Handy {}")  # fmt: skip


def national_phone(rng: Rng) -> str:
    text = phonenumbers.format_number(a_number(rng), _FORMATS.NATIONAL)
    return text if sum(c.isdigit() for c in text) >= 7 else national_phone(rng)


def us_phone(rng: Rng) -> str:
    a, b, c = f"{rng.randint(201, 989)}", f"{rng.randint(200, 999)}", digits(rng, 4)
    return rng.choice(
        (
            f"({a}) {b}-{c}",
            f"{a}-{b}-{c}",
            f"{a}.{b}.{c}",
            f"+1 {a} {b} {c}",
            f"1-{a}-{b}-{c}",
            f"({a}) {b}-{c} x{digits(rng, 3)}",
        )
    )


_FIRST = (
    "anna",
    "j.meyer",
    "liu_wei",
    "o'brien",
    "kim-lee",
    "m",
    "sven.larsson99",
    "r2d2",
    "info",
    "j\u00fcrgen",
    "Mary.Ann",
    "x_y-z",
)


def email(rng: Rng) -> str:
    local = rng.choice(_FIRST) + rng.choice(("", "", "", "+news", "+a.b", str(rng.randint(1, 99))))
    local = rng.choice((local, local, local, local, f'"{rng.choice(_FIRST)} x"'))
    host = rng.choice(("shop", "mail.corp", "a-b", "b\u00fccher", "xn--bcher-kva", "dept.uni-x", "123"))
    top = rng.choice(("test", "example", "co.uk", "de", "museum", "io", "xn--p1ai", "\u0440\u0444"))
    return f"{local}@{host}.{top}"


def ssn(rng: Rng) -> str:
    area = rng.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03d}-{rng.randint(1, 99):02d}-{rng.randint(1, 9999):04d}"


def ip4(rng: Rng) -> str:
    return f"{rng.choice([n for n in range(1, 224) if n != 127])}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def ip6(rng: Rng) -> str:
    head = rng.choice((0x2001, 0x2A00, 0x2600, 0xFD00, 0xFE80))
    value = ipaddress.IPv6Address(
        head << 112
        | rng.choice((rng.getrandbits(112), rng.getrandbits(32), rng.getrandbits(60), rng.getrandbits(16) + 256))
    )
    return rng.choice((str(value), str(value), value.exploded, str(value).upper()))


def mac(rng: Rng) -> str:
    raw = (
        f"{rng.choice((0, 2, 0x3C, 0xA4, 0xF0)):02x}" + "".join(rng.choice("0123456789abcdef") for _ in range(9)) + "e"
    )
    value = grouped(raw, (2,) * 6, rng.choice((":", ":", "-")))
    value = rng.choice((value, value, grouped(raw, (4,) * 3, ".")))
    return rng.choice((value, value.upper()))


_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(payload: bytes) -> str:
    raw = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _B58[rest] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def bech32(rng: Rng, head: str, version: int, size: int) -> str:
    chars = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    raw = int.from_bytes(rng.randbytes(size), "big") << (-size * 8 % 5)
    count = -(-size * 8 // 5)
    data = [version] + [raw >> 5 * (count - 1 - i) & 31 for i in range(count)]
    values = [ord(c) >> 5 for c in head] + [0] + [ord(c) & 31 for c in head] + data
    const = 1 if version == 0 else 0x2BC830A3
    poly = 1
    for v in [*values, 0, 0, 0, 0, 0, 0]:
        top = poly >> 25
        poly = (poly & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            poly ^= g if top >> i & 1 else 0
    data += [(poly ^ const) >> 5 * (5 - i) & 31 for i in range(6)]
    return f"{head}1" + "".join(chars[d] for d in data)


def wallet(rng: Rng) -> str:
    return rng.choice(
        (
            lambda: base58(b"\0" + rng.randbytes(20)),
            lambda: base58(b"\5" + rng.randbytes(20)),
            lambda: base58(b"\x30" + rng.randbytes(20)),
            lambda: bech32(rng, "bc", 0, 20),
            lambda: bech32(rng, "bc", 1, 32),
            lambda: bech32(rng, "ltc", 0, 20),
            lambda: "0x" + rng.randbytes(20).hex(),
        )
    )()


def jwt(rng: Rng) -> str:
    def part(data: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")

    head = {"alg": rng.choice(("HS256", "RS256", "ES256")), "typ": "JWT"}
    signature = base64.urlsafe_b64encode(rng.randbytes(rng.choice((32, 64, 256)))).decode().rstrip("=")
    return f"{part(head)}.{part({'sub': digits(rng, 8), 'iat': rng.randint(10**9, 2 * 10**9)})}.{signature}"


def private_key(rng: Rng) -> str:
    kind = rng.choice(
        (
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
        )
    )
    body = base64.encodebytes(rng.randbytes(rng.randint(100, 900))).decode().strip()
    head = {
        "RSA PRIVATE KEY": "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B2C\n\n",
        "PGP PRIVATE KEY BLOCK": "Version: GnuPG v2\n\n",
    }.get(kind, "")
    text = f"-----BEGIN {kind}-----\n{head}{body}\n-----END {kind}-----"
    return rng.choice((text, text.replace("\n", "\\n"), text.replace("\n", "\r\n")))


def mrz(rng: Rng) -> str:
    def check(text: str) -> str:
        return str(sum((7, 3, 1)[i % 3] * (0 if c == "<" else int(c, 36)) for i, c in enumerate(text)) % 10)

    state = rng.choice(("UTO", "USA", "GBR", "D<<", "FRA", "IND"))
    name = f"P<{state}{rng.choice(('ERIKSSON', 'MEYER', 'LI'))}<<{rng.choice(('ANNA<MARIA', 'JAN', 'WEI'))}".ljust(
        44, "<"
    )
    number = "".join(rng.choice(string.ascii_uppercase + string.digits) for _ in range(9))
    birth, expiry = (
        f"{rng.randint(40, 99)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
        f"{rng.randint(26, 36)}{rng.randint(1, 12):02d}15",
    )
    line = number + check(number) + state + birth + check(birth) + rng.choice("MF<") + expiry + check(expiry) + "<" * 14
    line += "0" + check(number + check(number) + birth + check(birth) + expiry + check(expiry) + "<" * 14 + "0")
    return f"{name}\n{line}"


def birth_date(rng: Rng) -> str:
    y, m, d = rng.randint(1930, 2015), rng.randint(1, 12), rng.randint(1, 28)
    month = (
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ]
    )[m - 1]
    return rng.choice(
        (
            f"{y}-{m:02d}-{d:02d}",
            f"{d:02d}/{m:02d}/{y}",
            f"{m}/{d}/{y}",
            f"{d:02d}.{m:02d}.{y}",
            f"{d} {month} {y}",
            f"{month} {d}, {y}",
            f"{month[:3]} {d} {y}",
        )
    )


PASSPORTS = (
    "{d9}",
    "C{d8}",
    "{u1}0{d7}",
    "C01X00T47",
    "L{d2}K{d5}",
    "{d2}AB{d5}",
    "K{d7}",
    "YA{d7}",
    "AAB{d6}",
    "GA{d6}",
    "PA{d7}",
    "E{d8}",
    "NX1B{d4}5",
)


def passport(rng: Rng) -> str:
    return pii_keys.fill(rng, rng.choice(PASSPORTS))


def routing(rng: Rng) -> str:
    body = rng.choice(("0", "1", "2", "3")) + rng.choice("12") + digits(rng, 6)
    return body + str(-sum(int(d) * w for d, w in zip(body, (3, 7, 1, 3, 7, 1, 3, 7), strict=True)) % 10)


def bic(rng: Rng) -> str:
    return pii_keys.fill(
        rng,
        "".join(rng.choice(string.ascii_uppercase) for _ in range(4))
        + rng.choice(("DE", "GB", "FR", "US", "CH"))
        + rng.choice(("FF", "2L", "33"))
        + rng.choice(("", "XXX", "500")),
    )


def licence(rng: Rng) -> str:
    return pii_keys.fill(
        rng, rng.choice(("D{d7}", "{d9}", "{d8}", "F{d12}", "MORGA{d6}SM9IJ", "S{d3}-{d4}-{d4}", "WDLABCD{d3}KL"))
    )


# Names that may stand before a number, its python-stdnum module, and the form it is written in ("9" for a digit, "A" any).
PERSONS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "UK NHS": ("gb.nhs", ("NHS number: {}", "nhs no. {}"), ("999 999 9999", "9999999999")),
    "DE tax id": ("de.idnr", ("Steuer-ID: {}", "Steueridentifikationsnummer {}", "tax id: {}"), ("99999999999", "99 999 999 999")),
    "FR NIR": ("fr.nir", ("NIR {}", "{}", "secu: {}"), ("999999999999999", "9 99 99 99 999 999 99")),
    "ES DNI": ("es.dni", ("DNI {}", "{}", "dni: {}"), ("99999999A", "99999999-A")),
    "ES NIE": ("es.nie", ("NIE {}", "{}"), ("A9999999A", "A-9999999-A")),
    "IT codice fiscale": ("it.codicefiscale", ("codice fiscale {}", "{}"), ("AAAAAA99A99A999A",)),
    "NL BSN": ("nl.bsn", ("BSN {}", "burgerservicenummer: {}"), ("999999999",)),
    "PL PESEL": ("pl.pesel", ("PESEL: {}", "pesel {}"), ("99999999999",)),
    "PL NIP": ("pl.nip", ("NIP: {}",), ("9999999999", "999-999-99-99")),
    "SE personnummer": ("se.personnummer", ("personnummer {}", "{}"), ("999999-9999", "99999999-9999")),
    "FI hetu": ("fi.hetu", ("hetu {}", "{}"), ("999999-999A",)),
    "DK CPR": ("dk.cpr", ("CPR {}", "cpr-nummer: {}"), ("999999-9999", "9999999999")),
    "NO fodselsnummer": ("no.fodselsnummer", ("f\u00f8dselsnummer {}", "{}"), ("99999999999",)),
    "BE national": ("be.nn", ("rijksregisternummer {}", "{}"), ("99.99.99-999.99",)),
    "CH AHV": ("ch.ssn", ("AHV {}", "{}"), ("756.9999.9999.99",)),
    "IE PPS": ("ie.pps", ("PPS number: {}", "PPSN {}"), ("9999999A", "9999999AA")),
    "PT NIF": ("pt.nif", ("NIF: {}",), ("999999999", "999 999 999")),
    "CZ birth number": ("cz.rc", ("rodn\u00e9 \u010d\u00edslo: {}",), ("999999/9999",)),
    "RO CNP": ("ro.cnp", ("CNP: {}",), ("9999999999999",)),
    "BG EGN": ("bg.egn", ("EGN: {}",), ("9999999999",)),
    "HR OIB": ("hr.oib", ("OIB: {}",), ("99999999999",)),
    "BR CPF": ("br.cpf", ("CPF {}", "{}"), ("999.999.999-99",)),
    "BR CNPJ": ("br.cnpj", ("CNPJ {}", "{}"), ("99.999.999/9999-99",)),
    "IN Aadhaar": ("in_.aadhaar", ("Aadhaar: {}", "aadhaar number {}"), ("9999 9999 9999", "999999999999")),
    "IN PAN": ("in_.pan", ("PAN {}", "{}"), ("AAAAA9999A",)),
    "AU TFN": ("au.tfn", ("TFN: {}", "tax file number {}"), ("999 999 999", "999999999")),
    "AU ABN": ("au.abn", ("ABN {}",), ("99 999 999 999", "99999999999")),
    "CA SIN": ("ca.sin", ("SIN: {}", "social insurance number {}"), ("999-999-999", "999 999 999")),
    "ZA id": ("za.idnr", ("ID number {}", "{}"), ("9999999999999",)),
    "CN id": ("cn.ric", ("{}", "id {}"), ("99999999999999999A",)),
    "TR id": ("tr.tckimlik", ("TC kimlik no: {}",), ("99999999999",)),
    "TH id": ("th.pin", ("{}", "Thai ID {}"), ("9-9999-99999-99-9",)),
    "CL RUT": ("cl.rut", ("RUT {}", "{}"), ("99.999.999-A",)),
    "AR CUIT": ("ar.cuit", ("CUIT {}", "{}"), ("99-99999999-9",)),
    "MX CURP": ("mx.curp", ("CURP {}", "{}"), ("AAAA999999AAAAAA99",)),
    "US ITIN": ("us.itin", ("ITIN {}", "{}"), ("999-99-9999",)),
    "MY MyKad": ("my.nric", ("MyKad {}", "{}"), ("999999-99-9999",)),
    "KR RRN": ("kr.rrn", ("{}", "RRN {}"), ("999999-9999999",)),
}  # fmt: skip


def person_number(rng: Rng, module: str, form: str) -> str:
    """Random digits until the library says that it is one."""
    library = importlib.import_module(f"stdnum.{module}")
    letters = "".join(string.ascii_uppercase)
    for _ in range(2_000):
        text = "".join(rng.choice(string.digits) if c == "9" else rng.choice(letters) if c == "A" else c for c in form)
        text = _dated(rng, module, text)
        if library.is_valid(text) or ("A" not in form and library.is_valid(re.sub(r"\D", "", text))):
            return text
        fixed = _with_check(library, text)
        if fixed is not None and library.is_valid(fixed):
            return fixed
    raise AssertionError(f"no number of {module} in the form {form}")


def _with_check(library: object, text: str) -> str | None:
    """The text with a last character that is right, if any is."""
    for c in string.digits + string.ascii_uppercase:
        if library.is_valid(text[:-1] + c):  # type: ignore[attr-defined]
            return text[:-1] + c
    return None


_BORN = {"pl.pesel": "ymd", "se.personnummer": "ymd", "fi.hetu": "dmy", "dk.cpr": "dmy", "no.fodselsnummer": "dmy", "be.nn": "y.m.d", "za.idnr": "ymd",
    "bg.egn": "ymd", "kr.rrn": "ymd", "my.nric": "ymd"}  # fmt: skip


def _dated(rng: Rng, module: str, text: str) -> str:
    y, m, d = f"{rng.randint(40, 99)}", f"{rng.randint(1, 12):02d}", f"{rng.randint(1, 28):02d}"
    if module == "it.codicefiscale":
        return text[:6] + y + rng.choice("ABCDEHLMPRST") + d + rng.choice("ABCDEFGHIL") + text[12:]
    if module == "mx.curp":
        return (
            text[:4].replace(text[1], "A")
            + y
            + m
            + d
            + rng.choice("HM")
            + rng.choice(("DF", "JC", "NL"))
            + "BCD"
            + "0"
            + text[17:]
        )
    if module == "cn.ric":
        return "110105" + f"19{y}{m}{d}" + text[14:]
    if module == "ro.cnp":
        return "1" + y + m + d + "40" + text[9:]
    if module == "cz.rc":
        return y + m + d + text[6:]
    if module == "in_.pan":
        return text[:3] + rng.choice("PCHF") + text[4:]
    if module == "kr.rrn":
        return y + m + d + "-1" + "0" + text[9:]
    if module == "my.nric":
        return y + m + d + "-10-" + text[10:]
    if module == "fr.nir":
        flat = "1" + y + m + "75" + digits(rng, 6)
        flat += f"{97 - int(flat) % 97:02d}"
        return grouped(flat, (1, 2, 2, 2, 3, 3, 2), " ") if " " in text else flat
    form = _BORN.get(module)
    if form is None:
        return text
    date = form.replace("y", y).replace("m", m).replace("d", d)
    if module == "se.personnummer" and len(text) > len("999999-9999"):
        return f"19{date}{text[8:]}"
    return date + text[len(date) :]


def named(*contexts: str) -> tuple[str, ...]:
    return contexts


TYPES: dict[str, tuple[Callable[[Rng], str], tuple[str, ...]]] = {
    "card": (card, CONTEXTS),
    "IBAN": (iban, CONTEXTS),
    "phone, international": (phone, CONTEXTS),
    "phone, US": (us_phone, CONTEXTS),
    "phone, national with a word": (national_phone, _PHONE_NAMES),
    "e-mail": (email, CONTEXTS),
    "SSN": (ssn, CONTEXTS),
    "SSN, spaces": (lambda r: ssn(r).replace("-", " "), ("SSN {}", "social security number: {}", "my social is {}.")),
    "SSN, digits": (lambda r: ssn(r).replace("-", ""), ("SSN {}", '"ssn": "{}"', "social security number: {}", "ssn={}")),
    "IPv4": (ip4, CONTEXTS),
    "IPv6": (ip6, CONTEXTS),
    "MAC": (mac, CONTEXTS),
    "wallet": (wallet, CONTEXTS),
    "JWT": (jwt, CONTEXTS),
    "private key": (private_key, CONTEXTS),
    "MRZ": (mrz, ("{}", "Scan:\n{}\n", "MRZ\n{}\nend")),
    "birth date": (birth_date, named("DOB: {}", "date of birth: {}", "Date of Birth {}.", '"dob": "{}"', "born on {}", "Geburtsdatum: {}", "birthday is {}", '"date_of_birth": "{}"')),
    "passport": (passport, named("passport number {}", "Passport: {}", "passport no. {}", "Reisepass {}", '"passport_number": "{}"', "passeport n\u00b0 {}", "my passport is {}.")),
    "routing number": (routing, named("routing number {}", "ABA {}", "routing: {}", '"routing_number": "{}"')),
    "bank account": (lambda r: digits(r, r.choice((8, 10, 12))), named("account number {}", "Account no: {}", "bank account number is {}", '"account_number": "{}"')),
    "BIC": (bic, named("BIC {}", "BIC: {}", "SWIFT {}", "swift code {}", "SWIFT/BIC: {}")),
    "driver licence": (licence, named("driver's license {}", "Driver License: {}", "driving licence number {}", "DL number: {}")),
    "EIN": (lambda r: f"{r.randint(10, 99)}-{digits(r, 7)}", named("EIN {}", "EIN: {}", "employer identification number {}")),
}  # fmt: skip


def rows(rng: Rng, each: int, persons: bool = True) -> Iterator[Row]:
    """`each` rows of every type, every provider and every person's number."""
    for kind, (make, contexts) in TYPES.items():
        for _ in range(each):
            yield _row(kind, rng.choice(contexts), make(rng))
    for provider, forms in pii_keys.FORMATS.items():
        for _ in range(each):
            yield _row(f"key: {provider}", rng.choice(CONTEXTS), pii_keys.fill(rng, rng.choice(forms)))
    yield from _named_secrets(rng, each)
    for kind, (module, contexts, forms) in PERSONS.items() if persons else ():
        for _ in range(each):
            yield _row(f"person: {kind}", rng.choice(contexts), person_number(rng, module, rng.choice(forms)))


def _named_secrets(rng: Rng, each: int) -> Iterator[Row]:
    for provider, forms in pii_keys.NAMED.items():
        for _ in range(each):
            form = rng.choice(forms)
            head, slot, tail = re.split(r"((?:key|00)?\{.*\}(?:==)?)", form, maxsplit=1)
            value = pii_keys.fill(rng, slot)
            yield Row(f"named key: {provider}", head + value + tail, len(head), len(head) + len(value))
    for kind, forms in (("password", pii_keys.PASSWORDS), ("connection string", pii_keys.CONNECTIONS)):
        for _ in range(each):
            head, tail = rng.choice(forms).split("{p}")
            value = pii_keys.password(rng)
            if kind == "password":
                yield Row(kind, head + value + tail, len(head), len(head) + len(value))
            else:
                yield _row(kind, rng.choice(CONTEXTS), head + value + tail)


def _row(kind: str, context: str, value: str) -> Row:
    head, tail = context.replace("{{", "{").replace("}}", "}").split("{}")
    return Row(kind, head + value + tail, len(head), len(head) + len(value))


def _plain(rng: Rng) -> str:
    return "".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(3, 9)))


def _not_luhn(rng: Rng) -> str:
    number = luhn_of("4" + digits(rng, 14))
    return number[:-1] + str((int(number[-1]) + rng.randint(1, 9)) % 10)


CLEAN: tuple[Callable[[Rng], str], ...] = (
    lambda r: f"Order number {_not_luhn(r)} shipped on {r.randint(1, 28)} May.",
    lambda r: f"Tracking: 1Z{''.join(r.choice(string.ascii_uppercase + string.digits) for _ in range(16))}",
    lambda r: (
        f"FedEx {digits(r, 12)[:4]} {digits(r, 4)} {digits(r, 4)} arrives Monday"
        if r.random() < 0
        else f"tracking id {digits(r, 22)}"
    ),
    lambda r: f"id {uuid.UUID(int=r.getrandbits(128), version=4)} created",
    lambda r: f"commit {r.randbytes(20).hex()}\nAuthor: nobody",
    lambda r: f"sha256:{r.randbytes(32).hex()}  file.tar.gz",
    lambda r: f"md5 {r.randbytes(16).hex()}",
    lambda r: (
        f"version {r.randint(0, 9)}.{r.randint(0, 30)}.{r.randint(0, 99)} and {r.randint(1, 9)}.{r.randint(0, 9)}"
    ),
    lambda r: (
        f"numpy=={r.randint(1, 2)}.{r.randint(0, 30)}.{r.randint(0, 9)}\npandas>={r.randint(1, 3)}.{r.randint(0, 3)}"
    ),
    lambda r: f"firmware v{r.randint(1, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 99)}",
    lambda r: (
        f"2026-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}T{r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}.{digits(r, 6)}+02:00 started"
    ),
    lambda r: f"ts={r.randint(10**9, 2 * 10**9)} and {r.randint(10**12, 2 * 10**12)} ms",
    lambda r: f"at {r.uniform(-90, 90):.6f}, {r.uniform(-180, 180):.6f} on the map",
    lambda r: f"ISBN 978-{r.randint(0, 9)}-{digits(r, 4)}-{digits(r, 4)}-{r.randint(0, 9)}",
    lambda r: f"EAN {digits(r, 13)}" if r.random() < 0 else f"EAN 40{digits(r, 11)}",
    lambda r: (
        f"SKU {''.join(r.choice(string.ascii_uppercase) for _ in range(3))}-{digits(r, 5)}-{r.choice('ABC')} in stock"
    ),
    lambda r: f"part no. {digits(r, 4)}-{digits(r, 3)}-{digits(r, 2)}",
    lambda r: f"f(x) = {r.randint(2, 99)}x^2 + {digits(r, 4)}x - {digits(r, 5)} = 0",
    lambda r: (
        f"The total is ${r.randint(1, 999)},{digits(r, 3)}.{digits(r, 2)}, EUR {digits(r, 6)}, 1 {digits(r, 3)} {digits(r, 3)} units."
    ),
    lambda r: "\n".join(" ".join(digits(r, r.randint(1, 6)) for _ in range(5)) for _ in range(4)),
    lambda r: "| a | b |\n|---|---|\n" + "\n".join(f"| {r.uniform(0, 999):.3f} | {digits(r, 4)} |" for _ in range(4)),
    lambda r: (
        f"00000010  {' '.join(f'{b:02x}' for b in r.randbytes(8))}  {' '.join(f'{b:02x}' for b in r.randbytes(8))}  |........|"
    ),
    lambda r: f"![x](data:image/png;base64,{base64.b64encode(r.randbytes(r.randint(40, 300))).decode()})",
    lambda r: (
        f'127.0.0.1 - - [04/Mar/2026:10:{digits(r, 2)}:12 +0000] "GET /a/{digits(r, 4)} HTTP/1.1" 200 {digits(r, 5)}'
    ),
    lambda r: f"error 0x{r.randbytes(4).hex()} at 0x{r.randbytes(8).hex()}",
    lambda r: (
        f"Room {r.randint(1, 20)}.{r.randint(1, 9)}, pages {r.randint(1, 400)}-{r.randint(401, 900)}, section {r.randint(1, 9)}.{r.randint(1, 9)}.{r.randint(1, 9)}."
    ),
    lambda r: (
        f"Open {r.randint(8, 11)}:00-{r.randint(16, 20)}:00, {r.randint(1, 12)}/{r.randint(1, 28)}/2026 to 31.12.2026"
    ),
    lambda r: (
        f"The {_plain(r)} has a {_plain(r)} of {r.randint(2, 900)} {_plain(r)}; call the {_plain(r)} function {r.randint(2, 9)} times."
    ),
    lambda r: (
        f"password: the user's {_plain(r)} (see docs)\ntoken = parser.next_{_plain(r)}()\nsecret = get_secret('{_plain(r)}')"
    ),
    lambda r: f"key: {_plain(r)}, api_key: str = None, token: Optional[str], PASSWORD=$DB_PASSWORD",
    lambda r: f"std::{_plain(r)}::{_plain(r)} a[1::2] x = y ? 1::2 : 3",
    lambda r: f"git@github.com:org/{_plain(r)}.git and https://docs.python.org/3/library/{_plain(r)}.html#{_plain(r)}",
    lambda r: (
        f"account balance {digits(r, 4)}.{digits(r, 2)}; invoice INV-2026-{digits(r, 5)}; ticket #{digits(r, 6)}; PO {digits(r, 7)}"
    ),
    lambda r: (
        f"{_plain(r)}@{r.randint(1, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)} is a dependency of @types/{_plain(r)}"
    ),
    lambda r: (
        f"phone models: {_plain(r)} {r.randint(5, 20)}, battery {digits(r, 4)} mAh, mobile share {r.randint(10, 99)}.{r.randint(0, 9)} %"
    ),
    lambda r: f"rate {r.uniform(0, 1):.16f}, pi 3.14159265358979323846, 6.02e23, 1_000_000_{digits(r, 3)}",
    lambda r: (
        f"flight LH{digits(r, 3)} booking {''.join(r.choice(string.ascii_uppercase) for _ in range(6))}, seat 12A, gate B{r.randint(1, 40)}"
    ),
    lambda r: f"message toolu_{pii_keys.fill(r, '{a22}')} of msg_{pii_keys.fill(r, '{a22}')} done",
    lambda r: f"netmask 255.255.255.0, bind 0.0.0.0:{digits(r, 4)}, ::1, localhost",
    lambda r: (
        f"population {r.randint(1, 99)},{digits(r, 3)},{digits(r, 3)} in {r.randint(1900, 2025)}; growth {r.uniform(0, 9):.2f} %"
    ),
    lambda r: f"doi:10.{digits(r, 4)}/{_plain(r)}.{digits(r, 7)} arXiv:{digits(r, 4)}.{digits(r, 5)}",
    lambda r: (
        f"#{r.randbytes(3).hex()} color, rgba({r.randint(0, 255)}, {r.randint(0, 255)}, {r.randint(0, 255)}, 0.5), 16:9, 1920x1080"
    ),
)


def clean_rows(rng: Rng, each: int) -> Iterator[Row]:
    for make in CLEAN:
        for _ in range(each):
            yield Row("clean", make(rng))
