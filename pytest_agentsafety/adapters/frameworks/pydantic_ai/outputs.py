"""Output tools: what the model calls to end a run. A plain one runs nothing; an output function is run like a tool."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter
from pytest_agentsafety.adapters.frameworks.shown import readable, spec_of
from pytest_agentsafety.adapters.passing import athrough
from pytest_agentsafety.protocols import ToolDoor

_PASSED = "_agentsafety_passed"
_PARTIAL = "an output function behind the tool door runs once, when its arguments are complete"


def output_function(tool: Any) -> Any:
    """The schema of the user's function behind an output tool; None where its arguments are the output themselves."""
    processor = getattr(tool.toolset, "processors", {}).get(tool.tool_def.name)
    return getattr(processor, "_function_schema", None)


def plain_outputs(tools: Mapping[str, Any]) -> list[str]:
    """The names of output tools that run nothing."""
    return [name for name, tool in tools.items() if tool.tool_def.kind == "output" and output_function(tool) is None]


def has_passed(manager: Any, call: Any) -> bool:
    """Did this call of an output function pass the door?"""
    return call.tool_call_id in vars(manager).get(_PASSED, ())


def executing_output(door: DoorGetter, original: Any) -> Any:
    async def execute_output_tool_call(self: Any, validated: Any, **options: Any) -> Any:
        active = door()
        schema = None if active is None else output_function(validated.tool)
        if active is None or schema is None:
            return await original(self, validated, **options)
        if validated.ctx.partial_output:
            raise _errors().ModelRetry(_PARTIAL)
        return await _passed(active, schema, original, self, validated, options)

    return execute_output_tool_call


async def _passed(
    door: ToolDoor, schema: Any, original: Any, manager: Any, validated: Any, options: dict[str, Any]
) -> Any:
    call = validated.call
    arguments = call.args_as_dict()
    result = shown_as = object()

    async def run(**given: Any) -> Any:
        nonlocal result, shown_as
        checked = validated
        if given != arguments:
            checked = await manager.validate_output_tool_call(replace(call, args=given), **options)
        result = await original(manager, checked, **options)
        shown_as = readable(result)
        return shown_as

    shown = validated.tool.tool_def
    door.learn([spec_of(call.tool_name, schema.function, shown.description, shown.parameters_json_schema)])
    vars(manager).setdefault(_PASSED, set()).add(call.tool_call_id)
    answer = await athrough(door, call.tool_name, arguments, run)
    if getattr(answer, "decision", None) is not None:
        raise _refusal(answer, call, wrap=options.get("wrap_validation_errors", True))
    return result if answer is shown_as else answer


def _refusal(text: str, call: Any, *, wrap: bool) -> Exception:
    """A denial as what the model is told of an output it has to give again."""
    retry = _errors().ModelRetry(str(text))
    if not wrap:
        return retry  # type: ignore[no-any-return]
    output = sys.modules["pydantic_ai._output"]
    part = output.build_retried_tool_return(retry, tool_name=call.tool_name, tool_call_id=call.tool_call_id)
    return _errors().ToolRetryError(part)  # type: ignore[no-any-return]


def _errors() -> Any:
    return sys.modules["pydantic_ai.exceptions"]
