"""Handoffs and unknown tools: what the SDK answers when it resolves a turn of the model's."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Undo
from pytest_agentsafety.adapters.frameworks.openai_agents.answers import (
    PACKAGE,
    arguments_of,
    patch_rejections,
    tell,
)
from pytest_agentsafety.adapters.frameworks.openai_agents.calls import RAW, written
from pytest_agentsafety.adapters.frameworks.patching import replaced, together
from pytest_agentsafety.adapters.frameworks.shown import spec_of
from pytest_agentsafety.adapters.passing import athrough
from pytest_agentsafety.protocols import ToolDoor


def patch_turns(module: ModuleType, door: DoorGetter) -> Undo:
    """`agents.run_internal.turn_resolution`."""
    return together(
        [
            replaced(module, "execute_handoffs", partial(_handing_off, door), package=PACKAGE),
            replaced(module, "_build_tool_not_found_output_items", partial(_not_finding, door), package=PACKAGE),
            patch_rejections(module, door),
        ]
    )


def patch_loop(module: ModuleType, door: DoorGetter) -> Undo:
    """`agents.run_internal.run_loop`: which handoffs an agent has for its next turn."""
    return replaced(module, "get_handoffs", partial(_naming, door), package=PACKAGE)


def _naming(door: DoorGetter, original: Any) -> Any:
    async def get_handoffs(*args: Any, **options: Any) -> Any:
        handoffs = await original(*args, **options)
        active = door()
        if active is not None:
            active.hands_over(one.tool_name for one in handoffs if not runs_code(one))
        return handoffs

    return get_handoffs


def _not_finding(door: DoorGetter, original: Any) -> Any:
    async def _build_tool_not_found_output_items(*, calls: Any, **options: Any) -> Any:
        for call in calls:
            tell(door, call.tool_call)
        return await original(calls=calls, **options)

    return _build_tool_not_found_output_items


def _handing_off(door: DoorGetter, original: Any) -> Any:
    async def execute_handoffs(**options: Any) -> Any:
        active = door()
        if active is None:
            return await original(**options)
        first, *others = options["run_handoffs"]
        for other in others:
            tell(door, other.tool_call)
        if runs_code(first.handoff):
            handoff = _gated(active, first.handoff, options["public_agent"])
            options["run_handoffs"] = [replace(first, handoff=handoff), *others]
        else:
            tell(door, first.tool_call)
        return await original(**options)

    return execute_handoffs


def runs_code(handoff: Any) -> bool:
    """Has it an `on_handoff` of the user's? One that was not made by `handoff()` counts as such."""
    made = (getattr(handoff.on_invoke_handoff, "args", None) or (None,))[0]
    names = getattr(getattr(made, "__code__", None), "co_freevars", ())
    if "on_handoff" not in names:
        return True
    return made.__closure__[names.index("on_handoff")].cell_contents is not None  # type: ignore[union-attr]


def _gated(door: ToolDoor, handoff: Any, agent: Any) -> Any:
    """The same handoff through the door. Denied, the run stays with `agent`, which is told why."""
    gated = copy.copy(handoff)

    async def on_invoke_handoff(context: Any, text: str) -> Any:
        arguments = arguments_of(text)
        target: Any = None
        message: Any = None

        async def run(**given: Any) -> Any:
            nonlocal target, message
            target = await handoff.on_invoke_handoff(context, written(arguments, given, text))
            message = handoff.get_transfer_message(target)
            return message

        door.learn([spec_of(handoff.tool_name, None, handoff.tool_description, handoff.input_json_schema)])
        if isinstance(arguments, str):
            door.answered(handoff.tool_name, arguments)
        given = {RAW: arguments} if isinstance(arguments, str) else arguments
        answer = await athrough(door, handoff.tool_name, given, run)
        if getattr(answer, "decision", None) is not None:
            gated.input_filter, gated.nest_handoff_history = None, False
            target = agent
        elif target is None:  # something stood in for the user's code
            target = handoff._agent_ref() if handoff._agent_ref is not None else agent
            answer = message = handoff.get_transfer_message(target)
        gated.get_transfer_message = lambda _: message if answer is message else str(answer)
        return target

    gated.on_invoke_handoff = on_invoke_handoff
    return gated
