"""The Messages API as a dialect among others, for a server that speaks them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_agentsafety.llm import sse, wire
from pytest_agentsafety.llm.api_rules import ERROR_TYPES
from pytest_agentsafety.llm.dialects.base import Asked, Message, refuse, shown

# Types of tools that the agent runs itself, and the search among tools, which runs none. Any other type is run by the
# provider while it answers.
_OURS = ("custom", "bash_", "text_editor_", "computer_", "memory_", "tool_search_tool_")


def refuse_hosted(payload: Mapping[str, Any]) -> None:
    """Raises UnsupportedModelCall for a request that lets the provider run tools, past the tool door."""
    if payload.get("mcp_servers"):
        refuse("mcp_servers: the provider would call their tools, past the tool door")
    tools = payload.get("tools") or ()
    for tool in tools:
        if tool.__class__ is dict and "type" not in tool:  # nearly always
            continue
        kind = tool.get("type") if isinstance(tool, Mapping) else None
        if kind is not None and not (isinstance(kind, str) and kind.startswith(_OURS)):
            refuse(f"tools has a tool of type {shown(kind)}, which the provider would run past the tool door")


class Messages:
    """Everything is as it stands."""

    decode = staticmethod(wire.decode)

    def ask(self, raw: Mapping[str, Any]) -> Asked:
        return Asked(payload=raw)

    def body(self, message: Message, raw: Mapping[str, Any]) -> bytes:
        return wire.encode_json(message)

    def events(self, message: Message, raw: Mapping[str, Any]) -> Iterator[bytes]:
        return (wire.encode_event(event) for event in sse.events_of(message))

    def trimmer(self, raw: Mapping[str, Any]) -> None:
        return None

    def error(self, status: int, message: str) -> Mapping[str, Any]:
        return {"type": "error", "error": {"type": ERROR_TYPES[status], "message": message}}


MESSAGES = Messages()
