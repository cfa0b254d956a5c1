"""The words of a played turn in the shape that a request demands: a forced tool, or JSON of a schema.

Many agents end with a structured answer, and supervisors choose the next agent by one. A model that only talks breaks
them, and with them the attack.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn

_DEEPEST = 6
_FREE = frozenset({"auto", "none"})


def offered(payload: Mapping[str, Any]) -> list[str]:
    """The names of the tools that a request offers, in its order."""
    return [tool["name"] for tool in _tools(payload)]


def structured(
    turn: PlannedTurn, payload: Mapping[str, Any], *, own: Collection[str] = (), number: int = 0
) -> PlannedTurn:
    """The turn, as far as it calls something or nothing is demanded; else its text in the demanded shape.

    `own` are tools that do something, and are not how the agent answers. `number` chooses among alternatives: a
    supervisor that is asked again gets another one.
    """
    if turn.calls:
        return turn
    tool = _demanded_tool(payload, own)
    if tool is not None:
        schema = tool.get("input_schema")
        filled = _Filled(turn.text, number, schema if isinstance(schema, Mapping) else {}).value()
        return PlannedTurn(
            calls=(PlannedCall(name=tool["name"], arguments=filled if isinstance(filled, dict) else {}),)
        )
    schema = _demanded_schema(payload)
    if schema is None:
        return turn
    return PlannedTurn(text=json.dumps(_Filled(turn.text, number, schema).value(), ensure_ascii=False))


def _tools(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    tools = payload.get("tools")
    listed = tools if isinstance(tools, list) else []
    return [tool for tool in listed if isinstance(tool, Mapping) and isinstance(tool.get("name"), str)]


def _demanded_tool(payload: Mapping[str, Any], own: Collection[str]) -> Mapping[str, Any] | None:
    """The tool that has to be called: the named one, else where any has to be, one that is no tool of the agent's."""
    choice = payload.get("tool_choice")
    tools = _tools(payload)
    named: Any = None
    if isinstance(choice, Mapping):
        inner = choice.get("function")
        named = inner.get("name") if isinstance(inner, Mapping) else choice.get("name")
        choice = choice.get("type")
    if choice is None or choice in _FREE:
        return None
    if named is not None:
        return next((tool for tool in tools if tool["name"] == named), None)
    return next((tool for tool in reversed(tools) if tool["name"] not in own), None)


def _demanded_schema(payload: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema of the answer, as Messages, Chat Completions and Responses write it."""
    config = payload.get("output_config")
    found = payload.get("output_format") or (config.get("format") if isinstance(config, Mapping) else None)
    for key in ("format", "json_schema"):
        if isinstance(found, Mapping) and isinstance(found.get(key), Mapping):
            found = found[key]
    schema = found.get("schema") if isinstance(found, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


class _Filled:
    """A value of a JSON schema with the text wherever a text may stand."""

    def __init__(self, text: str, number: int, root: Mapping[str, Any]) -> None:
        self._text, self._number, self._root = text or "Done.", number, root

    def value(self) -> Any:
        return self._of(self._root, 0)

    def _of(self, schema: Any, depth: int) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        for keyword in ("enum", "anyOf", "oneOf"):
            options = schema.get(keyword)
            if isinstance(options, list) and options:
                if keyword == "enum":
                    return options[self._number % len(options)]
                real = [one for one in options if self._resolved(one).get("type") != "null"] or options
                return self._of(real[0], depth + 1) if depth < _DEEPEST else None
        kind = schema.get("type")
        kind = next((one for one in kind if one != "null"), None) if isinstance(kind, list) else kind
        if kind == "object" or "properties" in schema:
            return dict(self._fields(schema, depth)) if depth < _DEEPEST else {}
        if kind == "array":
            return [self._of(schema.get("items"), depth + 1)] if depth < _DEEPEST else []
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", 1), schema.get("maximum", 1)
            return low if isinstance(low, int | float) and low > 1 else min(1, high)
        if kind == "boolean":
            return True
        longest = schema.get("maxLength")
        return None if kind == "null" else self._text[: longest if isinstance(longest, int) else None]

    def _fields(self, schema: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
        fields = schema.get("properties")
        for name, inner in fields.items() if isinstance(fields, Mapping) else ():
            yield str(name), self._of(inner, depth + 1)

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        for _ in range(_DEEPEST):
            parts: Sequence[Any] = schema.get("allOf") or () if isinstance(schema, Mapping) else ()
            reference = schema.get("$ref") if isinstance(schema, Mapping) else None
            if isinstance(reference, str) and reference.startswith("#/"):
                schema = self._at(reference)
            elif parts:
                schema = parts[0]
            else:
                break
        return schema if isinstance(schema, Mapping) else {}

    def _at(self, reference: str) -> Any:
        found: Any = self._root
        for part in reference[2:].split("/"):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found
