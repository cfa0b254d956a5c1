"""Connections that pass neither door: another HTTP stack than the patched ones, a socket of the agent's own.

What goes over them is not seen, and may be a model that was asked past the model door. That there was one is seen: a
Python socket that connects while a task is active, and not on behalf of an HTTP client at the model door or of a tool,
is told to the task's door, if it has a method `connected("host:port")`. Not seen are connections that were there before
the task, those of other processes, and those of C extensions with sockets of their own.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import Any, TypeVar

from pytest_agentsafety.llm.active import current

_MARK = "_agentsafety_original"
_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_Function = TypeVar("_Function", bound=Callable[..., Any])

# What runs below one of these functions was let through a door. Looking up the stack when something connects, which is
# rare, costs nothing at the doors, where every call would have to say so.
_doors: set[CodeType] = set()
# The same for coroutines, whose tasks have stacks of their own, and for threads.
_inside: ContextVar[bool] = ContextVar("agentsafety_inside", default=False)


def lets_through(function: _Function) -> _Function:
    """Mark a function: what connects below it in the same thread has passed a door."""
    _doors.add(function.__code__)
    return function


@contextmanager
def inside(really: bool = True) -> Iterator[None]:
    """What connects in this context, its tasks and threads has passed a door (or has not)."""
    token = _inside.set(really)
    try:
        yield
    finally:
        _inside.reset(token)


def is_inside() -> bool:
    """Did what is running here pass a door?"""
    if _inside.get():
        return True
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code in _doors:
            return True
        frame = frame.f_back
    return False


def watch(on: bool) -> None:
    """Switch it on or off; both may be repeated."""
    for name in ("connect", "connect_ex"):
        found = getattr(socket.socket, name)
        original = getattr(found, _MARK, None)
        if on and original is None:
            replacement = _connecting(found)
            setattr(replacement, _MARK, found)
            setattr(socket.socket, name, replacement)
        elif not on and original is not None:
            delattr(socket.socket, name)  # it was inherited
            if getattr(socket.socket, name) != original:  # unless somebody else had replaced it before
                setattr(socket.socket, name, original)


def _connecting(original: Callable[..., Any]) -> Callable[..., Any]:
    def connect(self: socket.socket, address: Any, /) -> Any:
        tell: Callable[[str], None] | None = getattr(current(), "connected", None)
        if tell is not None and self.family in _FAMILIES and self.type == socket.SOCK_STREAM and not is_inside():
            with inside():  # who is told may have a connection of their own
                tell(_shown(address))
        return original(self, address)

    return connect


def _shown(address: Any) -> str:
    try:
        host, port = address[:2]
    except (TypeError, ValueError):
        return "an unknown address"
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
