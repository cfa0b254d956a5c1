"""One hash per model request: equal where only noise differs, different where anything else does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.cassettes.volatile import tokens
from pytest_agentsafety.model.canonical import digest

_IGNORED = frozenset({"metadata", "prompt_cache_key"})
_CALL_BLOCKS = frozenset(
    {
        "custom",
        "custom_tool_call",
        "function",
        "function_call",
        "mcp_tool_use",
        "server_tool_use",
        "tool_use",
    }
)
_CALL_REFERENCES = frozenset({"tool_use_id", "tool_call_id", "call_id"})
_EXACT = frozenset({"arguments", "input", "input_schema"})
_CONVERSATION = frozenset({"input", "messages"})
# Without "/v1": compatible servers have them under other prefixes.
_OPENAI = ("/chat/completions", "/responses")


def fingerprint(payload: Mapping[str, Any]) -> str:
    """Hex sha256 of the normalised request body.

    Every field counts but `metadata` and `prompt_cache_key`. Not counted: key order, `cache_control`, a string against
    the list with that one text block, `stream: false` against no `stream`; ids of API objects, uuids and temp folders
    count by the order they appear in, clock times not at all. Inside tool definitions everything counts.
    """
    return digest(normalised(payload))


def request_key(path: str, payload: Mapping[str, Any]) -> str:
    """The key a request is recorded and found by: endpoint and fingerprint. Host, port and query do not count."""
    return f"{endpoint(path)} {fingerprint(payload)}"


def endpoint(path: str) -> str:
    """The path from its last "/v1/" on, without the query: gateways put prefixes before it, or leave it out."""
    bare = path.partition("?")[0].rstrip("/")
    for ending in _OPENAI:
        if bare.endswith(ending):
            return f"/v1{ending}"
    at = bare.rfind("/v1/")
    return bare[at:] if at >= 0 else bare


def normalised(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The request as it is compared: plain data, keys sorted."""
    walk = _Walk()
    kept = {key: value for key, value in payload.items() if key not in _IGNORED}
    if kept.get("stream") is False:
        del kept["stream"]
    # The conversation first: it numbers the ids, and the order of the other fields is nobody's choice.
    names = sorted(kept, key=lambda name: (name not in _CONVERSATION, name))
    return {name: walk.field(name, kept[name]) for name in names}


class _Walk:
    """Normalises one request; numbers what is volatile by its first appearance."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def field(self, name: str, value: Any) -> Any:
        if name == "tools":
            return _without_cache_control(value)
        return self.node(_blocks(value) if name == "system" else value, clocks=True)

    def node(self, value: Any, *, clocks: bool) -> Any:
        if isinstance(value, str):
            return self._text(value, clocks=clocks)
        if isinstance(value, Mapping):
            return {key: self._member(value, key, clocks=clocks) for key in sorted(value) if key != "cache_control"}
        if isinstance(value, list | tuple):
            return [self.node(item, clocks=clocks) for item in value]
        return value

    def _member(self, parent: Mapping[str, Any], key: str, *, clocks: bool) -> Any:
        value = parent[key]
        if isinstance(value, str) and _is_call_id(parent, key):
            return self._number("call", value)
        if key in _EXACT:  # what the model asked for counts to the last digit of a time
            return self._exact(value)
        if key == "content" and ("role" in parent or parent.get("type") == "tool_result"):
            value = _blocks(value)
        return self.node(value, clocks=clocks)

    def _exact(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._exact(value[key]) for key in sorted(value)}
        if isinstance(value, list | tuple):
            return [self._exact(item) for item in value]
        return self._text(value, clocks=False) if isinstance(value, str) else value

    def _text(self, text: str, *, clocks: bool) -> str:
        parts = tokens(text, clocks)
        return "".join(part if isinstance(part, str) else self._volatile(*part) for part in parts)

    def _volatile(self, kind: str, value: str) -> str:
        if kind == "time":
            return "<time>"
        return self._number("call" if kind == "id" else kind, value)

    def _number(self, kind: str, value: str) -> str:
        known = self._numbers.get((kind, value))
        if known is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            known = self._numbers[kind, value] = f"<{kind}:{self._counts[kind]}>"
        return known


def _is_call_id(parent: Mapping[str, Any], key: str) -> bool:
    return key in _CALL_REFERENCES or (key == "id" and parent.get("type") in _CALL_BLOCKS)


def _blocks(value: Any) -> Any:
    return [{"type": "text", "text": value}] if isinstance(value, str) else value


def _without_cache_control(tools: Any) -> Any:
    if not isinstance(tools, list | tuple):
        return tools
    return [
        {key: tool[key] for key in tool if key != "cache_control"} if isinstance(tool, Mapping) else tool
        for tool in tools
    ]
