"""The `anthropic` SDK's `tool_runner`, its tools and toolsets.

Two places are wrapped: the runner's step that runs one tool, whatever class it is of, and `call` of the SDK's own tool
classes, for agents that run their tools themselves. A call that comes through both passes the door once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.anthropic_call import (
    Gated,
    Stopped,
    async_passed,
    async_stopping,
    has_passed,
    one_async_call,
    one_call,
    passed,
    stopping,
)
from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Framework, Undo
from pytest_agentsafety.adapters.frameworks.reaching import only
from pytest_agentsafety.adapters.frameworks.specs import Specs
from pytest_agentsafety.adapters.frameworks.swapping import all_of, swapped
from pytest_agentsafety.adapters.passing import athrough, through
from pytest_agentsafety.adapters.tools import gated
from pytest_agentsafety.model.messages import ToolSpec


def _calls(door: DoorGetter) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(self: Any, input: object) -> Any:  # noqa: A002 - the SDK's name
            active = door()
            if active is None or has_passed(self):
                return original(self, input)
            return one_call(active, _specs(self), original.__get__(self), input)

        return call

    return make


def _acalls(door: DoorGetter) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        async def call(self: Any, input: object) -> Any:  # noqa: A002 - the SDK's name
            active = door()
            if active is None or has_passed(self):
                return await original(self, input)
            return await one_async_call(active, _specs(self), original.__get__(self), input)

        return call

    return make


def _functions(door: DoorGetter) -> Callable[[Any], Any]:
    """`tool(...)` is the SDK's property that gives the user's function."""

    def make(original: Any) -> Any:
        def function(self: Any) -> Any:
            active = door()
            if active is None:
                return original.fget(self)
            spec = _specs(self)
            active.learn([spec])
            return gated(spec, lambda: active)

        return property(function, doc=original.__doc__)

    return make


def _patch_tools(module: ModuleType, door: DoorGetter) -> Undo:
    return all_of(
        swapped(module, "BetaFunctionTool.call", _calls(door)),
        swapped(module, "BetaAsyncFunctionTool.call", _acalls(door)),
        swapped(module, "BaseFunctionTool.__call__", _functions(door)),
    )


def _patch_memory(module: ModuleType, door: DoorGetter) -> Undo:
    return all_of(
        swapped(module, "BetaAbstractMemoryTool.call", _calls(door)),
        swapped(module, "BetaAsyncAbstractMemoryTool.call", _acalls(door)),
    )


# -- the runner


def _runs(door: DoorGetter) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def run_tool(self: Any, tool: Any, tool_use: Any) -> Any:
            active = door()
            if active is None:
                return original(self, tool, tool_use)
            call = functools.partial(one_call, active, _specs(tool), passed(tool))
            try:
                return original(self, Gated(tool, stopping(call)), tool_use)
            except Stopped as stopped:
                raise stopped.stop from None

        return run_tool

    return make


def _aruns(door: DoorGetter) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        async def run_tool(self: Any, tool: Any, tool_use: Any) -> Any:
            active = door()
            if active is None:
                return await original(self, tool, tool_use)
            call = functools.partial(one_async_call, active, _specs(tool), async_passed(tool))
            try:
                return await original(self, Gated(tool, async_stopping(call)), tool_use)
            except Stopped as stopped:
                raise stopped.stop from None

        return run_tool

    return make


def _patch_runner(module: ModuleType, door: DoorGetter) -> Undo:
    return all_of(
        swapped(module, "BaseSyncToolRunner._run_tool", _runs(door)),
        swapped(module, "BaseAsyncToolRunner._run_tool", _aruns(door)),
    )


# -- toolsets: each call of a member is a call of its own, under the member's name


def _results(door: DoorGetter) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def tool_result(self: Any, tool_use: Any) -> Any:
            active = door()
            if active is None:
                return original(self, tool_use)

            def call(context: Any, name: str, given: Any) -> Any:
                return through(active, name, dict(given), lambda **arguments: self.call(context, name, arguments))

            try:
                return original(Gated(self, stopping(call)), tool_use)
            except Stopped as stopped:
                raise stopped.stop from None

        return tool_result

    return make


def _aresults(door: DoorGetter) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        async def tool_result(self: Any, tool_use: Any) -> Any:
            active = door()
            if active is None:
                return await original(self, tool_use)

            async def call(context: Any, name: str, given: Any) -> Any:
                run = functools.partial(_member, self, context, name)
                return await athrough(active, name, dict(given), run)

            try:
                return await original(Gated(self, async_stopping(call)), tool_use)
            except Stopped as stopped:
                raise stopped.stop from None

        return tool_result

    return make


def _member(toolset: Any, context: Any, member: str, /, **arguments: Any) -> Any:
    return toolset.call(context, member, arguments)


def _patch_toolsets(module: ModuleType, door: DoorGetter) -> Undo:
    return all_of(
        swapped(module, "BetaRunnableToolset.tool_result", _results(door)),
        swapped(module, "BetaAsyncRunnableToolset.tool_result", _aresults(door)),
    )


# -- threads


def _patch_threads(module: ModuleType, door: DoorGetter) -> Undo:
    """A runner keeps its conversation at the provider unless it is told not to (`thread=False`): nobody here sees it,
    and what it costs has no bound. Below a door it is as if it had been told."""

    def make(original: Any) -> Any:
        def for_tool_runner(cls: Any, client: Any, params: Any) -> Any:
            unasked = door() is not None and params.get("thread") is None
            return original.__get__(None, cls)(client, {**params, "thread": False} if unasked else params)

        return classmethod(for_tool_runner)

    return swapped(module, "BaseMessageThread._for_tool_runner", make)


# -- what a tool says of itself


def _spec(tool: Any) -> ToolSpec:
    shown = tool.to_dict()
    schema = shown.get("input_schema")
    return ToolSpec(
        name=tool.name,
        fn=getattr(tool, "func", None) or tool.call,
        description=shown.get("description") or "",
        input_schema=schema if isinstance(schema, dict) else None,
    )


_specs = Specs(_spec)


def _is_tool(value: Any) -> bool:
    return any(
        base.__module__ == "anthropic.lib.tools._beta_functions" and base.__name__ in _TOOL_CLASSES
        for base in type(value).__mro__
    )


_TOOL_CLASSES = frozenset({"BaseFunctionTool", "BetaAsyncBuiltinFunctionTool", "BetaBuiltinFunctionTool"})


def _tools(target: Any) -> Sequence[ToolSpec] | None:
    """Of a tool itself, or of a function that names tools; the runner is made anew by each run."""
    if _is_tool(target):
        return [_specs(target)]
    found = only(_is_tool, target)
    return [_specs(tool) for tool in found] or None


ANTHROPIC_RUNNER = Framework(
    name="anthropic tool_runner",
    patches={
        "anthropic.lib.tools._beta_functions": _patch_tools,
        "anthropic.lib.tools._beta_builtin_memory_tool": _patch_memory,
        "anthropic.lib.tools._beta_runner": _patch_runner,
        "anthropic.lib.tools._toolsets._runnable": _patch_toolsets,
        "anthropic.lib.threads._beta_threads": _patch_threads,
    },
    tools=_tools,
)
