"""Calls that Pydantic AI answers without running anything: their results are no results of tools."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Undo
from pytest_agentsafety.adapters.frameworks.patching import replaced, together
from pytest_agentsafety.adapters.frameworks.pydantic_ai.outputs import has_passed

# What an application says of a deferred call instead of running it. Any other value it gives is a result of its own
# making: unless a tool behind the door made it, it is UNGATED.
_UNEXECUTED = frozenset({"ToolDenied", "ToolFailed", "ModelRetry", "RetryPromptPart"})


def patch_answers(module: ModuleType, door: DoorGetter) -> Undo:
    """Tell the door of output tools, of calls skipped after the final result, and of deferred calls refused."""
    owner = module._ToolCallProcessor
    makers = {
        "_record_output_part": _recording,
        "_skip_function_call": _skipping,
        "_call_tool": _calling,
        "_validate_approved_call": _approving,
    }
    return together(
        [replaced(owner, name, partial(make, door), package="pydantic-ai-slim") for name, make in makers.items()]
    )


def _tell(door: DoorGetter, call: Any) -> None:
    active = door()
    if active is not None:
        active.answered(call.tool_name, call.args_as_dict())


def _recording(door: DoorGetter, original: Any) -> Any:
    def _record_output_part(self: Any, call: Any, part: Any, **options: Any) -> Any:
        if not has_passed(self.tool_manager, call):
            _tell(door, call)
        return original(self, call, part, **options)

    return _record_output_part


def _skipping(door: DoorGetter, original: Any) -> Any:
    def _skip_function_call(self: Any, call: Any) -> Any:
        _tell(door, call)
        return original(self, call)

    return _skip_function_call


def _calling(door: DoorGetter, original: Any) -> Any:
    async def _call_tool(self: Any, tool_call: Any, *, tool_call_result: Any) -> Any:
        if type(tool_call_result).__name__ in _UNEXECUTED:
            _tell(door, getattr(tool_call, "call", tool_call))
        return await original(self, tool_call, tool_call_result=tool_call_result)

    return _call_tool


def _approving(door: DoorGetter, original: Any) -> Any:
    async def _validate_approved_call(self: Any, call: Any, *, approved: Any, metadata: Any) -> Any:
        if approved.override_args is not None:  # what the model asked for is not run; what is, passes the door
            _tell(door, call)
        return await original(self, call, approved=approved, metadata=metadata)

    return _validate_approved_call
