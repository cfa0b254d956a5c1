"""The `anthropic` SDK's `tool_runner`, its tools and toolsets.

Two places are wrapped: the runner's step that runs one tool, whatever class it is of, and `call` of the SDK's own tool
classes, for agents that run their tools themselves. A call that comes through both passes the door once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Framework, Undo
from pytest_agentsafety.adapters.frameworks.reaching import only
from pytest_agentsafety.adapters.frameworks.specs import Specs
from pytest_agentsafety.adapters.frameworks.swapping import all_of, swapped
from pytest_agentsafety.adapters.passing import athrough, is_passing, through
from pytest_agentsafety.adapters.tools import gated
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ToolDoor


class _Stopped(BaseException):
    """Carries a stop through the runner, which turns every Exception of a tool into a result."""

    def __init__(self, stop: StopRun) -> None:
        self.stop = stop


class _Gated:
    """Stands for a tool or toolset while the runner runs it: its `call` passes the door, the rest is its own."""

    def __init__(self, own: Any, call: Callable[..., Any]) -> None:
        self._own, self.call = own, call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


def _stopping(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except StopRun as stop:
            raise _Stopped(stop) from None

    return call


def _astopping(function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any) -> Any:
        try:
            return await function(*args)
        except StopRun as stop:
            raise _Stopped(stop) from None

    return call


# -- tools


def _through(door: ToolDoor, tool: Any, call: Callable[[Any], Any], given: Any) -> Any:
    """Whatever is not a JSON object is no call of a tool: its own `call` says so."""
    if type(given) is not dict or is_passing(tool.name):
        return call(given)
    door.learn([_specs(tool)])
    return through(door, tool.name, dict(given), lambda **arguments: call(arguments))


async def _athrough(door: ToolDoor, tool: Any, call: Callable[[Any], Any], given: Any) -> Any:
    if type(given) is not dict or is_passing(tool.name):
        return await call(given)
    door.learn([_specs(tool)])
    return await athrough(door, tool.name, dict(given), lambda **arguments: call(arguments))


def _calls(door: DoorGetter) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(self: Any, input: object) -> Any:  # noqa: A002 - the SDK's name
            active = door()
            return original(self, input) if active is None else _through(active, self, original.__get__(self), input)

        return call

    return make


def _acalls(door: DoorGetter) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        async def call(self: Any, input: object) -> Any:  # noqa: A002 - the SDK's name
            active = door()
            if active is None:
                return await original(self, input)
            return await _athrough(active, self, original.__get__(self), input)

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
            gated = _Gated(tool, _stopping(functools.partial(_through, active, tool, tool.call)))
            try:
                return original(self, gated, tool_use)
            except _Stopped as stopped:
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
            gated = _Gated(tool, _astopping(functools.partial(_athrough, active, tool, tool.call)))
            try:
                return await original(self, gated, tool_use)
            except _Stopped as stopped:
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
                return original(_Gated(self, _stopping(call)), tool_use)
            except _Stopped as stopped:
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
                return await original(_Gated(self, _astopping(call)), tool_use)
            except _Stopped as stopped:
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
