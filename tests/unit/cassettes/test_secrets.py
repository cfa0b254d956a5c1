"""What looks like a key does not reach a cassette; prose does."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pytest_agentsafety.cassettes.bodies import scrubbed
from pytest_agentsafety.cassettes.secrets import Scrubber
from pytest_agentsafety.guards import find_secrets


def scrub(text: str, known: Iterable[str] = ()) -> tuple[str, int]:
    return scrubbed(text, Scrubber(find_secrets, known=known))


SECRETS = [
    "sk-ant-api03-Zq8vT1mN4xK7wR2pL9cB5",
    "sk-proj-abcDEF1234567890abcd",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "github_pat_11ABCDEFG0abcdefghijkl",
    "glpat-abcdefghij1234567890",
    "xoxb-123456789012-abcdefghij",
    "sk_live_abcdefghij1234567890",
    "hf_abcdefghijklmnopqrstuvwxyzABCD",
    "npm_abcdefghijklmnopqrstuvwxyz0123456789",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIabc+/=\nxyz\n",
    "-----BEGIN PRIVATE KEY-----\\nMIIabc+/=\\nxyz\\n",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_keys_are_replaced(secret: str) -> None:
    text, count = scrub(f'before "{secret}" after')
    assert secret not in text
    assert count == 1
    assert text.startswith('before "[secret removed ')
    assert text.endswith('" after')


def test_bearer_tokens_are_replaced() -> None:
    text, count = scrub("Authorization: Bearer abc123def456ghi789")
    assert (count, "abc123def456" in text) == (1, False)


@pytest.mark.parametrize(
    "prose",
    [
        "ask-me-anything-about-the-weather-2026",
        "a task-oriented-dialogue-system-with-tools",
        "the bearer authentication of this letter",
        "Bearer of good news and other things",
        "high ghosts, hf_short, npm_run, eyJ",
        "sk-learn-is-not-a-secret-word",
    ],
)
def test_prose_stays(prose: str) -> None:
    assert scrub(prose) == (prose, 0)


def test_different_secrets_stay_different_and_equal_ones_equal() -> None:
    one, other = scrub(SECRETS[0])[0], scrub(SECRETS[0][:-1] + "6")[0]
    assert one != other
    assert one == scrub(SECRETS[0])[0]


def test_keys_in_use_are_replaced_whatever_they_look_like() -> None:
    assert scrub("echo my-own-gateway-key-1 and my-own-gateway-key-1", ["my-own-gateway-key-1"])[1] == 2
    assert scrub("a test is a test", ["test"]) == ("a test is a test", 0)


def test_scrubbing_again_changes_nothing() -> None:
    text, _ = scrub(" ".join(SECRETS))
    assert scrub(text) == (text, 0)


def test_an_escape_behind_a_key_block_stays_whole() -> None:
    text, _ = scrub('"-----BEGIN PRIVATE KEY-----\\nMIIabc\\" tail"')
    assert text.endswith('\\" tail"')


@pytest.mark.parametrize(
    "unit", ["-----BEGIN PRIVATE KEY-----", "sk-", "sk-a", "eyJ", "eyJaaaaaaaaa.", "Bearer ", "Bearer a", "AKIA", "\\"]
)
def test_hostile_repetition_costs_linear_time(unit: str) -> None:
    # Quadratic time on a megabyte would be hours.
    scrub(unit * (1_000_000 // len(unit)) + " sk-")
