"""One call of a tool of the `anthropic` SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from pytest_agentsafety.adapters.passing import athrough, through
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ToolDoor

# The tool whose call has passed the door and is about to run, in this context: by the object, since an agent that is
# a tool may have tools of the same name.
_passed: ContextVar[Any] = ContextVar("agentsafety_anthropic_passed", default=None)


def passed(tool: Any) -> Callable[[Any], Any]:
    """The tool's `call`, for a call of it that has passed the door."""

    def call(given: Any) -> Any:
        token = _passed.set(tool)
        try:
            return tool.call(given)
        finally:
            _passed.reset(token)

    return call


def async_passed(tool: Any) -> Callable[[Any], Any]:
    """The same for a `call` that is a coroutine function."""

    async def call(given: Any) -> Any:
        token = _passed.set(tool)
        try:
            return await tool.call(given)
        finally:
            _passed.reset(token)

    return call


def has_passed(tool: Any) -> bool:
    """Is this the inner call of one that has passed the door? True once: what the tool calls in turn has not."""
    if _passed.get() is not tool:
        return False
    _passed.set(None)
    return True


def one_call(door: ToolDoor, spec: ToolSpec, call: Callable[[Any], Any], given: Any) -> Any:
    """`call(given)` through the door."""
    arguments, back = _arguments(given)

    def run(**changed: Any) -> Any:
        return call(back(changed))

    door.learn([spec])
    return through(door, spec.name, arguments, run)


async def one_async_call(door: ToolDoor, spec: ToolSpec, call: Callable[[Any], Any], given: Any) -> Any:
    """The same for a `call` that is a coroutine function."""
    arguments, back = _arguments(given)

    async def run(**changed: Any) -> Any:
        return await call(back(changed))

    door.learn([spec])
    return await athrough(door, spec.name, arguments, run)


def _arguments(given: Any) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]:
    """Arguments for the door, and what makes the tool's input of them again. What is no JSON object is for the tool to
    refuse."""
    if isinstance(given, Mapping):
        return dict(given), lambda changed: changed
    return {"input": given}, lambda changed: changed.get("input")


class Stopped(BaseException):
    """Carries a stop through the runner, which turns every Exception of a tool into a result."""

    def __init__(self, stop: StopRun) -> None:
        self.stop = stop


class Gated:
    """Stands for a tool or toolset while the runner runs it: its `call` passes the door, the rest is its own."""

    def __init__(self, own: Any, call: Callable[..., Any]) -> None:
        self._own, self.call = own, call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


def stopping(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, but a StopRun leaves it as Stopped."""

    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except StopRun as stop:
            raise Stopped(stop) from None

    return call


def async_stopping(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a coroutine function."""

    async def call(*args: Any) -> Any:
        try:
            return await function(*args)
        except StopRun as stop:
            raise Stopped(stop) from None

    return call
