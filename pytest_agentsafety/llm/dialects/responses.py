"""OpenAI's Responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.llm.dialects import base, numbers, responses_answers, responses_events
from pytest_agentsafety.llm.dialects.base import Asked, Block, Turns, refuse, shown
from pytest_agentsafety.llm.trimming import Trimmer

_KNOWN = frozenset(
    {
        "include",
        "input",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "model",
        "parallel_tool_calls",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "truncation",
        "user",
    }
)
_STORED = "what it stands for is stored at the provider, where no door sees it and no byte bounds its tokens"
_REFUSED = {
    "background": "the answer would be fetched later, past the model door",
    "background_options": "the answer would be fetched later, past the model door",
    "context_management": "the provider would rewrite the conversation with a model, which is charged besides",
    "conversation": _STORED,
    "moderation": "another model would be charged besides",
    "previous_response_id": _STORED,
    "prompt": _STORED,
}
_TEXTS = {"input_text": "text", "output_text": "text", "refusal": "refusal"}
_OUTPUTS = ("function_call_output", "custom_tool_call_output")
_TOOL_FIELDS = frozenset(
    {
        "allowed_callers",
        "defer_loading",
        "description",
        "format",
        "name",
        "output_schema",
        "parameters",
        "strict",
        "type",
    }
)


class Responses:
    """The dialect. A run of items that belongs to one side of the conversation is one message."""

    body = staticmethod(responses_answers.body)
    events = staticmethod(responses_events.events)
    decode = staticmethod(responses_answers.decode)
    error = staticmethod(numbers.error)

    def ask(self, raw: Mapping[str, Any]) -> Asked:
        base.check_fields(raw, _KNOWN, _REFUSED)
        base.check_tier(raw)
        turns = Turns()
        if raw.get("instructions") is not None:
            turns.instruct(_texts(raw["instructions"], "instructions"))
        unseen = _add_all(turns, raw.get("input"))
        limit, written = base.output_limit(raw, ("max_output_tokens",))
        payload = turns.payload(raw, limit, _tools(raw.get("tools")))
        if raw.get("text") is not None:
            payload["output_format"] = raw["text"]
        most = limit if type(limit) is int else 0
        return Asked(payload=payload, written=written, unseen_tokens=unseen * most)

    def trimmer(self, raw: Mapping[str, Any]) -> Trimmer | None:
        return None


DIALECT = Responses()


def _add_all(turns: Turns, given: Any) -> int:
    """The number of items that stand for something stored."""
    if given is None or isinstance(given, str):
        turns.add("user", _texts(given, "input"))
        return 0
    return sum(_add(turns, f"input[{number}]", item) for number, item in enumerate(base.objects(given, "input")))


def _add(turns: Turns, place: str, item: Mapping[str, Any]) -> bool:
    kind = item.get("type") or "message"
    if kind == "message" or kind in _OUTPUTS:
        responses_answers.check_item(item, place)
    if kind == "message":
        _say(turns, place, item)
    elif kind in _OUTPUTS:
        turns.result(item.get("call_id"), _texts(item.get("output"), place))
    else:
        block = responses_answers.block_of(item, place)
        turns.add("assistant", [block], joins="said")
        return kind == "reasoning" and not item.get("encrypted_content")
    return False


def _say(turns: Turns, place: str, item: Mapping[str, Any]) -> None:
    role, blocks = item.get("role"), _texts(item.get("content"), place)
    if role in ("system", "developer"):
        turns.instruct(blocks)
    elif role == "user":
        turns.add("user", blocks)
    elif role == "assistant":
        turns.add("assistant", blocks, joins="said")
    else:
        refuse(f"{place} has the role {shown(role)}, which is not understood here")


def _texts(content: Any, place: str) -> list[Block]:
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [_text(part, place) for part in base.objects(content, f"the content of {place}")]


def _text(part: Mapping[str, Any], place: str) -> Block:
    kind = part.get("type")
    text = part.get(_TEXTS[kind]) if isinstance(kind, str) and kind in _TEXTS else None
    if not isinstance(text, str):
        refuse(f"{place} has a content part of type {shown(kind)}, whose tokens have no known bound")
    return {"type": "text", "text": text}


def _tools(tools: Any) -> list[Block]:
    return [] if tools is None else [_tool(tool) for tool in base.objects(tools, "tools")]


def _tool(tool: Mapping[str, Any]) -> Block:
    kind = tool.get("type")
    if kind not in ("function", "custom"):
        refuse(f"tools has a tool of type {shown(kind)}, which would run past the tool door")
    base.check_keys(tool, _TOOL_FIELDS, f"the tool {shown(tool.get('name'))}")
    if tool.get("allowed_callers") not in (None, ["direct"]):
        refuse(f"the tool {shown(tool.get('name'))} may be called by programs that run at the provider")
    schema = base.CUSTOM_SCHEMA if kind == "custom" else tool.get("parameters") or {"type": "object"}
    return base.told(tool.get("name"), tool.get("description"), schema)
