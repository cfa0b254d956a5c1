"""What the Messages API refuses, as far as agents run into it, and how its errors look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    405: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}

_ROLES = ("user", "assistant", "system")


def error_body(status: int, message: str, request_id: str) -> dict[str, Any]:
    """An error object of the API."""
    return {
        "type": "error",
        "error": {"type": ERROR_TYPES[status], "message": message},
        "request_id": request_id,
    }


def problem_of(payload: Any, *, needs_max_tokens: bool) -> str | None:
    """What is wrong with a request body, None when nothing is."""
    if not isinstance(payload, Mapping):
        return "the request body must be a JSON object"
    required = ("model", "messages", "max_tokens") if needs_max_tokens else ("model", "messages")
    for name in required:
        if name not in payload:
            return f"{name}: Field required"
    if needs_max_tokens and (type(payload["max_tokens"]) is not int or payload["max_tokens"] < 1):
        return "max_tokens: must be an integer of at least 1"
    messages = payload["messages"]
    if not isinstance(messages, list) or not messages:
        return "messages: at least one message is required"
    return next(_message_problems(messages), None)


def _message_problems(messages: list[Any]) -> Iterator[str]:
    open_calls: list[str] = []
    for at, message in enumerate(messages):
        shape = _shape_problem(at, message)
        if shape:
            yield shape
            return
        if message["role"] == "system":  # instructions between the turns; they answer nothing
            continue
        blocks = _blocks(message)
        answered = [str(b.get("tool_use_id")) for b in blocks if b.get("type") == "tool_result"]
        missing = [call for call in open_calls if call not in answered]
        if missing:
            yield f"messages.{at}: no tool_result for the tool_use ids {', '.join(missing)} of the message before"
        stray = [call for call in answered if call not in open_calls]
        if stray:
            yield f"messages.{at}: tool_result for {', '.join(stray)}, but the message before has no such tool_use"
        open_calls = [str(b.get("id")) for b in blocks if b.get("type") == "tool_use"]
        yield from _call_problems(at, message, open_calls)
    if open_calls:
        yield f"messages: the last message leaves the tool_use ids {', '.join(open_calls)} without a tool_result"


def _call_problems(at: int, message: Mapping[str, Any], calls: list[str]) -> Iterator[str]:
    if calls and message["role"] != "assistant":
        yield f"messages.{at}: only an assistant message may hold tool_use blocks"
    if len(set(calls)) != len(calls):
        yield f"messages.{at}: tool_use ids must be unique"


def _shape_problem(at: int, message: Any) -> str | None:
    if not isinstance(message, Mapping) or message.get("role") not in _ROLES:
        return f"messages.{at}.role: must be user, assistant or system"
    content = message.get("content")
    if isinstance(content, str):
        return None
    if not isinstance(content, list) or not all(isinstance(block, Mapping) for block in content):
        return f"messages.{at}.content: must be a string or a list of blocks"
    return None


def _blocks(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = message["content"]
    return content if isinstance(content, list) else []
