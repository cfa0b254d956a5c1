"""The event stream of a response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_agentsafety.llm import sse
from pytest_agentsafety.llm.dialects import base
from pytest_agentsafety.llm.dialects.responses_answers import items, response
from pytest_agentsafety.llm.wire import encode_event

# Item type -> the field that streams, and the start of its events' names.
_STREAMING = {
    "function_call": ("arguments", "response.function_call_arguments"),
    "custom_tool_call": ("input", "response.custom_tool_call_input"),
}


def events(message: base.Message, raw: Mapping[str, Any]) -> Iterator[bytes]:
    """The message as the events of a response, numbered."""
    for number, event in enumerate(_events(message, raw)):
        yield encode_event({**event, "sequence_number": number})


def _events(message: base.Message, raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    output = list(items(message, raw))
    whole = response(message, raw, output)
    begun = {**whole, "status": "in_progress", "incomplete_details": None, "output": [], "usage": None}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(output):
        yield from _item_events(index, item)
    yield {"type": f"response.{whole['status']}", "response": whole}


def _item_events(index: int, item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind = item.get("type")
    field, name = _STREAMING.get(str(kind), ("", ""))
    empty: dict[str, Any] = {"content": []} if kind == "message" else {field: ""} if field else {}
    if empty and "status" in item:
        empty["status"] = "in_progress"
    begun = {**item, **empty}
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    about = {"output_index": index, "item_id": item.get("id")}
    if field:
        for piece in sse.pieces(item[field]):
            yield {"type": f"{name}.delta", **about, "delta": piece}
        yield {"type": f"{name}.done", **about, field: item[field]}
    for place, part in enumerate(item["content"] if kind == "message" else ()):
        yield from _part_events({**about, "content_index": place}, part)
    yield {"type": "response.output_item.done", "output_index": index, "item": dict(item)}


def _part_events(about: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"type": "response.content_part.added", **about, "part": {**part, "text": ""}}
    for piece in sse.pieces(part["text"]):
        yield {"type": "response.output_text.delta", **about, "delta": piece, "logprobs": []}
    yield {"type": "response.output_text.done", **about, "text": part["text"], "logprobs": []}
    yield {"type": "response.content_part.done", **about, "part": dict(part)}
