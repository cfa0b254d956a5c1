"""A tool that is behind the door twice (wrapped by hand, then called by a framework) passes it once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pytest_agentsafety.protocols import ToolDoor

# The call that a framework's tool has just been let through for, in this context: name and arguments.
_passing: ContextVar[tuple[str, Mapping[str, Any]]] = ContextVar("agentsafety_passing", default=("", {}))
_JOINT = re.compile(r"[^0-9A-Za-z]+")

# The id of the model's call that a framework is answering, in this context.
_answering: ContextVar[str | None] = ContextVar("agentsafety_answering", default=None)


@contextmanager
def answering(call_id: str | None) -> Iterator[None]:
    """What passes the door in here answers this call of the model, also where its arguments were changed on the way:
    by middleware, or by a framework that puts its own values in the place of what the model made up."""
    token = _answering.set(call_id)
    try:
        yield
    finally:
        _answering.reset(token)


def answered_call() -> str | None:
    """The id of the model's call that is being answered here, None where nobody says so."""
    return _answering.get()


def is_passing(name: str, arguments: Mapping[str, Any]) -> bool:
    """Is this the inner call of a tool that has passed the door already, with these very arguments?"""
    passed, given = _passing.get()
    return passed == name and given == arguments


def is_passing_remote(name: str, arguments: Mapping[str, Any]) -> bool:
    """The same for a tool of a server, which the framework may show under a prefix: `read` as `mail_read`.

    The arguments have to be those that passed: what they were changed to since is looked at anew.
    """
    passed, given = _passing.get()
    if not passed or given != arguments:
        return False
    shown, own = _JOINT.sub("_", passed), _JOINT.sub("_", name)
    return shown == own or shown.endswith(f"_{own}")


@contextmanager
def _inside(name: str, given: Mapping[str, Any]) -> Iterator[None]:
    """Where the tool itself runs: what it calls in turn answers no call of the model."""
    token = _passing.set((name, given))
    try:
        with answering(None):
            yield
    finally:
        _passing.reset(token)


def through(door: ToolDoor, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
    """One call of a framework's tool through the door. What comes back may be a denial's text instead of a result."""

    def inner(**given: Any) -> Any:
        with _inside(name, given):
            return run(**given)

    return door.call(name, arguments, inner)


async def athrough(door: ToolDoor, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
    """The same for a tool whose `run` gives an awaitable."""

    async def inner(**given: Any) -> Any:
        with _inside(name, given):
            return await run(**given)

    return await door.acall(name, arguments, inner)
