"""Ids, counts and small forms that OpenAI's two formats share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

CREATED = 1_767_225_600
"""When answers of ours say they were made: always the same, so that recordings of them are."""
_ERRORS = {401: "authentication_error", 429: "rate_limit_error"}


def renamed(value: Any, ours: str, theirs: str) -> str:
    """An id of ours under the prefix that the format has; any other stays."""
    text = str(value)
    return theirs + text.removeprefix(ours) if text.startswith(ours) else text


def arguments_text(given: Any) -> str:
    """Arguments as the string that the formats carry them in."""
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def free_text(given: Any) -> str:
    """The text for a custom tool: its argument `input`, where it is called as it is told (`base.CUSTOM_SCHEMA`)."""
    if isinstance(given, Mapping) and list(given) == ["input"] and isinstance(given["input"], str):
        return given["input"]
    return arguments_text(given)


def usage_from(usage: Any, inputs: str, outputs: str) -> dict[str, Any] | None:
    """A usage of the Messages API, which does not count cached tokens as input; None where there is none."""
    if not isinstance(usage, Mapping):
        return None
    details = usage.get(f"{inputs}_details")
    details = details if isinstance(details, Mapping) else {}
    read, written = details.get("cached_tokens") or 0, details.get("cache_write_tokens") or 0
    fresh = usage.get(inputs)
    if isinstance(fresh, int) and isinstance(read, int) and isinstance(written, int):
        fresh = max(0, fresh - read - written)
    return {
        "input_tokens": fresh,
        "output_tokens": usage.get(outputs),
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
    }


def chat_usage(message: Mapping[str, Any]) -> dict[str, Any]:
    """The usage of a message, as Chat Completions counts."""
    whole, read, out = _counts(message)
    return {
        "prompt_tokens": whole,
        "completion_tokens": out,
        "total_tokens": whole + out,
        "prompt_tokens_details": {"cached_tokens": read, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def responses_usage(message: Mapping[str, Any]) -> dict[str, Any]:
    """The usage of a message, as Responses counts."""
    whole, read, out = _counts(message)
    return {
        "input_tokens": whole,
        "input_tokens_details": {"cached_tokens": read, "cache_write_tokens": 0},
        "output_tokens": out,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": whole + out,
    }


def _counts(message: Mapping[str, Any]) -> tuple[int, int, int]:
    usage = message.get("usage") or {}
    read = usage.get("cache_read_input_tokens") or 0
    whole = (usage.get("input_tokens") or 0) + read + (usage.get("cache_creation_input_tokens") or 0)
    return whole, read, usage.get("output_tokens") or 0


def error(status: int, message: str) -> dict[str, Any]:
    """An error object of the API."""
    kind = _ERRORS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}
