"""Items of a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_agentsafety.llm.gateway.door_call import Outcome
from pytest_agentsafety.llm.gateway.formats.translated import Item, as_text, changed

# What a call is, and what its result is.
CALLS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}


def is_call(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") in CALLS


def call_id(item: Item) -> str:
    return str(item.get("call_id"))


def text_of(item: Any) -> str:
    """The words of a message."""
    content = item.get("content") if isinstance(item, dict) else None
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text") or part.get("refusal") or "") for part in parts if isinstance(part, dict))


def rewritten(item: Item, outcome: Outcome) -> bool:
    """Does the door want other arguments than the call has?"""
    if item["type"] == "custom_tool_call":
        return bool(item.get("input") != outcome.arguments.get("input"))
    return changed(item, "arguments", outcome)


def with_arguments(item: Item, outcome: Outcome) -> Item:
    """The call with the arguments it may have."""
    if not rewritten(item, outcome):
        return item
    if item["type"] == "custom_tool_call":
        return {**item, "input": str(outcome.arguments.get("input"))}
    return {**item, "arguments": as_text(outcome.arguments)}


def visible(output: Sequence[Item], outcomes: Mapping[str, Outcome]) -> list[Item]:
    """The items that the agent gets."""
    kept = []
    for item in output:
        outcome = outcomes.get(call_id(item)) if is_call(item) else None
        if outcome is None:
            kept.append(item)
        elif outcome.kind == "handed":
            kept.append(with_arguments(item, outcome))
    return kept
