"""Agents of Pydantic AI: called with a task, asked for their tools."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pytest_agentsafety.adapters.frameworks.reaching import only
from pytest_agentsafety.adapters.frameworks.shown import answer_of, spec_of
from pytest_agentsafety.model.messages import ToolSpec


def _is_agent(target: Any) -> bool:
    kind = getattr(sys.modules.get("pydantic_ai.agent"), "AbstractAgent", None)
    return isinstance(kind, type) and isinstance(target, kind)


def entry(target: Any) -> Callable[[str], Any] | None:
    """The agent as a coroutine function of the task, which returns its output as text (JSON where it is structured)."""
    if not _is_agent(target):
        return None

    async def run(task: str) -> str:
        try:
            result = await target.run(task)
        except (AttributeError, KeyError, TypeError) as error:
            deps = getattr(target, "deps_type", type(None))
            if deps not in (type(None), object):
                name = getattr(deps, "__name__", deps)
                error.add_note(
                    f"the agent wants deps of type {name}, and got none. Name a function that gives them: "
                    "async def ask(task): return (await agent.run(task, deps=...)).output"
                )
            raise
        return answer_of(result.output)

    return run


def tools(target: Any) -> Sequence[ToolSpec] | None:
    """The function tools and output functions that the agent carries, as the model is shown them. Of a function:
    those of the agents that it names.

    Not those that only a connection shows (an MCP server's), nor those of toolsets that are made during a run.
    """
    if _is_agent(target):
        return _tools_of([target])
    return _tools_of(only(_is_agent, target)) or None


def _tools_of(agents: Sequence[Any]) -> list[ToolSpec]:
    found: dict[str, ToolSpec] = {}
    for agent in agents:
        for toolset in agent.toolsets:
            for spec in _specs(toolset, lambda name: name):
                found.setdefault(spec.name, spec)
        for spec in _output_functions(getattr(agent, "_output_toolset", None)):
            found.setdefault(spec.name, spec)
    return list(found.values())


def _output_functions(toolset: Any) -> Iterator[ToolSpec]:
    for shown in getattr(toolset, "_tool_defs", ()):
        schema = getattr(toolset.processors.get(shown.name), "_function_schema", None)
        if schema is not None:
            yield spec_of(shown.name, schema.function, shown.description, shown.parameters_json_schema)


def _specs(toolset: Any, named: Callable[[str], str]) -> Iterator[ToolSpec]:
    own = getattr(toolset, "tools", None)
    if isinstance(own, dict):
        for name, tool in own.items():
            if getattr(tool, "function_schema", None) is not None:
                schema = tool.function_schema
                yield spec_of(named(name), schema.function, tool.description, schema.json_schema)
    for inner in getattr(toolset, "toolsets", None) or ():
        yield from _specs(inner, named)
    wrapped = getattr(toolset, "wrapped", None)
    if wrapped is not None:
        yield from _specs(wrapped, lambda name: named(_renamed(toolset, name)))


def _renamed(wrapper: Any, name: str) -> str:
    prefix = getattr(wrapper, "prefix", None)
    if isinstance(prefix, str):
        return f"{prefix}_{name}"
    names = getattr(wrapper, "name_map", None)
    return next((new for new, old in names.items() if old == name), name) if isinstance(names, dict) else name
