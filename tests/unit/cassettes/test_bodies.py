"""Secrets go out of JSON, event streams and text, which stay what they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_agentsafety.cassettes.bodies import edited, scrubbed, spread, strings, with_secrets
from pytest_agentsafety.cassettes.secrets import Scrubber, digest_of, forms_of, in_environment, marker
from pytest_agentsafety.guards import find_secrets

KEY = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
MARK = marker(KEY)


@pytest.fixture
def scrubber() -> Scrubber:
    return Scrubber(find_secrets)


def events(*texts: str, kind: str = "text_delta", field: str = "text", index: int = 0) -> str:
    """An event each."""
    data = [{"type": "content_block_delta", "index": index, "delta": {"type": kind, field: text}} for text in texts]
    return "".join(f"event: content_block_delta\ndata: {json.dumps(one)}\n\n" for one in data)


def deltas(text: str, field: str = "text") -> list[str]:
    lines = [line for line in text.split("\n") if line.startswith("data:")]
    return [json.loads(line[5:])["delta"][field] for line in lines]


def test_what_holds_no_secret_stays_to_the_byte(scrubber: Scrubber) -> None:
    for text in ('{ "a" : "b\\u00e9\\/" , "n": 1.0}', events("a", "b"), "plain", "", "data: x\n\n", "\ud800"):
        assert scrubbed(text, scrubber) == (text, 0)


@pytest.mark.parametrize("written", [KEY, KEY.replace("g", "\\u0067", 1), KEY.replace("_", "\\u005f")])
def test_a_key_is_found_however_json_writes_it(scrubber: Scrubber, written: str) -> None:
    text, removed = scrubbed(f'{{"a": ["x {written} y"], "b": 1}}', scrubber)
    assert (json.loads(text), removed) == ({"a": [f"x {MARK} y"], "b": 1}, 1)


def test_keys_and_json_in_json_are_looked_into(scrubber: Scrubber) -> None:
    inner = json.dumps({"token_list": [KEY], "password": "hunter2!x"})
    text, removed = scrubbed(json.dumps({KEY: {"content": inner}}), scrubber)
    told = json.loads(text)
    assert removed == 3
    assert json.loads(told[MARK]["content"]) == {"token_list": [MARK], "password": marker("hunter2!x")}


@pytest.mark.parametrize("size", range(1, 12))
def test_a_key_in_pieces_over_many_events_is_found(scrubber: Scrubber, size: int) -> None:
    said = f"use {KEY} now"
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    text, removed = scrubbed(events(*pieces), scrubber)
    assert removed == 1
    assert "".join(deltas(text)) == f"use {MARK} now"
    assert len(deltas(text)) == len(pieces)


@pytest.mark.parametrize("size", [1, 3, 7, 20])
def test_arguments_in_pieces_stay_json(scrubber: Scrubber, size: int) -> None:
    said = json.dumps({"to": "a", "password": "pa\\ss-word1!", "body": f"x\n{KEY}"})
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    text, _ = scrubbed(events(*pieces, kind="input_json_delta", field="partial_json"), scrubber)
    told = json.loads("".join(deltas(text, "partial_json")))
    assert told == {"to": "a", "password": marker("pa\\ss-word1!"), "body": f"x\n{MARK}"}


def test_blocks_are_texts_of_their_own(scrubber: Scrubber) -> None:
    half = len(KEY) // 2
    one, other = events(KEY[:half], KEY[half:], index=0), events("a", "b", index=1)
    mixed = "\n\n".join(
        part for pair in zip(one.split("\n\n"), other.split("\n\n"), strict=True) for part in pair if part
    )
    text, removed = scrubbed(mixed + "\n\n", scrubber)
    assert (removed, "".join(deltas(text))) == (1, f"{MARK}ab"[: len(MARK)] + "ab") or set(deltas(text)) == {
        MARK,
        "",
        "a",
        "b",
    }


def test_openai_chunks_in_pieces_are_found(scrubber: Scrubber) -> None:
    chunks = [
        {"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"content": KEY[at : at + 5]}}]}
        for at in range(0, 40, 5)
    ]
    raw = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    text, removed = scrubbed(raw, scrubber)
    said = [json.loads(line[5:]) for line in text.split("\n") if line.startswith("data: {")]
    assert "".join(chunk["choices"][0]["delta"]["content"] for chunk in said) == MARK
    assert removed == 1
    assert text.endswith("data: [DONE]\n\n")
    assert all(chunk["id"] == "chatcmpl-1" for chunk in said)


def test_text_that_is_no_json_is_scrubbed_as_text(scrubber: Scrubber) -> None:
    assert scrubbed(f"<html>{KEY}</html>", scrubber) == (f"<html>{MARK}</html>", 1)
    assert scrubbed(f'{{"cut": "{KEY}', scrubber) == (f'{{"cut": "{MARK}', 1)


def test_an_answer_gets_back_what_the_request_showed(scrubber: Scrubber) -> None:
    secret = "pa\\ss-word1!"
    for whole in (
        json.dumps({"password": secret}),
        events(*json.dumps({"password": secret}), kind="input_json_delta", field="partial_json"),
    ):
        hidden, _ = scrubbed(whole, scrubber)
        assert marker(secret) in hidden
        told = with_secrets(hidden, {marker(secret): secret})
        joined = "".join(deltas(told, "partial_json")) if told.startswith("event") else told
        assert json.loads(joined) == {"password": secret}


@pytest.mark.parametrize(
    ("texts", "changes", "expected"),
    [
        (["abc", "def"], [(1, 5, "X")], ["aX", "f"]),
        (["abc", "def", "ghi"], [(0, 9, "X")], ["X", "", ""]),
        (["abc", "def"], [(3, 4, "X")], ["abc", "Xef"]),
        (["abc", "", "def"], [(2, 4, "X"), (5, 6, "Y")], ["abX", "", "eY"]),
    ],
)
def test_changes_are_spread_over_pieces(texts: list[str], changes: Any, expected: list[str]) -> None:
    assert spread(texts, changes) == expected


def test_known_secrets_go_in_every_form() -> None:
    secret = "Blue/Tractor+19=zulu"
    scrubber = Scrubber(find_secrets, known=[secret])
    for form in forms_of(secret):
        text, removed = scrubbed(json.dumps({"a": f"<{form}>"}), scrubber)
        assert removed == 1, form
        assert form not in text


def test_hashed_secrets_go_where_nobody_knows_them() -> None:
    secret = "gw-internal-77120945"
    scrubber = Scrubber(find_secrets, hashed={len(secret): frozenset({digest_of(secret)})})
    assert scrubber.change(f"a {secret} b") == f"a {marker(secret)} b"


def test_parsed_json_that_does_not_change_is_the_same_object(scrubber: Scrubber) -> None:
    payload = {"a": [{"b": "c"}], "n": 1}
    assert strings(payload, scrubber.change) is payload
    assert strings({"a": [{"b": KEY}]}, scrubber.change) == {"a": [{"b": MARK}]}


def test_the_environment_gives_what_looks_like_keys() -> None:
    environ = {
        "GATEWAY_KEY": "gw-internal-77120945",
        "DB_PASSWORD": "blue-Tractor-19",
        "CUSTOM": f"x {KEY}",
        "INDEX_URL": "https://robot:Pine4pple-99x@registry.internal/simple",
        "SSH_AUTH_SOCK": "/run/user/1000/keyring/ssh17",
        "API_KEY": "test",
        "TOKEN_COUNT": "1234567890123456",
        "KEYBOARD": "us",
        "HOME": "/home/robin0123456789abcdef",
    }
    found = in_environment(environ, find_secrets)
    assert {"gw-internal-77120945", "blue-Tractor-19", KEY, "Pine4pple-99x"} <= found
    assert not found & {environ[name] for name in ("SSH_AUTH_SOCK", "API_KEY", "TOKEN_COUNT", "KEYBOARD", "HOME")}


@pytest.mark.parametrize("unit", ['{"a":"b"}\n', 'data: {"a":"b"}\n\n', '"\\\\', "data: [\n", '{"a":'])
def test_hostile_bodies_cost_linear_time(scrubber: Scrubber, unit: str) -> None:
    edited(unit * (400_000 // len(unit)), scrubber.changes)
