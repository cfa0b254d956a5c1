"""Where Pydantic AI executes tools: its tool manager, for runs, streams and realtime sessions alike."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Undo
from pytest_agentsafety.adapters.frameworks.patching import replaced, together
from pytest_agentsafety.adapters.frameworks.pydantic_ai.outputs import executing_output, plain_outputs
from pytest_agentsafety.adapters.frameworks.shown import readable, spec_of
from pytest_agentsafety.adapters.passing import athrough
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ToolDoor

PACKAGE = "pydantic-ai-slim"


def patch_calls(module: ModuleType, door: DoorGetter) -> Undo:
    """Gate the two places of `pydantic_ai.tool_manager` where functions are run for the model."""
    manager = module.ToolManager
    return together(
        [
            replaced(manager, "execute_tool_call", partial(_executing, door), package=PACKAGE),
            replaced(manager, "execute_output_tool_call", partial(executing_output, door), package=PACKAGE),
            replaced(manager, "for_run_step", partial(_stepping, door), package=PACKAGE),
        ]
    )


def _executing(door: DoorGetter, original: Any) -> Any:
    async def execute_tool_call(self: Any, validated: Any, **options: Any) -> Any:
        active = door()
        if active is None:
            return await original(self, validated, **options)
        return await _Call(original, self, validated, options).passed(active)

    return execute_tool_call


def _stepping(door: DoorGetter, original: Any) -> Any:
    async def for_run_step(self: Any, ctx: Any) -> Any:
        manager = await original(self, ctx)
        active = door()
        if active is not None:
            active.answers_by(plain_outputs(manager.tools or {}))
        return manager

    return for_run_step


class _Call:
    """One call. Also one whose arguments are not valid, or whose tool is unknown: it passes, and then fails inside."""

    def __init__(self, original: Any, manager: Any, validated: Any, options: dict[str, Any]) -> None:
        self._original, self._manager, self._validated, self._options = original, manager, validated, options
        self._arguments: dict[str, Any] = validated.call.args_as_dict()
        self._error: Exception | None = None
        self._result: Any = None
        self._shown: Any = self  # what the door was given as the result; nothing is, so far

    async def passed(self, door: ToolDoor) -> Any:
        if self._validated.tool is not None:
            door.learn([_spec(self._validated.tool)])
        try:
            shown = await athrough(door, self._validated.call.tool_name, self._arguments, self._run)
        except StopRun:
            raise
        except Exception as error:
            if self._error is None or error is self._error:
                raise
            raise _reworded(self._error, error) from None
        return self._result if shown is self._shown else shown

    async def _run(self, **given: Any) -> Any:
        validated = self._validated
        if given != self._arguments:  # changed by whoever approved it
            validated = await self._manager.validate_tool_call(
                replace(validated.call, args=given),
                approved=validated.ctx.tool_call_approved,
                metadata=validated.ctx.tool_call_metadata,
                **self._options,
            )
        try:
            self._result = await self._original(self._manager, validated, **self._options)
        except Exception as error:
            self._error = error
            raise
        self._shown = _readable(self._result)
        return self._shown


def _readable(result: Any) -> Any:
    """What a `ToolReturn` brings, with what it sends to the model beside the result."""
    bare = hasattr(result, "return_value") and not getattr(result, "content", None)
    return readable(result.return_value if bare else result)


def _reworded(error: Exception, changed: Exception) -> Exception:
    """The framework's own error with the text that the guards made of it; any other as the door raised it."""
    for field in ("tool_retry", "tool_failed"):
        part = getattr(error, field, None)
        if part is not None:
            text = str(changed).removeprefix(f"{type(error).__name__}: ")
            return type(error)(replace(part, content=text))
    return changed


def _spec(tool: Any) -> ToolSpec:
    while (inner := getattr(tool, "source_tool", None)) is not None:  # of a combined toolset
        tool = inner
    schema = getattr(getattr(tool, "call_func", None), "__self__", None)
    shown = tool.tool_def
    return spec_of(shown.name, getattr(schema, "function", None), shown.description, shown.parameters_json_schema)
