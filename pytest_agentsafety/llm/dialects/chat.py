"""OpenAI's Chat Completions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_agentsafety.llm.dialects import base, chat_answers, numbers
from pytest_agentsafety.llm.dialects.base import Asked, Block, Turns, refuse, shown
from pytest_agentsafety.llm.trimming import Trimmer

_KNOWN = frozenset(
    {
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "metadata",
        "min_p",
        "model",
        "n",
        "parallel_tool_calls",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort",
        "repetition_penalty",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_k",
        "top_logprobs",
        "top_p",
        "user",
        "verbosity",
    }
)
_REFUSED = {
    "audio": "audio has no token bound",
    "function_call": "functions are out of date and not understood here, use tools",
    "functions": "functions are out of date and not understood here, use tools",
    "moderation": "another model would be charged besides",
    "prediction": "rejected predictions are charged besides the answer",
    "web_search_options": "the provider would run the search, past the tool door",
}
_LIMITS = ("max_completion_tokens", "max_tokens")
_THOUGHTS = ("reasoning_content", "reasoning")  # of compatible servers; they want it back
_MESSAGE_FIELDS = frozenset(
    {"annotations", "content", "name", "parsed", "refusal", "role", "tool_call_id", "tool_calls", *_THOUGHTS}
)
_TOOL_FIELDS = frozenset({"description", "format", "name", "parameters", "strict"})


class Chat:
    """The dialect. Where a stream does not ask for its usage the door does, and keeps it from the agent."""

    body = staticmethod(chat_answers.body)
    events = staticmethod(chat_answers.events)
    decode = staticmethod(chat_answers.decode)
    error = staticmethod(numbers.error)

    def ask(self, raw: Mapping[str, Any]) -> Asked:
        base.check_fields(raw, _KNOWN, _REFUSED)
        base.check_tier(raw)
        if raw.get("n") not in (None, 1):
            refuse(f"n is {shown(raw['n'])}: only one answer at a time is understood")
        turns = Turns()
        for number, message in enumerate(base.objects(raw.get("messages"), "messages")):
            _add(turns, f"messages[{number}]", message)
        limit, written = base.output_limit(raw, _LIMITS)
        added: dict[str, Any] = dict(written)
        payload = turns.payload(raw, limit, _tools(raw.get("tools")))
        if raw.get("response_format") is not None:
            payload["output_format"] = raw["response_format"]
        if _hides_usage(raw):
            added["stream_options"] = {**(raw.get("stream_options") or {}), "include_usage": True}
        return Asked(payload=payload, written=added)

    def trimmer(self, raw: Mapping[str, Any]) -> Trimmer | None:
        return Trimmer(chat_answers.is_usage_event) if _hides_usage(raw) else None


DIALECT = Chat()


def _hides_usage(raw: Mapping[str, Any]) -> bool:
    if raw.get("stream") is not True:
        return False
    options = raw.get("stream_options")
    if options is not None and not isinstance(options, dict):
        refuse(f"stream_options is {shown(options)}, not an object")
    return not (options or {}).get("include_usage")


def _add(turns: Turns, place: str, message: Mapping[str, Any]) -> None:
    role = message.get("role")
    base.check_keys(message, _MESSAGE_FIELDS, place)
    if role in ("system", "developer"):
        turns.instruct(_blocks(message.get("content"), place))
    elif role == "user":
        turns.add("user", _blocks(message.get("content"), place))
    elif role == "assistant":
        turns.add("assistant", [*_said(message, place), *_calls(message, place)])
    elif role == "tool":
        turns.result(message.get("tool_call_id"), _blocks(message.get("content"), place))
    else:
        refuse(f"{place} has the role {shown(role)}, which is not understood here")


def _blocks(content: Any, place: str) -> list[Block]:
    """The text blocks of a content field: a string, or a list of parts."""
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [_block(part, place) for part in base.objects(content, f"the content of {place}")]


def _block(part: Mapping[str, Any], place: str) -> Block:
    kind = part.get("type")
    text = part.get(kind) if kind in ("text", "refusal") else None
    if not isinstance(text, str):
        refuse(f"{place} has a content part of type {shown(kind)}, whose tokens have no known bound")
    return {"type": "text", "text": text}


def _said(message: Mapping[str, Any], place: str) -> list[Block]:
    thoughts = [message[name] for name in _THOUGHTS if isinstance(message.get(name), str) and message[name]]
    said: list[Block] = [{"type": "thinking", "thinking": text, "signature": ""} for text in thoughts]
    said += _blocks(message.get("content"), place)
    return said + _blocks(message.get("refusal"), place)


def _calls(message: Mapping[str, Any], place: str) -> list[Block]:
    calls = message.get("tool_calls")
    return [] if calls is None else [chat_answers.call(item, place) for item in base.objects(calls, place)]


def _tools(tools: Any) -> list[Block]:
    return [] if tools is None else [_tool(tool) for tool in _each(tools)]


def _each(tools: Any) -> Sequence[Mapping[str, Any]]:
    return base.objects(tools, "tools")


def _tool(tool: Mapping[str, Any]) -> Block:
    kind = tool.get("type")
    about = tool.get(kind) if kind in ("function", "custom") else None
    if not isinstance(about, dict):
        refuse(f"tools has a tool of type {shown(kind)}, which would run past the tool door")
    base.check_keys(about, _TOOL_FIELDS, f"the tool {shown(about.get('name'))}")
    schema = base.CUSTOM_SCHEMA if kind == "custom" else about.get("parameters") or {"type": "object"}
    return base.told(about.get("name"), about.get("description"), schema)
