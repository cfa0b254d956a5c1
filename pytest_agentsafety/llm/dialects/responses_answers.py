"""Answers of Responses: written from messages, and read as messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_agentsafety.llm import sse
from pytest_agentsafety.llm.dialects import base, numbers
from pytest_agentsafety.llm.dialects.base import Block, refuse, shown
from pytest_agentsafety.llm.wire import Decoded, encode_json, parse_json, usage_of
from pytest_agentsafety.model.canonical import canonical_json

_OPAQUE = "redacted_thinking"
_CALLS = ("function_call", "custom_tool_call")
_FIELDS = frozenset(
    {
        "arguments",
        "call_id",
        "content",
        "id",
        "input",
        "name",
        "output",
        "parsed_arguments",
        "phase",
        "role",
        "status",
        "type",
    }
)
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})
_INCOMPLETE = {"max_tokens": "max_output_tokens", "refusal": "content_filter"}
_STOPS = {"max_output_tokens": "max_tokens", "content_filter": "refusal"}
# Fields of a request that the answer says again, and what it says where the request left them out.
_ECHOED = {
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "reasoning": {"effort": None, "summary": None},
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
}


def check_item(item: Mapping[str, Any], place: str) -> None:
    """Raises UnsupportedModelCall for a field that may say more than is told of the item here."""
    if item.get("caller") != {"type": "direct"}:
        base.check_keys(item, _FIELDS, place)
    else:
        base.check_keys(item, _FIELDS | {"caller"}, place)


def block_of(item: Mapping[str, Any], place: str) -> Block:
    """A call or a thought as the model made it. Raises UnsupportedModelCall for any other item."""
    kind, call_id, name = item.get("type"), str(item.get("call_id")), str(item.get("name"))
    if kind in _CALLS:
        check_item(item, place)
    if kind == "function_call":
        given = base.arguments_in(item.get("arguments"))
        return {"type": "tool_use", "id": call_id, "name": name, "input": given}
    if kind == "custom_tool_call":
        return {"type": "tool_use", "id": call_id, "name": name, "input": base.custom_input(item.get("input"))}
    if kind == "reasoning":
        return {"type": _OPAQUE, "data": canonical_json(item)}
    return refuse(f"{place} is an item of type {shown(kind)}, which is not understood here")


def body(message: base.Message, raw: Mapping[str, Any]) -> bytes:
    """The message as a response."""
    return encode_json(response(message, raw, list(items(message, raw))))


def response(message: base.Message, raw: Mapping[str, Any], output: list[Any]) -> dict[str, Any]:
    """The response object with this output, ended as the message did."""
    cut = _INCOMPLETE.get(str(message.get("stop_reason")))
    echoed = {name: default if raw.get(name) is None else raw[name] for name, default in _ECHOED.items()}
    return {
        "id": numbers.renamed(message.get("id"), "msg_", "resp_"),
        "object": "response",
        "created_at": numbers.CREATED,
        "status": "incomplete" if cut else "completed",
        "error": None,
        "incomplete_details": {"reason": cut} if cut else None,
        "model": message.get("model"),
        "output": output,
        "previous_response_id": None,
        "tools": [_tool(tool) for tool in raw.get("tools") or ()],
        "usage": numbers.responses_usage(message),
        "user": None,
        **echoed,
    }


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {"parameters": None, "strict": True} if tool.get("type") == "function" else {}
    return {**defaults, **tool}


def items(message: base.Message, raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The output items of a message, in its order."""
    custom = {tool.get("name") for tool in raw.get("tools") or () if tool.get("type") == "custom"}
    seed = str(message.get("id")).rpartition("_")[2]
    for index, block in enumerate(message.get("content", ())):
        kind, own = block.get("type"), f"{seed}{index}"
        if kind == "text":
            part = {"type": "output_text", "text": block["text"], "annotations": [], "logprobs": []}
            said = {"id": f"msg_{own}", "type": "message", "status": "completed", "role": "assistant"}
            yield {**said, "content": [part]}
        elif kind == "tool_use" and block["name"] in custom:
            free = {"call_id": _call_id(block), "name": block["name"], "input": numbers.free_text(block["input"])}
            yield {"id": f"ctc_{own}", "type": "custom_tool_call", **free}
        elif kind == "tool_use":
            made = {"call_id": _call_id(block), "name": block["name"]}
            made["arguments"] = numbers.arguments_text(block["input"])
            yield {"id": f"fc_{own}", "type": "function_call", "status": "completed", **made}
        elif kind == _OPAQUE:
            yield parse_json(str(block.get("data")).encode("utf-8", "surrogatepass"))


def _call_id(block: Mapping[str, Any]) -> str:
    return numbers.renamed(block.get("id"), "toolu_", "call_")


def decode(content: bytes, content_type: str) -> Decoded:
    """Read a response or a stream of its events."""
    return base.decoded(content, content_type, what="response", stream=_decode_stream, whole=_decoded)


def _decode_stream(content: bytes) -> Decoded:
    """The last event holds the whole response; where its output is empty, it is that of the items' own events."""
    ended: list[dict[str, Any]] = []
    for event in sse.parse_events(content, parse_json):
        kind = event.get("type")
        if kind == "error":
            raise sse.StreamError(sse.error_text(event if event.get("error") else {"error": event}))
        if kind == "response.output_item.done" and isinstance(event.get("item"), dict):
            ended.append(event["item"])
        elif kind in _ENDS and isinstance(event.get("response"), dict):
            return _decoded({**event["response"], "output": event["response"].get("output") or ended})
    return Decoded(error="the stream was cut off before its end")


def _decoded(value: Mapping[str, Any]) -> Decoded:
    usage = numbers.usage_from(value.get("usage"), "input_tokens", "output_tokens")
    if value.get("error"):
        failed = usage_of({"usage": usage}) if usage else None
        return Decoded(usage=failed, complete=True, error=sse.error_text(value))
    if value.get("status") not in ("completed", "incomplete", None):
        return Decoded(complete=True, error=f"the response is {shown(value.get('status'))}")
    message = _message(value, usage)
    return Decoded(message=message, usage=usage_of(message), complete=True)


def _message(value: Mapping[str, Any], usage: Mapping[str, Any] | None) -> dict[str, Any]:
    content = [block for item in value["output"] for block in _blocks(item)]
    called = any(block["type"] == "tool_use" for block in content)
    reason = str((value.get("incomplete_details") or {}).get("reason"))
    return {
        "id": value.get("id"),
        "type": "message",
        "role": "assistant",
        "model": value.get("model"),
        "content": content,
        "stop_reason": _STOPS.get(reason, "tool_use" if called else "end_turn"),
        "stop_sequence": None,
        "usage": usage,
    }


def _blocks(item: Mapping[str, Any]) -> Iterator[Block]:
    if item.get("type") != "message":
        yield block_of(item, "the answer")
        return
    for part in item["content"]:
        text = part.get("refusal") if part.get("type") == "refusal" else part.get("text")
        if isinstance(text, str) and text:
            yield {"type": "text", "text": text}
