"""Planned turns as messages of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from pytest_agentsafety.llm.sizes import estimated_usage
from pytest_agentsafety.llm.wire import encode_json
from pytest_agentsafety.model.messages import PlannedTurn


def message_of(turn: PlannedTurn, *, model: str, seed: str, request_bytes: int) -> dict[str, Any]:
    """A Messages API message that says and calls what `turn` plans.

    Ids are derived from `seed` (same seed, same ids); usage is estimated from sizes.
    """
    content = list(_blocks(turn, seed))
    return {
        "id": _id("msg", seed),
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": "tool_use" if turn.calls else "end_turn",
        "stop_sequence": None,
        "usage": estimated_usage(request_bytes, len(encode_json({"content": content}))),
    }


def _blocks(turn: PlannedTurn, seed: str) -> Iterator[dict[str, Any]]:
    # Agents read the text of a last answer; the API sends no empty text block.
    text = turn.text or ("" if turn.calls else "Done.")
    if text:
        yield {"type": "text", "text": text}
    for index, call in enumerate(turn.calls):
        yield {
            "type": "tool_use",
            "id": _id("toolu", f"{seed}.{index}"),
            "name": call.name,
            "input": dict(call.arguments),
        }


def count_of(request_bytes: int) -> Mapping[str, int]:
    """The answer to a token count, estimated from the size of the request."""
    return {"input_tokens": estimated_usage(request_bytes, 0)["input_tokens"]}


def _id(prefix: str, seed: str) -> str:
    return f"{prefix}_{sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
