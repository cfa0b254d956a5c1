"""Where the SDK runs function tools: right around `on_invoke_tool`, outside of what turns errors into text."""

from __future__ import annotations

import json
import sys
from contextvars import ContextVar
from functools import partial
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Undo
from pytest_agentsafety.adapters.frameworks.delegating import asking
from pytest_agentsafety.adapters.frameworks.openai_agents.answers import (
    PACKAGE,
    arguments_of,
    patch_rejections,
    tell,
)
from pytest_agentsafety.adapters.frameworks.patching import replaced, together
from pytest_agentsafety.adapters.frameworks.shown import readable, spec_of
from pytest_agentsafety.adapters.passing import athrough
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ToolDoor

_INVOKE = "_invoke_function_tool_with_metadata"
# Stands for arguments that are no JSON object: a function tool made by hand gets them as they are.
RAW = "arguments"
# Set to true where the call that is being executed here gets to its tool; a list, since the tool runs in a task of
# its own.
_reached: ContextVar[list[bool] | None] = ContextVar("agentsafety_agents_reached", default=None)


def patch_tool(module: ModuleType, door: DoorGetter) -> Undo:
    """`agents.tool`, unless that is a module of somebody else's package of this name."""
    if not hasattr(module, "FunctionTool"):
        return lambda: None
    return replaced(module, _INVOKE, partial(_invoking, module, door), package=PACKAGE)


def patch_execution(module: ModuleType, door: DoorGetter) -> Undo:
    """What imported the same function, and what runs one call with its guardrails and approval."""
    tool = sys.modules["agents.tool"]
    return together(
        [
            replaced(module, _INVOKE, partial(_invoking, tool, door), package=PACKAGE),
            replaced(module._FunctionToolBatchExecutor, "_run_single_tool", partial(_running, door), package=PACKAGE),
            patch_rejections(module, door),
        ]
    )


def function_spec(tool: Any) -> ToolSpec:
    """What the model is shown of a function tool; one that is made of an agent says so."""
    function = asking if agent_in(tool) is not None else getattr(tool, "__wrapped__", None)
    return spec_of(tool.name, function, tool.description, tool.params_json_schema)


def agent_in(tool: Any) -> Any:
    """The agent that a tool was made of (`agent.as_tool()`); None for any other tool."""
    return getattr(tool, "_agent_instance", None) if getattr(tool, "_is_agent_tool", False) else None


def stop_of(door: Any) -> StopRun | None:
    """What stopped the door's task, also where an agent or a framework swallowed it."""
    stopped = getattr(door, "stopped", None)
    return stopped if isinstance(stopped, StopRun) else None


def written(arguments: Any, given: dict[str, Any], text: str) -> str:
    """The arguments to run with, as text: the model's own where nobody changed them."""
    if isinstance(arguments, str):
        return str(given.get(RAW, text))
    return text if given == arguments else json.dumps(given)


def _invoking(tool_module: ModuleType, door: DoorGetter, original: Any) -> Any:
    async def invoke(*, function_tool: Any, context: Any, arguments: str) -> Any:
        active = door()
        reached = _reached.get()
        if reached is not None:
            reached[0] = True
        if active is None:
            return await original(function_tool=function_tool, context=context, arguments=arguments)
        return await _passed(active, tool_module, original, function_tool, context, arguments)

    return invoke


async def _passed(door: ToolDoor, tool_module: Any, original: Any, tool: Any, context: Any, text: str) -> Any:
    arguments = arguments_of(text)
    made: Any = None
    shown_as: Any = object()

    async def run(**given: Any) -> Any:
        nonlocal made, shown_as
        made = await original(function_tool=tool, context=context, arguments=written(arguments, given, text))
        stopped = stop_of(door)
        if stopped is not None:  # inside, where errors become text
            raise stopped
        shown_as = readable(made.output)
        return shown_as

    door.learn([function_spec(tool)])
    if isinstance(arguments, str):
        door.answered(tool.name, arguments)
        arguments_given = {RAW: arguments}
    else:
        arguments_given = arguments
    answer = await athrough(door, tool.name, arguments_given, run)
    if answer is shown_as:
        return made
    # Marked as the SDK's own words, so that no output type of the tool is asked of them.
    return tool_module._FunctionToolInvocationResult(answer, is_sdk_generated_error=True)


def _running(door: DoorGetter, original: Any) -> Any:
    async def _run_single_tool(self: Any, *, task_state: Any, func_tool: Any, tool_call: Any) -> Any:
        if door() is None:
            return await original(self, task_state=task_state, func_tool=func_tool, tool_call=tool_call)
        reached = [False]
        token = _reached.set(reached)
        try:
            result = await original(self, task_state=task_state, func_tool=func_tool, tool_call=tool_call)
        except Exception as error:
            if isinstance(error.__cause__, StopRun):  # the SDK wraps what it does not know
                raise error.__cause__ from None
            raise
        finally:
            _reached.reset(token)
        if not reached[0] and not hasattr(result, "run_item"):  # a guardrail answered; a rejection has told already
            tell(door, tool_call)
        return result

    return _run_single_tool
