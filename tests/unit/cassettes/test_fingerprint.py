"""What counts in a request and what does not."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.cassettes import fingerprint
from pytest_agentsafety.cassettes.fingerprint import endpoint, request_key

BASE: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "temperature": 0.5,
    "stream": True,
    "tool_choice": {"type": "auto"},
    "thinking": {"type": "enabled", "budget_tokens": 1000},
    "system": [{"type": "text", "text": "Be brief."}],
    "tools": [
        {
            "name": "send",
            "description": "Send a mail",
            "input_schema": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]},
        }
    ],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Book 2026-05-01 14:00 with Anna"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "ok"},
                {"type": "tool_use", "id": "toolu_01AAAAAAAAAAAA", "name": "send", "input": {"to": "a", "n": 1}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_01AAAAAAAAAAAA",
                    "content": [{"type": "text", "text": "sent"}],
                    "is_error": False,
                }
            ],
        },
    ],
}


def altered(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(BASE)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return fingerprint(one) == fingerprint(other)


def said(text: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}], **more}


def test_it_is_a_sha256_and_stays() -> None:
    assert len(fingerprint(BASE)) == 64
    assert fingerprint(BASE) == fingerprint(copy.deepcopy(BASE))


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(list(value))}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


def test_key_order_does_not_count() -> None:
    assert same(BASE, reversed_keys(BASE))


def test_metadata_does_not_count() -> None:
    assert same(BASE, {**BASE, "metadata": {"user_id": "u1"}})


def test_cache_control_does_not_count_where_the_api_knows_it() -> None:
    marked = copy.deepcopy(BASE)
    mark = {"type": "ephemeral"}
    marked["system"][0]["cache_control"] = mark
    marked["tools"][0]["cache_control"] = mark
    marked["messages"][2]["content"][0]["cache_control"] = mark
    marked["messages"][2]["content"][0]["content"][0]["cache_control"] = mark
    assert same(BASE, marked)


def test_a_string_is_one_text_block() -> None:
    plain = copy.deepcopy(BASE)
    plain["system"] = "Be brief."
    plain["messages"][0]["content"] = "Book 2026-05-01 14:00 with Anna"
    plain["messages"][2]["content"][0]["content"] = "sent"
    assert same(BASE, plain)
    assert not same(said("ab"), said([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]))


def test_stream_false_is_no_stream_and_true_counts() -> None:
    assert same(said("x"), said("x", stream=False))
    assert not same(said("x"), said("x", stream=True))


@pytest.mark.parametrize("new", ["toolu_01BBBBBBBBBBBB", "call-7", "x"])
def test_call_ids_count_by_order_whatever_they_look_like(new: str) -> None:
    renamed = altered(("messages", 1, "content", 1, "id"), new)
    assert not same(BASE, renamed), "the result no longer belongs to the call"
    renamed["messages"][2]["content"][0]["tool_use_id"] = new
    assert same(BASE, renamed)


def test_ids_in_text_count_by_order() -> None:
    assert same(said("see msg_01AAAAAAAAAAAA"), said("see msg_01BBBBBBBBBBBB"))
    assert not same(said("msg_01AAAAAAAAAAAA msg_01AAAAAAAAAAAA"), said("msg_01AAAAAAAAAAAA msg_01BBBBBBBBBBBB"))
    assert not same(said("msg_short"), said("msg_other"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("now 2026-11-22T06:00", "now 2026-11-22T06:01"),
        ("now 2026-11-22T06:00:01.123456Z", "now 2027-01-02T03:04:05+02:00"),
        ("now 2026-11-22 06:00:01", "now 2026-11-23 07:00:02"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id 00000000-e89b-12d3-a456-426614174001"),
        ("in /tmp/tmpabcd1234/x.txt", "in /tmp/tmpzz9_wxyz/x.txt"),
        ("in /tmp/tmpabcd1234.txt", "in /var/tmp/tmpzz9_wxyz.txt"),
        ("in /tmp/agent-abcd1234.", "in /tmp/agent-wxyz9876."),
        ("in /tmp/tmp.AbCdEf0123", "in /tmp/tmp.ZyXwVu9876"),
        ("in /tmp/pytest-of-root/pytest-1/test0/f", "in /tmp/pytest-of-ci/pytest-22/test0/f"),
        ("in /tmp/tmpabcd1234/x", "in /private/var/folders/ab/c0d1/T/tmpabcd1239/x"),
    ],
)
def test_what_differs_from_run_to_run_does_not_count(one: str, other: str) -> None:
    assert same(said(one), said(other))
    assert not same(said(one), said(other + "!"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("on 2026-11-22", "on 2026-11-23"),
        ("at 14:00", "at 15:00"),
        ("2026-11-22 14:00", "2026-11-22 15:00"),
        ("in /tmp/out.txt", "in /tmp/in.txt"),
        ("in /tmp/document.txt", "in /tmp/password.txt"),
        ("in data/tmp/tmpabcd1234", "in data/tmp/tmpabcd1235"),
        ("/tmp/tmpabcd1234/a", "/tmp/tmpabcd1234/b"),
        ("order 1234567", "order 1234568"),
        ("123e4567-e89b", "123e4568-e89b"),
        ("/tmp/tmpabcd1234 /tmp/tmpabcd1234", "/tmp/tmpabcd1234 /tmp/tmpabcd1235"),
    ],
)
def test_content_counts(one: str, other: str) -> None:
    assert not same(said(one), said(other))


def test_a_temp_folder_of_this_system_does_not_count() -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory(prefix="agent-") as other:
        assert same(said(f"{one}/a"), said(f"{other}/a"))


def test_times_in_calls_and_tools_count() -> None:
    at = "2026-11-22T06:00:00"
    later = "2026-11-22T07:00:00"
    for path in (("messages", 1, "content", 1, "input", "to"), ("tools", 0, "description")):
        assert not same(altered(path, at), altered(path, later))


def test_names_that_mean_something_else_inside_an_input_count() -> None:
    path = ("messages", 1, "content", 1, "input")
    for one, other in [
        ({"tool_use_id": "a"}, {"tool_use_id": "b"}),
        ({"type": "function", "id": "a"}, {"type": "function", "id": "b"}),
        ({"cache_control": 1}, {}),
        ({"content": "x", "role": "r"}, {"content": [{"type": "text", "text": "x"}], "role": "r"}),
    ]:
        assert not same(altered(path, one), altered(path, other))


def test_secrets_are_told_apart_but_not_kept() -> None:
    one, other = "sk-ant-api03-abcdefgh1234567", "sk-ant-api03-abcdefgh1234568"
    assert not same(said(one), said(other))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


LEAVES = list(leaves(BASE))


@pytest.mark.parametrize(
    ("path", "value"), LEAVES, ids=lambda part: ".".join(map(str, part)) if isinstance(part, tuple) else ""
)
def test_every_altered_leaf_is_noticed(path: tuple[Any, ...], value: Any) -> None:
    new = not value if isinstance(value, bool) else value + 1 if isinstance(value, int | float) else f"{value}x"
    assert not same(BASE, altered(path, new))
    assert not same(BASE, altered(path, None))


@pytest.mark.parametrize("name", sorted(BASE))
def test_every_missing_field_is_noticed(name: str) -> None:
    assert not same(BASE, {key: value for key, value in BASE.items() if key != name})


def test_an_added_field_and_message_order_are_noticed() -> None:
    assert not same(BASE, {**BASE, "top_k": 1})
    assert not same(BASE, {**BASE, "messages": BASE["messages"][::-1]})
    assert not same(BASE, {**BASE, "messages": BASE["messages"][:-1]})


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.sampled_from([path for path, value in LEAVES if isinstance(value, str)]), st.text(min_size=1, max_size=20))
def test_text_added_anywhere_is_noticed(path: tuple[Any, ...], extra: str) -> None:
    value = dict(LEAVES)[path]
    assert not same(BASE, altered(path, value + extra))
    assert not same(BASE, altered(path, extra + value))


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "/tmp/" * 40_000, "/tmp/" + "a-" * 100_000, "sk-" * 60_000, "2026-" * 40_000]
)
def test_hostile_length_costs_linear_time(text: str) -> None:
    # Quadratic time would be minutes here.
    assert not same(said(text), said(text + "b"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/messages", "/v1/messages"),
        ("/v1/messages?beta=true", "/v1/messages"),
        ("/v1/messages/", "/v1/messages"),
        ("/gateway/anthropic/v1/messages", "/v1/messages"),
        ("/v1/messages/count_tokens", "/v1/messages/count_tokens"),
        ("/v1/chat/completions", "/v1/chat/completions"),
        ("/chat/completions", "/v1/chat/completions"),
        ("/openai/deployments/gpt/chat/completions?api-version=1", "/v1/chat/completions"),
        ("/openai/responses/", "/v1/responses"),
        ("/other", "/other"),
    ],
)
def test_endpoints(path: str, expected: str) -> None:
    assert endpoint(path) == expected


def test_counting_tokens_is_another_request() -> None:
    assert request_key("/v1/messages", BASE) != request_key("/v1/messages/count_tokens", BASE)
