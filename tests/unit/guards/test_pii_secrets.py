"""Keys, tokens, passwords and connection strings."""

# ruff: noqa: E501 - tables of texts
from __future__ import annotations

import random

import pytest

from benchmarks.lib.pii_keys import CONNECTIONS, FORMATS, NAMED, fill
from pytest_agentsafety.guards.pii_keys import PROVIDERS
from pytest_agentsafety.guards.pii_mask import mask
from pytest_agentsafety.guards.pii_scan import find_pii
from pytest_agentsafety.guards.pii_secrets import entropy, is_placeholder

FORMS = [(provider, form) for provider, forms in FORMATS.items() for form in forms]


def _key(rng: random.Random, form: str) -> str:
    """One that a quote or a full stop can follow."""
    while not (key := fill(rng, form))[-1].isalnum() and not form.endswith("=="):
        pass
    return key


def test_keys_of_many_providers_are_known() -> None:
    assert len(PROVIDERS) >= 60
    assert len(FORMATS) >= 50


@pytest.mark.parametrize(("provider", "form"), FORMS, ids=[f"{p}-{i}" for i, (p, _) in enumerate(FORMS)])
def test_a_key_is_found_and_masked_wherever_it_stands(provider: str, form: str) -> None:
    rng = random.Random(form)
    for around in ("{}", "the key is {} for now", '{{"key": "{}"}}', "KEY={}\n", "`{}`"):
        key = _key(rng, form)
        text = around.format(key)
        assert [f.kind for f in find_pii(text)] == ["api_key"], provider
        assert key not in mask(text)
        assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(("service", "form"), [(s, f) for s, forms in NAMED.items() for f in forms])
def test_a_key_without_a_form_is_found_by_the_name_before_it(service: str, form: str) -> None:
    rng = random.Random(form)
    found = sum(bool(find_pii(fill(rng, form))) for _ in range(20))
    assert found >= 19, service  # one in a hundred has no digit, and looks like a word


@pytest.mark.parametrize("form", CONNECTIONS)
def test_a_connection_with_its_password(form: str) -> None:
    url = form.replace("{p}", "Falcon7731!x")
    (finding,) = find_pii(f"use {url} there")
    assert (finding.kind, finding.start, finding.end) == ("connection", 4, 4 + len(url))
    assert "Falcon7731" not in mask(url)
    assert mask(url).endswith("://***")


@pytest.mark.parametrize(
    "text",
    [
        "password = hunter22", 'password: "Tr0ub4dor&3"', "DB_PASSWORD=correct-horse-9", "the password is S3cret!pw",
        "passwd=abc123!x", "PGPASSWORD='p4ssw0rd!'", '"password": "q1w2e3r4"', "passphrase: kx81-mm-22", "pwd=9fk2kd82",
    ],
)  # fmt: skip
def test_a_password_is_found_behind_its_name(text: str) -> None:
    (finding,) = find_pii(text)
    assert finding.kind == "password"
    value = text[finding.start : finding.end]
    assert text.rstrip("\"'").endswith(value)
    assert not set("=:\"' ") & set(value)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer 9a8b7c6d5e4f3a2b1c0d", "authorization: basic dXNlcjpwYXNzMTIz", "-H 'Authorization: Bearer abc123def456ghi789'",
        "x-api-key: 9a8b7c6d5e4f3a2b1c0d11", "bearer 0123456789abcdefgh",
    ],
)  # fmt: skip
def test_a_header_with_a_token(text: str) -> None:
    assert {f.kind for f in find_pii(text)} == {"token"}


@pytest.mark.parametrize(
    "text",
    [
        "password = getpass()", "password=self.password", "password: str", "password = None", "PASSWORD=$DB_PASSWORD", "password: ${SECRET}",
        "password = 'changeme'", "the password is required", "password: ********", "password=<password>", "token = tokens[12]",
        "api_key: str = None", "api key = your-api-key-goes-here", "secret_name = my_secret_name_of_this", "token: Optional[str]",
        "access_token = parser.next_token_of_stream", "Bearer authentication is used", "postgres://user:password@localhost/db",
        "postgres://user@localhost/db", "https://host:8080/path@1.2", "sk-loading-indicator-of-some-very-long-name-here",
        "git+https://x:y@host/r", "sk-" + "a" * 60, "a" * 200, "primary key: customer_identification",
    ],
)  # fmt: skip
def test_code_and_placeholders_hold_no_secret(text: str) -> None:
    assert find_pii(text) == []


PEM = "-----BEGIN {0}-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END {0}-----"


@pytest.mark.parametrize(
    "kind", ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"]
)
@pytest.mark.parametrize("line_break", ["\n", "\\n", "\r\n"])
def test_private_keys_in_every_container(kind: str, line_break: str) -> None:
    key = PEM.format(kind).replace("\n", line_break)
    (finding,) = find_pii(f'{{"private_key": "{key}"}}')
    assert (finding.kind, finding.end - finding.start) == ("private_key", len(key))


def test_public_keys_are_no_secret() -> None:
    assert find_pii("-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END PUBLIC KEY-----") == []


def test_pgp_and_putty_keys() -> None:
    pgp = (
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOYBF\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----"
    )
    putty = f"PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\nAAAA\nPrivate-MAC: {'0a' * 20}"
    for key in (pgp, putty):
        assert [(f.kind, f.start, f.end) for f in find_pii(key)] == [("private_key", 0, len(key))]


def test_jwe_has_five_parts() -> None:
    token = "eyJhbGciOiJSU0EtT0FFUCJ9.OKOawDo13gRp2ojaHV7LFpZcgV7T6D.48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdv"
    assert [(f.kind, f.end) for f in find_pii(token)] == [("jwt", len(token))]


@pytest.mark.parametrize(
    "value", ["password", "changeme", "****", "xxxx", "${X}", "<token>", "your-key", "%PW%", "{pw}"]
)
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


def test_entropy_counts_bits() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
