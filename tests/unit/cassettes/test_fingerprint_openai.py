"""Requests in OpenAI's formats: what differs from run to run, and what does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pytest_agentsafety.cassettes import fingerprint

CALL = "call_aB3dEfGhIjKlMnOpQrStUvWx"
CHAT: dict[str, Any] = {
    "model": "gpt-4o",
    "messages": [
        {"role": "user", "content": "Book it"},
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": CALL,
                    "type": "function",
                    "function": {"name": "book", "arguments": '{"at": "2026-05-01T14:00"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": CALL, "content": "booked"},
    ],
}
RESPONSES: dict[str, Any] = {
    "model": "gpt-5",
    "input": [
        {"role": "user", "content": "Book it"},
        {"type": "reasoning", "id": "rs_0a1b2c3d4e5f60718293a4b5c6d7", "summary": []},
        {"type": "message", "id": "msg_0a1b2c3d4e5f60718293a4b5c6d7", "role": "assistant", "content": []},
        {
            "type": "function_call",
            "id": "fc_0a1b2c3d4e5f60718293a4b5c6d7",
            "call_id": CALL,
            "name": "book",
            "arguments": '{"at": "2026-05-01T14:00"}',
        },
        {"type": "function_call_output", "call_id": CALL, "output": "booked"},
    ],
}
BOTH = pytest.mark.parametrize("payload", [CHAT, RESPONSES], ids=["chat", "responses"])


def replaced(value: Any, old: str, new: str) -> Any:
    """A copy with `old` replaced in every string."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, dict):
        return {key: replaced(item, old, new) for key, item in value.items()}
    return [replaced(item, old, new) for item in value] if isinstance(value, list) else copy.copy(value)


@BOTH
@pytest.mark.parametrize("new", ["call_Zz9yXwVuTsRqPoNmLkJiHgFe", "call_1", "short"])
def test_ids_of_calls_do_not_count(payload: dict[str, Any], new: str) -> None:
    assert fingerprint(payload) == fingerprint(replaced(payload, CALL, new))


@BOTH
def test_that_a_result_belongs_to_a_call_does(payload: dict[str, Any]) -> None:
    changed = copy.deepcopy(payload)
    last = changed.get("messages", changed.get("input"))[-1]
    last["tool_call_id" if "tool_call_id" in last else "call_id"] = "call_Zz9yXwVuTsRqPoNmLkJiHgFe"
    assert fingerprint(payload) != fingerprint(changed)


@pytest.mark.parametrize("prefix", ["rs", "msg", "fc"])
def test_ids_of_items_do_not_count(prefix: str) -> None:
    changed = replaced(RESPONSES, f"{prefix}_0a1b2c3d4e5f6", f"{prefix}_9f8e7d6c5b4a3")
    assert fingerprint(RESPONSES) == fingerprint(changed)


@BOTH
@pytest.mark.parametrize(
    ("old", "new"), [("T14:00", "T15:00"), ("book", "cancel"), ("booked", "full"), ("Book it", "Leave it")]
)
def test_what_is_said_and_called_does(payload: dict[str, Any], old: str, new: str) -> None:
    assert fingerprint(payload) != fingerprint(replaced(payload, old, new))


@BOTH
def test_keys_of_the_providers_cache_do_not_count(payload: dict[str, Any]) -> None:
    assert fingerprint(payload) == fingerprint({**payload, "prompt_cache_key": "a7"})
    assert fingerprint(payload) != fingerprint({**payload, "max_completion_tokens": 5})


def test_names_that_begin_like_ids_are_names() -> None:
    one, other = (
        {"messages": [{"role": "user", "content": f"Use {name}"}]} for name in ("call_restaurant", "call_ambulances")
    )
    assert fingerprint(one) != fingerprint(other)
