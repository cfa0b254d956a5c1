"""A tool that is behind the door twice (wrapped by hand, then called by a framework) passes it once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from pytest_agentsafety.protocols import ToolDoor

# The tool that a framework's call has just been let through for, in this context.
_passing: ContextVar[str] = ContextVar("agentsafety_passing", default="")


def is_passing(name: str) -> bool:
    """Is this the inner call of a tool that has passed the door already?"""
    return _passing.get() == name


def through(door: ToolDoor, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
    """One call of a framework's tool through the door. What comes back may be a denial's text instead of a result."""

    def inner(**given: Any) -> Any:
        token = _passing.set(name)
        try:
            return run(**given)
        finally:
            _passing.reset(token)

    return door.call(name, arguments, inner)


async def athrough(door: ToolDoor, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
    """The same for a tool whose `run` gives an awaitable."""

    async def inner(**given: Any) -> Any:
        token = _passing.set(name)
        try:
            return await run(**given)
        finally:
            _passing.reset(token)

    return await door.acall(name, arguments, inner)
