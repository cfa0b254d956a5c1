"""The Messages API on the wire: messages to bytes and back, JSON and server-sent events."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.llm import sse
from pytest_agentsafety.model.messages import Usage
from pytest_agentsafety.model.quick import quick

try:
    from jiter import from_json
except ImportError:  # the core works without the SDK that brings it
    from_json = json.loads
# Strict: refuses what `parse_json` reads with patience.
fast_json: Callable[[bytes], Any] = from_json

_MAX_TOKENS = 10**12
_JSON = "application/json"
_new = tuple.__new__
# Made once: `json.dumps` makes one for every call.
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@quick
@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A response body. `complete` is false for a cut or unreadable one; `message` None when it is no message."""

    message: Mapping[str, Any] | None = None
    usage: Usage | None = None
    complete: bool = False
    error: str | None = None


def parse_json(body: bytes) -> Any:
    """The JSON value of `body`. Raises ValueError."""
    try:
        return fast_json(body)
    except ValueError:
        # The strict parser refuses lone surrogates, which the SDK's own parser takes. What it reads, we must see.
        return _patient_json(body)


def _patient_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def encode_json(value: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON; lone surrogates become question marks (UTF-8 cannot carry them)."""
    return _dumps(value).encode("utf-8", "replace")


def encode_sse(message: Mapping[str, Any]) -> bytes:
    """The whole event stream of a message."""
    return b"".join(encode_event(event) for event in sse.events_of(message))


def encode_event(event: Mapping[str, Any]) -> bytes:
    """One server-sent event, named by its type."""
    return b"event: %s\ndata: %s\n\n" % (str(event["type"]).encode(), encode_json(event))


def decode(body: bytes, content_type: str) -> Decoded:
    """Read a response body of the Messages API. Never raises: what cannot be read is an error in the result."""
    if content_type != _JSON and content_type.strip().lower().startswith("text/event-stream"):
        return _decode_sse(body)
    try:
        value = parse_json(body)
    except ValueError as exc:
        return Decoded(error=f"unreadable JSON: {exc}")
    if not isinstance(value, dict):
        return Decoded(complete=True, error=f"not a message but {type(value).__name__}")
    return _decode_object(value)


def message_in(body: bytes) -> Mapping[str, Any] | None:
    """The message that `body` is in JSON; None when it is none, and for `decode` to say why."""
    try:
        value = fast_json(body)
    except ValueError:  # `decode` has another parser yet
        return None
    if value.__class__ is dict and value.get("type") == "message" and value.get("content").__class__ is list:
        return value
    return None


def _is_message(value: Mapping[str, Any]) -> bool:
    return value.get("type") == "message" and isinstance(value.get("content"), list)


def usage_of(message: Mapping[str, Any], *, estimated: bool = False) -> Usage | None:
    """The usage of a message, None unless both main counts are there and every count is a sane number."""
    raw = message.get("usage")
    if raw.__class__ is not dict and not isinstance(raw, Mapping):
        return None
    get = raw.get
    fresh: Any = get("input_tokens")
    out: Any = get("output_tokens")
    written, read = get("cache_creation_input_tokens") or 0, get("cache_read_input_tokens") or 0
    for count in (fresh, out, written, read):
        if count.__class__ is not int or not 0 <= count <= _MAX_TOKENS:  # a bool is none
            return None
    return _new(Usage, (fresh, out, written, read, estimated))


def _decode_object(value: Mapping[str, Any]) -> Decoded:
    if _is_message(value):
        return Decoded(message=value, usage=usage_of(value), complete=True)
    if value.get("type") == "error":
        return Decoded(complete=True, error=sse.error_text(value))
    return Decoded(complete=True, error=f"not a message (type {value.get('type')!r})")


def _decode_sse(body: bytes) -> Decoded:
    try:
        message, complete = sse.accumulate(sse.parse_events(body, parse_json), parse_json)
    except sse.StreamError as exc:
        return Decoded(error=str(exc))
    if message is None:
        return Decoded(error="the stream holds no message")
    if not complete:
        return Decoded(message=message, error="the stream was cut off before message_stop")
    return Decoded(message=message, usage=usage_of(message), complete=True)
