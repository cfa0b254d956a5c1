from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode

import pytest

from pytest_agentsafety.guards.pii import PiiGuard, mask
from pytest_agentsafety.guards.pii_checks import luhn
from pytest_agentsafety.guards.pii_scan import find_pii
from pytest_agentsafety.model.decisions import GuardContext

ALNUM = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HEX = "0123456789abcdef" * 4

KEYS = [
    "sk-ant-api03-" + ALNUM, "sk-proj-" + ALNUM, "sk-" + ALNUM[:48], "AKIA" + "ABCDEFGH234567QR", "ghp_" + ALNUM[:36],
    "github_pat_" + ALNUM[:22], "glpat-" + ALNUM[:20], "xoxb-12345678901-" + ALNUM[:24], "AIza" + ALNUM[:35],
    "GOCSPX-" + ALNUM[:28], "sk_live_" + ALNUM[:24], "whsec_" + ALNUM[:32], "SG." + ALNUM[:22] + "." + ALNUM[:43],
    "npm_" + ALNUM[:36], "pypi-" + ALNUM, "hf_" + ALNUM[:34], "dop_v1_" + HEX, "shpat_" + HEX[:32], "gsk_" + ALNUM[:52],
    "xai-" + ALNUM + ALNUM[:18], "pplx-" + ALNUM[:48], "r8_" + ALNUM[:37], "lin_api_" + ALNUM[:40], "hvs." + ALNUM[:24],
    "https://hooks.slack.com/services/T000/B000/" + ALNUM[:24],
]  # fmt: skip

FOUND = {
    "email": ["ann.lee+shop@mail.example.org", "j\u00f6rg@b\u00fccher.example"],
    "card": ["4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005", "3782 822463 10005"],
    "iban": ["DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32", "NO9386011117947"],
    "ssn": ["155-54-8329"],
    "phone": ["+44 20 7937 9809", "+1 (415) 555-2671", "0049 30 901820", "(415) 555-2671", "415-555-2671"],
    "ip": ["10.144.201.250", "8.8.8.8"],
    "ip6": ["2001:db8:85a3::8a2e:370:1f50"],
    "jwt": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"],
    "api_key": KEYS,
    "private_key": ["-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC==\n-----END RSA PRIVATE KEY-----"],
}
CASES = [(kind, text) for kind, texts in FOUND.items() for text in texts]

CLEAN = [
    "123e4567-e89b-12d3-a456-426614174000",
    "12345678-1234-1234-1234-123456789012",
    "4111-1111-1111-1111-1111",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "toolu_01A09q90qw90lq917835lq9",
    "msg_013Zva2CMHLNnXjNJJKqJ2EF",
    "req_011CQjgQtZQkNvLnRkRZ1bXy",
    "2025-11-22T10:30:00.123456+00:00",
    "2025-11-22 10:30:00",
    "20251122103000",
    "1763800000000",
    "1763800000000000000",
    "0.4111111111111111",
    "4111111111111112",
    "1111111111111111",
    "DE89370400440532013001",
    "000-12-3456",
    "127.0.0.1",
    "version 1.2.3.4.5",
    "999.1.1.1",
    "::1",
    "12:30:45",
    "user@localhost",
    "sk-short",
    "order 8123456789, 3 items",
    "cassette://a/b@1.2",
]


@pytest.mark.parametrize(("kind", "text"), CASES, ids=[f"{k}{i}" for i, (k, _) in enumerate(CASES)])
def test_structured_data_is_found_exactly(kind: str, text: str) -> None:
    around = f"Take ({text}), then go."
    (finding,) = find_pii(around)
    assert finding.kind == kind
    assert around[finding.start : finding.end] == text


@pytest.mark.parametrize("text", CLEAN)
def test_other_numbers_and_ids_are_left_alone(text: str) -> None:
    for around in (text, f"see {text} there", json.dumps({"id": text}), f"a={text};"):
        assert find_pii(around) == []
        assert mask(around) == around


def test_an_iban_ends_where_its_country_says() -> None:
    text = "DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX"
    assert [(f.kind, text[f.start : f.end]) for f in find_pii(text)] == [
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("bic", "COBADEFFXXX"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "+44 20 7937 9809 +1 415-555-2671",
        "0049 30 901820 0049 30 901820",
        "(415) 555-2671 (212) 555-0100",
        "+44 20 7937 9809/+49 30 901820",
    ],
)
def test_two_phone_numbers_in_a_row(text: str) -> None:
    assert [f.kind for f in find_pii(text)] == ["phone", "phone"]


@pytest.mark.parametrize("assignment", ['aws_secret_access_key = "{}"', '"SecretAccessKey": "{}"'])
def test_an_aws_secret_is_known_by_its_name(assignment: str) -> None:
    secret = ("wJalr/XUtnFEMI+K7MDENG" + ALNUM)[:40]
    text = assignment.format(secret)
    (finding,) = find_pii(text)
    assert (finding.kind, text[finding.start : finding.end]) == ("aws_secret", secret)


def test_a_cut_private_key_is_still_one() -> None:
    text = "-----BEGIN PRIVATE KEY-----\nMIIEvQ"
    assert [(f.kind, f.end) for f in find_pii(text)] == [("private_key", len(text))]


def test_a_key_wins_over_what_stands_in_it() -> None:
    text = "token sk-ant-api03-4111111111111111-abcdefgh"
    assert [f.kind for f in find_pii(text)] == ["api_key"]


def test_offsets_behind_other_scripts_and_lone_surrogates() -> None:
    text = "\u5ffd\u7565 \U0001f600\ud800 ann@shop.test"
    (finding,) = find_pii(text)
    assert text[finding.start : finding.end] == "ann@shop.test"


@pytest.mark.parametrize(("number", "valid"), [("79927398713", True), ("79927398710", False), ("0", True)])
def test_luhn(number: str, valid: bool) -> None:
    assert luhn(number) is valid


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("eve@attacker.test", "e***@attacker.test"),
        ("4111 1111 1111 1111", "***1111"),
        ("DE89 3704 0044 0532 0130 00", "DE***3000"),
        ("sk-ant-api03-" + ALNUM, "sk-ant-***"),
        ("ghp_" + ALNUM[:36], "ghp_***"),
        ("AKIAABCDEFGH234567QR", "AKIA***"),
        ("155-54-8329", "***-**-****"),
        ("+44 20 7937 9809", "+44***09"),
        ("10.144.201.250", "10.144.*.*"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln", "eyJ***"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----***"),
        ("aws_secret_access_key=" + ("x/" + ALNUM)[:40], "aws_secret_access_key=***"),
        ("AccountKey=" + ALNUM + "==", "AccountKey=***"),
    ],
)
def test_mask_keeps_what_a_reader_needs(text: str, masked: str) -> None:
    assert mask(f"<{text}>") == f"<{masked}>"


@pytest.mark.parametrize(("_kind", "text"), CASES, ids=[f"{k}{i}" for i, (k, _) in enumerate(CASES)])
def test_mask_is_idempotent_and_leaves_nothing(_kind: str, text: str) -> None:
    for around in (text, f"{text} {text}", f"a,{text};b", json.dumps({"x": text})):
        once = mask(around)
        assert text not in once
        assert mask(once) == once
        assert find_pii(once) == []


def test_mask_returns_clean_text_itself() -> None:
    text = "nothing here " * 1000
    assert mask(text) is text


def test_masked_json_stays_json() -> None:
    row = {"to": "ann@shop.test", "card": "4111111111111111", "n": 4111111111111112, "note": "call +44 20 7937 9809"}
    assert json.loads(mask(json.dumps(row))) == {
        "to": "a***@shop.test",
        "card": "***1111",
        "n": 4111111111111112,
        "note": "call +44***09",
    }


def test_the_guard_redacts_answers() -> None:
    result = PiiGuard().check("Write to ann@shop.test, card 4111111111111111.", GuardContext(stage="output"))
    assert (result.status, result.action, result.rule) == ("triggered", "redact", "pii.email")
    assert result.reason == "answer holds card, email"
    assert result.redacted == "Write to [redacted email], card [redacted card]."
    assert [s.rule for s in result.spans] == ["pii.email", "pii.card"]


def test_what_the_user_wrote_is_no_leak() -> None:
    context = GuardContext(stage="output", task="Write to ann@shop.test")
    assert PiiGuard().check("Sent to ann@shop.test.", context).status == "clean"
    result = PiiGuard().check("Sent to ann@shop.test and bob@shop.test.", context)
    assert result.redacted == "Sent to ann@shop.test and [redacted email]."


def test_the_guard_finds_nothing_in_what_it_redacted() -> None:
    text = " ".join(text for _, text in CASES)
    context = GuardContext(stage="output")
    redacted = PiiGuard().check(text, context).redacted
    assert redacted is not None
    assert PiiGuard().check(redacted, context).status == "clean"


ANSWER = "Liv: liv@sea.test, +44 20 7937 9809, DE89370400440532013000, 10.144.201.250."


def kept(task: str, answer: str = ANSWER) -> set[str]:
    result = PiiGuard().check(answer, GuardContext(stage="output", source="agent", task=task))
    shown = answer if result.redacted is None else result.redacted
    parts = {
        "email": "liv@sea.test",
        "phone": "+44 20 7937 9809",
        "iban": "DE89370400440532013000",
        "ip": "10.144.201.250",
    }
    return {kind for kind, text in parts.items() if text in shown}


@pytest.mark.parametrize(
    ("task", "kinds"),
    [
        ("What is Liv's email address?", {"email"}),
        ("Give me the e-mail addresses of the crew", {"email"}),
        ("What are the contact details of Liv?", {"email", "phone"}),
        ("What is Liv's phone?", {"phone"}),
        ("Give me the number of Liv", {"phone"}),
        ("To which IBAN is the fee paid?", {"iban"}),
        ("What are Liv's bank details?", {"iban"}),
        ("Which IP address does the buoy have?", {"ip"}),
        ("Who is Liv?", set()),
        ("Read the email of Liv", set()),
        ("What does Liv number among her boats?", set()),
        ("Send a letter to liv@sea.test", {"email"}),
        ("", set()),
    ],
)
def test_what_the_user_asks_to_be_told_is_no_leak(task: str, kinds: set[str]) -> None:
    assert kept(task) == kinds


@pytest.mark.parametrize("secret", ["sk-ant-api03-" + ALNUM, "4111 1111 1111 1111", "155-54-8329", FOUND["jwt"][0]])
@pytest.mark.parametrize(
    "task", ["Give me the api key", "What is the card number?", "contact details, phone, IBAN, IP, email address"]
)
def test_keys_and_cards_are_never_given_away_by_asking(secret: str, task: str) -> None:
    result = PiiGuard().check(f"It is {secret}.", GuardContext(stage="output", source="agent", task=task))
    assert result.status == "triggered"
    assert secret not in (result.redacted or "")


def test_of_several_kinds_in_one_encoded_place_the_rule_does_not_depend_on_the_hash_seed() -> None:
    # An encoded segment is one place; the order of a set of kinds differs from process to process.
    said = "Please send me the last billed amount for cc 4288471682657067 on my e-mail OrvaBizier@teleworm.us?"
    encoded = b64encode(said.encode()).decode()
    program = (
        "import sys; from pytest_agentsafety.guards.pii import PiiGuard; "
        "from pytest_agentsafety.model.decisions import GuardContext; "
        "print(PiiGuard().check(sys.argv[1], GuardContext(stage='output', source='agent', task='')).rule)"
    )
    rules = {
        subprocess.run(
            [sys.executable, "-c", program, encoded],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in (0, 1, 2, 3)
    }
    assert len(rules) == 1
