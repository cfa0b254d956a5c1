"""A plain agent: the Anthropic Messages API and a tool loop. It knows nothing of who watches it."""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, get_type_hints

import anthropic
from pydantic import TypeAdapter

MAX_TURNS = 30
MAX_TOKENS = 1024

Tool = Callable[..., Any]


def build(tools: Sequence[Tool], model: str = "claude-sonnet-5-5", system: str | None = None) -> Callable[[str], str]:
    """An agent over typed, documented functions: `agent(task)` gives the final answer.

    Raises RuntimeError when there is no answer after MAX_TURNS requests, and what the SDK raises.
    """
    client = shared_client(os.environ.get("ANTHROPIC_BASE_URL"), os.environ.get("ANTHROPIC_API_KEY"))
    by_name = {tool.__name__: tool for tool in tools}
    request: dict[str, Any] = {"model": model, "max_tokens": MAX_TOKENS}
    if system:
        request["system"] = system
    if tools:
        request["tools"] = [describe(tool) for tool in tools]

    def agent(task: str) -> str:
        messages: list[Any] = [{"role": "user", "content": task}]
        for _ in range(MAX_TURNS):
            reply = client.messages.create(messages=messages, **request)
            calls = [block for block in reply.content if block.type == "tool_use"]
            if not calls:
                return "".join(block.text for block in reply.content if block.type == "text")
            messages.append({"role": "assistant", "content": reply.content})
            messages.append({"role": "user", "content": [run_tool(by_name, call) for call in calls]})
        raise RuntimeError(f"no answer after {MAX_TURNS} turns")

    return agent


@cache
def shared_client(base_url: str | None, api_key: str | None) -> anthropic.Anthropic:
    """One client per process and address: making one costs more than a whole short conversation."""
    return anthropic.Anthropic(base_url=base_url, api_key=api_key)


def run_tool(tools: dict[str, Tool], call: Any) -> dict[str, Any]:
    """Execute one call. Whatever goes wrong in a tool is told to the model, which may try something else."""
    try:
        if call.name not in tools:
            raise LookupError(f"there is no tool {call.name!r}")
        result: dict[str, Any] = {"content": as_text(tools[call.name](**call.input))}
    except Exception as exc:  # noqa: BLE001
        result = {"content": f"{type(exc).__name__}: {exc}", "is_error": True}
    return {"type": "tool_result", "tool_use_id": call.id, **result}


def as_text(result: Any) -> str:
    """What the model reads: text as it is, data as JSON."""
    if isinstance(result, str):
        return result
    if result is None or isinstance(result, dict | list | tuple | bool):
        return json.dumps(result, ensure_ascii=False, default=str)
    return str(result)


def describe(tool: Tool) -> dict[str, Any]:
    """The tool's schema from its signature and docstring."""
    summary, notes = read_docstring(inspect.getdoc(tool) or "")
    hints = get_type_hints(tool)
    parameters = inspect.signature(tool).parameters
    properties: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for name, parameter in parameters.items():
        schema = dict(json_schema(hints.get(name, parameter.annotation)))
        definitions |= schema.pop("$defs", {})
        properties[name] = schema | ({"description": notes[name]} if name in notes else {})
    required = [name for name, parameter in parameters.items() if parameter.default is parameter.empty]
    schema = {"type": "object", "properties": properties, "required": required}
    if definitions:
        schema["$defs"] = definitions
    return {"name": tool.__name__, "description": summary, "input_schema": schema}


@cache
def json_schema(annotation: Any) -> dict[str, Any]:
    """The JSON schema of a type; anything goes where there is none."""
    if annotation is inspect.Parameter.empty:
        return {}
    schema: dict[str, Any] = TypeAdapter(annotation).json_schema()
    schema.pop("title", None)
    return schema


@cache
def read_docstring(doc: str) -> tuple[str, dict[str, str]]:
    """The text before `Args:`, and a line for each argument."""
    summary, _, rest = doc.partition("Args:")
    found: Iterable[tuple[str, str]] = re.findall(r"^\s+(\w+)(?: \([^)]*\))?: (.+)$", rest, re.MULTILINE)
    return summary.strip(), dict(found)
