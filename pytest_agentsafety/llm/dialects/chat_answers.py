"""Answers of Chat Completions: written from messages, and read as messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_agentsafety.llm import sse
from pytest_agentsafety.llm.dialects import base, numbers
from pytest_agentsafety.llm.dialects.base import Block, refuse, shown
from pytest_agentsafety.llm.wire import Decoded, encode_json, parse_json, usage_of

_DONE = b"data: [DONE]\n\n"
_FINISH = {"tool_use": "tool_calls", "max_tokens": "length", "refusal": "content_filter"}
_STOPS = {"tool_calls": "tool_use", "function_call": "tool_use", "length": "max_tokens", "content_filter": "refusal"}
_FIRST = {"role": "assistant", "content": "", "refusal": None}


def call(item: Mapping[str, Any], place: str) -> Block:
    """A call as the model made it. Raises UnsupportedModelCall."""
    kind = item.get("type") or "function"
    about = item.get(kind) if kind in ("function", "custom") else None
    if not isinstance(about, dict):
        refuse(f"{place} has a tool call of type {shown(kind)}, which is not understood here")
    given = base.custom_input(about.get("input")) if kind == "custom" else base.arguments_in(about.get("arguments"))
    return {"type": "tool_use", "id": str(item.get("id")), "name": str(about.get("name")), "input": given}


def body(message: base.Message, raw: Mapping[str, Any]) -> bytes:
    """The message as a chat completion."""
    calls = list(_calls(message, raw))
    text = _text(message)
    said: dict[str, Any] = {"role": "assistant", "content": text or None, "refusal": None}
    if calls:
        said["tool_calls"] = calls
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": _finish(message)}
    head = _head(message, "chat.completion")
    return encode_json({**head, "choices": [choice], "usage": numbers.chat_usage(message)})


def events(message: base.Message, raw: Mapping[str, Any]) -> Iterator[bytes]:
    """The message as a stream of chunks, usage at the end."""
    head = _head(message, "chat.completion.chunk")
    for delta in _deltas(message, raw):
        yield _chunk(head, [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}], None)
    yield _chunk(head, [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": _finish(message)}], None)
    yield _chunk(head, [], numbers.chat_usage(message))
    yield _DONE


def _chunk(head: Mapping[str, Any], choices: list[Any], usage: Any) -> bytes:
    return b"data: %s\n\n" % encode_json({**head, "choices": choices, "usage": usage})


def _deltas(message: base.Message, raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield _FIRST
    for piece in sse.pieces(_text(message)):
        yield {"content": piece}
    for index, made in enumerate(_calls(message, raw)):
        kind = made["type"]
        (field,) = made[kind].keys() - {"name"}
        yield {"tool_calls": [{"index": index, **made, kind: {**made[kind], field: ""}}]}
        for piece in sse.pieces(made[kind][field]):
            yield {"tool_calls": [{"index": index, kind: {field: piece}}]}


def _head(message: base.Message, kind: str) -> dict[str, Any]:
    return {
        "id": numbers.renamed(message.get("id"), "msg_", "chatcmpl-"),
        "object": kind,
        "created": numbers.CREATED,
        "model": message.get("model"),
        "service_tier": "default",
        "system_fingerprint": None,
    }


def _text(message: base.Message) -> str:
    return "".join(block["text"] for block in message.get("content", ()) if block.get("type") == "text")


def _finish(message: base.Message) -> str:
    return _FINISH.get(str(message.get("stop_reason")), "stop")


def _calls(message: base.Message, raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    custom = {tool["custom"].get("name") for tool in raw.get("tools") or () if tool.get("type") == "custom"}
    for block in message.get("content", ()):
        if block.get("type") != "tool_use":
            continue
        name, call_id = block["name"], numbers.renamed(block.get("id"), "toolu_", "call_")
        if name in custom:
            free = {"name": name, "input": numbers.free_text(block["input"])}
            yield {"id": call_id, "type": "custom", "custom": free}
        else:
            made = {"name": name, "arguments": numbers.arguments_text(block["input"])}
            yield {"id": call_id, "type": "function", "function": made}


def is_usage_event(event: bytes) -> bool:
    """Is this the chunk at the end of a stream that holds the usage and nothing else?"""
    if b'"usage"' not in event:
        return False
    try:
        found = list(sse.parse_events(event, parse_json))
    except sse.StreamError:
        return False
    return len(found) == 1 and found[0].get("choices") == [] and isinstance(found[0].get("usage"), dict)


def decode(content: bytes, content_type: str) -> Decoded:
    """Read a completion or a stream of chunks."""
    return base.decoded(content, content_type, what="completion", stream=_decode_stream, whole=_decoded)


def _decoded(value: Mapping[str, Any], problem: str | None = None) -> Decoded:
    if value.get("error"):
        return Decoded(complete=True, error=sse.error_text(value))
    message = _message(value)
    return Decoded(message=message, usage=usage_of(message), complete=problem is None, error=problem)


def _message(value: Mapping[str, Any]) -> dict[str, Any]:
    (choice,) = value["choices"]
    said = choice["message"]
    content: list[Block] = [
        {"type": "text", "text": said[name]} for name in ("content", "refusal") if isinstance(said.get(name), str)
    ]
    content = [block for block in content if block["text"]]
    content += [call(item, "the answer") for item in said.get("tool_calls") or ()]
    if said.get("function_call"):
        refuse("the answer has a function_call, which nobody asked for")
    return {
        "id": value.get("id"),
        "type": "message",
        "role": "assistant",
        "model": value.get("model"),
        "content": content,
        "stop_reason": _STOPS.get(choice.get("finish_reason"), "end_turn"),
        "stop_sequence": None,
        "usage": numbers.usage_from(value.get("usage"), "prompt_tokens", "completion_tokens"),
    }


def _decode_stream(content: bytes) -> Decoded:
    """The chunks of a stream are put together as one completion."""
    whole: dict[str, Any] = {}
    said: dict[str, Any] = {"content": [], "refusal": [], "tool_calls": {}}
    finish, done = None, False
    for data in sse.data_of(content):
        if data.startswith(b"[DONE]"):
            done = True
            break
        chunk = sse.json_object(data, parse_json)
        if chunk.get("error"):
            raise sse.StreamError(sse.error_text(chunk))
        whole.update({name: value for name, value in chunk.items() if value and name in ("id", "model", "usage")})
        for choice in chunk.get("choices") or ():
            _grow(said, choice.get("delta") or {})
            finish = choice.get("finish_reason") or finish
    if not whole and not done:
        return Decoded(error="the stream holds no completion")
    message = {name: "".join(said[name]) for name in ("content", "refusal")}
    calls = [said["tool_calls"][index] for index in sorted(said["tool_calls"])]
    choice = {"message": {**message, "tool_calls": calls}, "finish_reason": finish}
    return _decoded({**whole, "choices": [choice]}, None if done or finish else "the stream was cut off before its end")


def _grow(said: dict[str, Any], delta: Mapping[str, Any]) -> None:
    for name in ("content", "refusal"):
        if delta.get(name):
            said[name].append(delta[name])
    for piece in delta.get("tool_calls") or ():
        made = said["tool_calls"].setdefault(_place(said["tool_calls"], piece), {"type": "function"})
        made.update({name: piece[name] for name in ("id", "type") if piece.get(name)})
        for kind in ("function", "custom"):
            grown = made.setdefault(kind, {}) if piece.get(kind) else {}
            for name, text in (piece.get(kind) or {}).items():
                if isinstance(text, str):
                    grown[name] = grown.get(name, "") + text


def _place(calls: Mapping[int, Any], piece: Mapping[str, Any]) -> int:
    """Which call a piece belongs to; not every server says."""
    index = piece.get("index")
    return index if isinstance(index, int) else len(calls) - (not piece.get("id"))
