"""Tools that the SDK runs itself: custom tools pass the door, shells and computers are not let near it."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Undo
from pytest_agentsafety.adapters.frameworks.openai_agents.answers import PACKAGE
from pytest_agentsafety.adapters.frameworks.openai_agents.calls import stop_of
from pytest_agentsafety.adapters.frameworks.patching import replaced, together
from pytest_agentsafety.adapters.frameworks.shown import readable, spec_of
from pytest_agentsafety.adapters.passing import athrough
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.protocols import ToolDoor

_REFUSED = ("Computer", "LocalShell", "Shell", "ApplyPatch")
CUSTOM_SCHEMA = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}


class UnguardedTool(StopRun):
    """A tool that would run past the tool door."""

    guard = "tool_door"


def patch_local(module: ModuleType, door: DoorGetter) -> Undo:
    """The actions of `agents.run_internal.tool_actions`."""
    refusals = [
        replaced(getattr(module, f"{kind}Action"), "execute", partial(_refusing, kind, door), package=PACKAGE)
        for kind in _REFUSED
    ]
    custom = replaced(module.CustomToolAction, "execute", partial(_customising, door), package=PACKAGE)
    return together([*refusals, custom])


def _refusing(kind: str, door: DoorGetter, original: Any) -> Any:
    async def execute(cls: Any, **options: Any) -> Any:
        if door() is not None:
            raise UnguardedTool(
                f"{kind}Tool runs on this machine in a form that no rule can judge, so it does not pass the tool door: "
                f"give the agent a @function_tool for what it has to do"
            )
        return await original(cls, **options)

    return execute


def _customising(door: DoorGetter, original: Any) -> Any:
    async def execute(cls: Any, *, call: Any, **options: Any) -> Any:
        active = door()
        if active is None:
            return await original(cls, call=call, **options)
        result = await original(cls, call=replace(call, custom_tool=_gated(active, call.custom_tool)), **options)
        stopped = stop_of(active)
        if stopped is not None:  # the action makes a text of every error of its tool
            raise stopped
        return result

    return execute


def _gated(door: ToolDoor, tool: Any) -> Any:
    invoke = tool.on_invoke_tool

    async def on_invoke_tool(context: Any, text: str) -> Any:
        async def run(**given: Any) -> Any:
            result = invoke(context, given.get("input", text))
            return readable(await result if hasattr(result, "__await__") else result)

        door.learn([spec_of(tool.name, None, tool.description, CUSTOM_SCHEMA)])
        return await athrough(door, tool.name, {"input": text}, run)

    gated = copy.copy(tool)
    gated.on_invoke_tool = on_invoke_tool
    return gated
