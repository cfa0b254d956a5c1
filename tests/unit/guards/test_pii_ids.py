"""Numbers of persons and papers: an example of each form that its issuer or a standard publishes."""

# ruff: noqa: E501 - tables of texts
from __future__ import annotations

import pytest

from pytest_agentsafety.guards import pii_checks, pii_ids_europe, pii_ids_world, pii_wallets
from pytest_agentsafety.guards.pii_numbers import find_mrz, is_birth_date
from pytest_agentsafety.guards.pii_scan import find_pii

# Found by themselves.
FORMED = {
    "uk_nino": ["AB123456C", "AB 12 34 56 C", "ZZ 47 43 80 T"],
    "uk_licence": ["MORGA657054SM9IJ"],
    "fr_nir": ["255081416802538", "2 55 08 14 168 025 38"],
    "es_dni": ["12345678Z", "X1234567L", "12345678-Z"],
    "it_fiscal_code": ["RSSMRA85T10A562S", "rssmra85t10a562s"],
    "se_personnummer": ["811228-9874", "19811228-9874"],
    "fi_hetu": ["131052-308T"],
    "no_fodselsnummer": ["01010750160"],
    "be_national": ["85.07.30-033.28"],
    "ch_ahv": ["756.9217.0769.85", "7569217076985"],
    "ssn": ["155-54-8329", "155 54 8329"],
    "us_itin": ["912-70-1234"],
    "us_mbi": ["1EG4-TE5-MK73"],
    "ca_sin": ["130-692-544"],
    "mx_curp": ["BOXW310820HNERXN09"],
    "br_cpf": ["390.533.447-05"],
    "br_cnpj": ["16.727.230/0001-97"],
    "ar_cuit": ["20-05536168-2"],
    "cl_rut": ["12.531.909-2"],
    "in_aadhaar": ["2341 2341 2346"],
    "in_pan": ["ACUPA7085R"],
    "za_id": ["7503305044089"],
    "cn_id": ["360426199101010071"],
    "kr_rrn": ["971013-1019902"],
    "sg_nric": ["S1234567D"],
    "hk_id": ["A123456(3)"],
    "th_id": ["1-2345-45678-78-1"],
    "my_kad": ["770305-02-1234"],
}
# Found behind their names.
NAMED = {
    "uk_nhs": ["NHS number: 943 476 5919", "nhs no 9434765919"],
    "uk_nino": ["NINO: QQ123456C"],
    "de_tax_id": ["Steuer-ID: 36 574 261 809", "tax id 36574261809"],
    "de_id_card": ["Personalausweis: T220001293"],
    "nl_bsn": ["BSN 111222333", "burgerservicenummer: 1112.22.333"],
    "pl_pesel": ["PESEL: 44051401359"],
    "pl_nip": ["NIP: 8567346215", "nip 856-734-62-15"],
    "dk_cpr": ["CPR 211062-5629"],
    "ie_pps": ["PPS number: 6433435F"],
    "pt_nif": ["NIF: 501964843"],
    "ro_cnp": ["CNP 1630615123457"],
    "bg_egn": ["EGN: 7523169263"],
    "hr_oib": ["OIB: 33392005961"],
    "ssn": ["SSN 155548329", '"ssn": "155548329"', "social security number is 155548329"],
    "us_ein": ["EIN 12-3456789"],
    "us_routing": ["routing number 111000025", "ABA: 111000025"],
    "bank_account": ["account number 000123456789", "account no: 12345678"],
    "uk_sort_code": ["sort code 20-00-00"],
    "in_aadhaar": ["Aadhaar: 234123412346"],
    "au_tfn": ["TFN: 123 456 782"],
    "au_abn": ["ABN 83 914 571 673"],
    "ca_sin": ["SIN: 130 692 544"],
    "tr_id": ["TC kimlik no: 17291716060"],
    "jp_my_number": ["my number 6214 9832 0257"],
    "driver_licence": ["driver's license D1234567", "driving licence no. 12345678", "DL number: S123-4567-8901"],
    "passport": [
        "passport number C01X00T47", "Passport: 123456789", "Reisepass L01X00T44", "passport no. 12AB34567",
        '"passport_number": "K1234567"', "my passport is 80 1234567",
    ],
    "birth_date": [
        "DOB: 1985-03-12", "date of birth 12/03/1985", "Geburtsdatum: 20.12.1944", "born on 12 March 1985",
        '"date_of_birth": "1985-03-12"', "birthday is March 3, 1985",
    ],
    "bic": ["BIC COBADEFFXXX", "SWIFT code: DEUTDEFF"],
}  # fmt: skip

CLEAN = [
    "sin 45 and cos 30", "SIN: 130 692 545", "routing number 111000026", "NIF: 501964842", "PIN 1234", "12345678A", "AB123456E",
    "811228-9875", "999999-0000", "390.533.447-06", "16.727.230/0001-98", "756.9217.0769.84", "S1234567A", "A123456(4)",
    "born in 1985", "born on a Monday", "born on 14 March 1879", "DOB: soon", "passport photos", "passport 7", "BIC pens",
    "driving licence points: 3", "the account number of a user", "000-12-3456", "666-12-3456", "row 12 345 67 8901 5", "RSSMRA85T10A562T",
    "date of birth unknown", "9503305044089", "2341 2341 2347",
]  # fmt: skip


def kinds_in(text: str) -> set[str]:
    return {finding.kind for finding in find_pii(text)}


@pytest.mark.parametrize(("kind", "number"), [(k, n) for k, numbers in FORMED.items() for n in numbers])
def test_numbers_with_a_form_are_found_anywhere_and_exactly(kind: str, number: str) -> None:
    for around in ("{}", "It is {}.", '{{"v": "{}"}}', "v={};"):
        text = around.format(number)
        assert [(f.kind, text[f.start : f.end]) for f in find_pii(text)] == [(kind, number)]


@pytest.mark.parametrize(("kind", "text"), [(k, n) for k, texts in NAMED.items() for n in texts])
def test_numbers_without_a_form_are_found_behind_their_names(kind: str, text: str) -> None:
    assert kinds_in(f"Noted. {text} and so on") == {kind}


@pytest.mark.parametrize(
    ("kind", "text"),
    [(k, t) for k, texts in NAMED.items() for t in texts if k not in ("birth_date", "passport", "pl_nip")],
)
def test_no_such_number_is_found_without_its_name(kind: str, text: str) -> None:
    number = text.split(maxsplit=len(text.split()) - 1)[-1].strip('"')
    assert kind not in kinds_in(f"take {number} of them") - set(FORMED)


@pytest.mark.parametrize("text", CLEAN)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert find_pii(text) == []


MRZ = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"


@pytest.mark.parametrize("lines", [MRZ, MRZ.splitlines()[1], TD1, TD2, MRZ.replace("\n", "\r\n")], ids=range(5))
def test_machine_readable_lines_are_found_whole(lines: str) -> None:
    text = f"Scan:\n{lines}\nend"
    assert [(f.kind, text[f.start : f.end]) for f in find_pii(text)] == [("mrz", lines)]


@pytest.mark.parametrize("wrong", [MRZ.replace("7408122", "7408123"), MRZ.replace("1204159", "1204158")])
def test_machine_readable_lines_have_check_digits(wrong: str) -> None:
    assert find_mrz(wrong) == ()


@pytest.mark.parametrize("digits", ["19850312", "12031985", "031285", "3March1985"])
def test_days_of_birth(digits: str) -> None:
    assert is_birth_date(digits)


@pytest.mark.parametrize("digits", ["18790314", "99999999", "1985", "31March1850"])
def test_no_days_of_birth(digits: str) -> None:
    assert not is_birth_date(digits)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (pii_checks.luhn, "79927398713", "79927398714"),
        (pii_checks.verhoeff, "2363", "2364"),
        (pii_checks.ean, "4006381333931", "4006381333932"),
        (pii_checks.mod97, "GB82WEST12345698765432", "GB82WEST12345698765431"),
        (pii_checks.mod11_10, "33392005961", "33392005962"),
        (pii_ids_europe.personnummer, "8112289874", "8112289873"),
        (pii_ids_europe.fodselsnummer, "01010750160", "01010750161"),
        (pii_ids_europe.rijksregister, "85073003328", "85073003327"),
        (pii_ids_europe.svnr, "1237010180", "2237010180"),
        (pii_ids_world.aba, "111000025", "111000026"),
        (pii_ids_world.dea, "AB1234563", "AB1234564"),
        (pii_ids_world.rut, "125319092", "125319093"),
        (pii_wallets.base58check, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1BoatSLRHtKNngkdXEeobR76b53LETtpyU"),
        (pii_wallets.bech32, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
    ],
)  # fmt: skip
def test_check_digits(check: object, good: str, bad: str) -> None:
    assert check(good)  # type: ignore[operator]
    assert not check(bad)  # type: ignore[operator]


@pytest.mark.parametrize(
    "address",
    [
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
    ],
)
def test_wallets(address: str) -> None:
    assert kinds_in(f"send it to {address}.") == {"wallet"}
    assert "wallet" not in kinds_in(f"send it to {address[:-2]}77.") or address.startswith("0x")
