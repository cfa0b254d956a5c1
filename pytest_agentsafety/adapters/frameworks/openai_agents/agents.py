"""Agents of the OpenAI Agents SDK: called with a task, asked for their tools."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from pytest_agentsafety.adapters.frameworks.openai_agents.calls import agent_in, function_spec
from pytest_agentsafety.adapters.frameworks.openai_agents.local import CUSTOM_SCHEMA
from pytest_agentsafety.adapters.frameworks.openai_agents.turns import runs_code
from pytest_agentsafety.adapters.frameworks.reaching import only
from pytest_agentsafety.adapters.frameworks.shown import answer_of, spec_of
from pytest_agentsafety.model.messages import ToolSpec


def _is_agent(target: Any) -> bool:
    sdk = sys.modules.get("agents")  # a name that other packages have too
    kind = getattr(sdk, "Agent", None)
    return (
        hasattr(sdk, "Runner") and hasattr(sdk, "FunctionTool") and isinstance(kind, type) and isinstance(target, kind)
    )


def entry(target: Any) -> Callable[[str], Any] | None:
    """The agent as a coroutine function of the task, which returns its output as text (JSON where it is structured)."""
    if not _is_agent(target):
        return None

    async def run(task: str) -> str:
        result = await sys.modules["agents"].Runner.run(target, task)
        return answer_of(result.final_output)

    return run


def tools(target: Any) -> Sequence[ToolSpec] | None:
    """The function tools and custom tools that the agent carries, and its handoffs that run code of the user's.

    With those of the agents it hands off to, or asks as tools. Of a function: those of the agents that it names. Not
    the tools of MCP servers.
    """
    if _is_agent(target):
        return _tools_of([target])
    return _tools_of(only(_is_agent, target)) or None


def _tools_of(agents: Sequence[Any]) -> list[ToolSpec]:
    """Each agent once; of several tools of a name the first."""
    found: dict[str, ToolSpec] = {}
    waiting, seen = list(agents), set()
    while waiting:
        agent = waiting.pop(0)
        if id(agent) in seen:
            continue
        seen.add(id(agent))
        for spec in map(_spec, [*agent.tools, *agent.handoffs]):
            if spec is not None:
                found.setdefault(spec.name, spec)
        waiting += [next_one for one in agent.handoffs if _is_agent(next_one := _handed_to(one))]
        waiting += [inner for tool in agent.tools if _is_agent(inner := agent_in(tool))]
    return list(found.values())


def _handed_to(handoff: Any) -> Any:
    """The agent that a handoff leads to, where it says."""
    if _is_agent(handoff):
        return handoff
    reference = getattr(handoff, "_agent_ref", None)
    return None if reference is None else reference()


def _spec(tool: Any) -> ToolSpec | None:
    sdk: Any = sys.modules["agents"]
    if isinstance(tool, sdk.FunctionTool):
        return function_spec(tool)
    if isinstance(tool, sdk.CustomTool):
        return spec_of(tool.name, None, tool.description, CUSTOM_SCHEMA)
    if isinstance(tool, sdk.Handoff) and runs_code(tool):
        return spec_of(tool.tool_name, None, tool.tool_description, tool.input_json_schema)
    return None
