"""What only its name tells: where the name may stand, in which language, and what is no such number."""

# ruff: noqa: E501 - tables of texts
from __future__ import annotations

import pytest

from pytest_agentsafety.guards.pii_scan import find_pii, has_nothing

# Text, kind, value.
NAMED = (
    ("Could you confirm that 540085376 is the right BSN for Mrs Alvarez?", "nl_bsn", "540085376"),
    ("Herr Brandt hat uns 901321692 als BSN genannt.", "nl_bsn", "901321692"),
    ("They gave 540085376 (BSN) at the door", "nl_bsn", "540085376"),
    ('row["bsn"] = "540085376"', "nl_bsn", "540085376"),
    ("May I have your bsn?\ncustomer: sure, 885943867.", "nl_bsn", "885943867"),
    ("[10:22] ana: what was the bsn again?\n[10:23] bo: 842418659", "nl_bsn", "842418659"),
    ("こんにちは、私のBSNは752806361です。", "nl_bsn", "752806361"),
    ("SSN:311-27-1945 を確認してください。", "ssn", "311-27-1945"),
    ("fullz 155-54-8329:1980", "ssn", "155-54-8329"),
    ("CPF:392.904.224-08", "br_cpf", "392.904.224-08"),
    ("ИНН 500100732259 указан верно", "ru_inn", "500100732259"),
    ("снилс: 04664882594", "ru_snils", "04664882594"),
    ("ЕГН: 7523169263", "bg_egn", "7523169263"),
    ("マイナンバー: 123456789018", "jp_my_number", "123456789018"),
    ("паспорт 45 08 123456 выдан", "passport", "45 08 123456"),
    ("护照号码:E12345678", "passport", "E12345678"),
    ("여권번호 M12345678", "passport", "M12345678"),
    ("дата рождения 1985-07-25", "birth_date", "1985-07-25"),
    ("data urodzenia: 2001-09-11", "birth_date", "2001-09-11"),
    ("Führerscheinnummer B072RRE2I55", "driver_licence", "B072RRE2I55"),
    ("운전면허번호 11-24-123456-78", "driver_licence", "11-24-123456-78"),
    ("IMEI 353327052604659", "imei", "353327052604659"),
    ("Steuernummer 93/815/08152", "tax_id", "93/815/08152"),
    ("身份证号:990000197802019872", "national_id", "990000197802019872"),
    ("codice fiscale TFASJH39R27B930U", "it_fiscal_code", "TFASJH39R27B930U"),
    ("Versichertennummer: A123456780", "de_health", "A123456780"),
    ("my iban: PK69A5ES11UU842K57BM2Z92WZ6J", "iban", "PK69A5ES11UU842K57BM2Z92WZ6J"),
    ("credit card 5828 9022 5592 2361", "card", "5828 9022 5592 2361"),
    ("hwaddr=77:27:60:08:53:44", "mac", "77:27:60:08:53:44"),
    ("wallet: 34SQ46kndW4y5fKV1mqwTujc9D3CKAizGP", "wallet", "34SQ46kndW4y5fKV1mqwTujc9D3CKAizGP"),
    ("token: 2cea1052cef2a5c97dd274715a682afe6dc09e34b3a9f43f", "token", "2cea1052cef2a5c97dd274715a682afe6dc09e34b3a9f43f"),
    ("the access key you asked for is frlT-mjWrtER4vZRU-Wgqi8Zm455Prfe4MZh", "token", "frlT-mjWrtER4vZRU-Wgqi8Zm455Prfe4MZh"),
    ("mot de passe : k8Jd!kq2", "password", "k8Jd!kq2"),
    ("密码:k8Jd!kq2", "password", "k8Jd!kq2"),
    ("mnemonic: `cube actual reject gallery eternal fiscal trash make rabbit bright rose meat`", "wallet_key", "cube actual reject gallery eternal fiscal trash make rabbit bright rose meat"),
)  # fmt: skip
TELEPHONES = (
    ("móvil 0755297197", "0755297197"), ("cellulare: 333 956175", "333 956175"), ("O meu telefone é 2392511173", "2392511173"),
    ("Telefonnummer 0509974010", "0509974010"), ("phoneNumber: 0555611516", "0555611516"), ("user_phone=0555611516", "0555611516"),
    ("PHONENUMBER=\"0779 2272 0972\"", "0779 2272 0972"), ("numer telefonu to 601 383 440", "601 383 440"), ("тел. 8 (912) 345-67-89", "8 (912) 345-67-89"),
    ("номер телефона 025 144 11 94", "025 144 11 94"), ("手机号 13812345678", "13812345678"), ("電話番号:090-1234-5678", "090-1234-5678"), ("전화 010-1234-5678", "010-1234-5678"),
    ("هاتف: 0501234567", "0501234567"), ("her mobile (0509974010).", "0509974010"), ("my phone number (#0418 76 85 77)", "0418 76 85 77"), ("0655107968 als Telefon genannt", "0655107968"),
    ("(+213) 0768126828", "(+213) 0768126828"), ("+45 469 670 279", "+45 469 670 279"), ("+351 26 1501 1978", "+351 26 1501 1978"), ("+41 56 008 67 75", "+41 56 008 67 75"),
    ("+9949134445026", "+9949134445026"), ("01 42 68 53 00", "01 42 68 53 00"), ("+49 30 0055433", "+49 30 0055433"),
)  # fmt: skip
FORMED = (
    ("host 255.251.63.124 up", "ip", "255.251.63.124"), ("host 127.117.158.236 up", "ip", "127.117.158.236"), ("host 0.164.128.240 up", "ip", "0.164.128.240"),
    ("listen on 94.144.126.52:51782 now", "ip", "94.144.126.52"), ("ip:76.64.13.244", "ip", "76.64.13.244"), ("我的IP地址是76.64.13.244,请更新", "ip", "76.64.13.244"),
    ("hardware address:a8-07-6a-46-e6-ba", "mac", "a8-07-6a-46-e6-ba"), ("私のIPはe8c:4171:1787:6a1f:add5:e258:20e1:8732です", "ip6", "e8c:4171:1787:6a1f:add5:e258:20e1:8732"),
    ("我的电子邮件是forces2092@yandex.com,请更新。", "email", "forces2092@yandex.com"), ("アドレスはdoubt2082@proton.comです。更新", "email", "doubt2082@proton.com"), ("用户@例子.广告", "email", "用户@例子.广告"),
    ("dump 4111111111111111:12/25", "card", "4111111111111111"), ("rzp_live_7e0zRHCL8Mq3aW", "api_key", "rzp_live_7e0zRHCL8Mq3aW"),
)  # fmt: skip
NOTHING = (
    "netmask 255.255.254.0", "wildcard 0.0.3.255", "bind 0.0.0.0", "resolver 127.0.0.53", "we run 0.12.3.4", "ISBN-10: 0073889539", "scan 0073889539",
    "Section 17.12.15.17 of the manual", "§ 13.18.13.6 applies", "AssemblyVersion 9.17.8.22", "Line 9: 0924 1527 1326 0951 2147 1823", "08 07 16 42 40 03 + 6", "P/N 231-867-7762", "Art.-Nr. 0807-367750",
    "order no. 415-555-2671", "2413.8103   2884.8204", "579573.5833492571", "85:38:28:65:59:64", "91:19:6:75:82:9:60:59", "2149 2051 1736 2140 0101", "+20230115123045", "+1700000000123", "[redacted ssn] 123456789",
    "secret: prod-db-creds-1", "password = None", "token: <your-token>", "The seed phrase is a list of 12 words that you keep.", "Tests pass in 1234567 us", "your phone? Section 4 says: call us", "the ssn is 12345678",
)  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "value"), NAMED + FORMED)
def test_a_value_is_found_with_its_kind_and_its_place(text: str, kind: str, value: str) -> None:
    assert [(f.kind, text[f.start : f.end]) for f in find_pii(text)] == [(kind, value)]
    assert not has_nothing(text)


@pytest.mark.parametrize(("text", "value"), TELEPHONES)
def test_telephones_in_more_languages_and_forms(text: str, value: str) -> None:
    assert [(f.kind, text[f.start : f.end]) for f in find_pii(text)] == [("phone", value)]


@pytest.mark.parametrize("text", NOTHING)
def test_what_looks_like_it_and_is_none(text: str) -> None:
    assert find_pii(text) == []


def test_two_numbers_in_a_row_of_pairs() -> None:
    text = "01 42 68 53 00 06 12 34 56 78"
    assert [text[f.start : f.end] for f in find_pii(text)] == ["01 42 68 53 00", "06 12 34 56 78"]


def test_a_number_before_another_ones_name_is_not_that_ones() -> None:
    text = "order 123456789 (SSN: 078051120)"
    assert [(f.kind, text[f.start : f.end]) for f in find_pii(text)] == [("ssn", "078051120")]
