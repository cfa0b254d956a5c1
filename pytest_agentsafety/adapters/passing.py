"""A tool that is behind the door twice (wrapped by hand, then called by a framework) passes it once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from pytest_agentsafety.protocols import ToolDoor

# The call that a framework's tool has just been let through for, in this context: name and arguments.
_passing: ContextVar[tuple[str, Mapping[str, Any]]] = ContextVar("agentsafety_passing", default=("", {}))
_JOINT = re.compile(r"[^0-9A-Za-z]+")


def is_passing(name: str) -> bool:
    """Is this the inner call of a tool that has passed the door already?"""
    return _passing.get()[0] == name


def is_passing_remote(name: str, arguments: Mapping[str, Any]) -> bool:
    """The same for a tool of a server, which the framework may show under a prefix: `read` as `mail_read`.

    The arguments have to be those that passed: what they were changed to since is looked at anew.
    """
    passed, given = _passing.get()
    if not passed or given != arguments:
        return False
    shown, own = _JOINT.sub("_", passed), _JOINT.sub("_", name)
    return shown == own or shown.endswith(f"_{own}")


def through(door: ToolDoor, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
    """One call of a framework's tool through the door. What comes back may be a denial's text instead of a result."""

    def inner(**given: Any) -> Any:
        token = _passing.set((name, given))
        try:
            return run(**given)
        finally:
            _passing.reset(token)

    return door.call(name, arguments, inner)


async def athrough(door: ToolDoor, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
    """The same for a tool whose `run` gives an awaitable."""

    async def inner(**given: Any) -> Any:
        token = _passing.set((name, given))
        try:
            return await run(**given)
        finally:
            _passing.reset(token)

    return await door.acall(name, arguments, inner)
