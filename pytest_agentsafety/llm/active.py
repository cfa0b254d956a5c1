"""Which model door is in charge: a ContextVar for attribution, a process-global stack as the fall-back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock

from pytest_agentsafety.protocols import ModelDoor

_context: ContextVar[ModelDoor | None] = ContextVar("agentsafety_model_door", default=None)
_stack: list[tuple[object, ModelDoor]] = []
_lock = Lock()


def current() -> ModelDoor | None:
    """The door a request made here and now has to pass, None when there is none.

    A thread or task that inherited a context keeps the door of that context, even after its case is over (the door is
    closed then and refuses); so does a thread that was started under a door (`llm.threads`). Any other passes the door
    activated last.
    """
    door = _context.get()
    if door is not None:
        return door
    try:
        return _stack[-1][1]
    except IndexError:
        return None


def take_over(door: ModelDoor | None) -> Callable[[], None]:
    """Let the calling thread's own context belong to `door`; returns what undoes it."""
    token = _context.set(door)
    return lambda: _context.reset(token)


@contextmanager
def activate(door: ModelDoor) -> Iterator[ModelDoor]:
    """Put `door` in charge. Activations may nest, and overlap in several threads."""
    ticket = object()
    with _lock:
        _stack.append((ticket, door))
    token = _context.set(door)
    try:
        yield door
    finally:
        # A fixture may be torn down in another context than it was set up in; nothing of ours is set there.
        with suppress(ValueError):
            _context.reset(token)
        with _lock:
            _stack[:] = [entry for entry in _stack if entry[0] is not ticket]
