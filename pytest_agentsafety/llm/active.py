"""Which model door is in charge: a ContextVar for attribution, a process-global stack as the fall-back.

The fall-back is for threads without a context, and works while there is one task only. Where several are active nobody
can say whose a request is: it is refused, and given to none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock
from typing import Any, NoReturn

from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ModelRequest, ToolSpec
from pytest_agentsafety.protocols import ModelDoor, ModelPass

_context: ContextVar[ModelDoor | None] = ContextVar("agentsafety_model_door", default=None)
_stack: list[tuple[object, ModelDoor]] = []
_lock = Lock()
_crowds = 0


class Unattributed:
    """The door of whoever belongs to no task while several are active: nothing passes."""

    def admit(self, request: ModelRequest) -> ModelPass:
        raise StopRun(_refusal(f"a model request to {request.path}"))

    def call(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> NoReturn:
        raise StopRun(_refusal(f"a call of the tool {name!r}"))

    async def acall(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> NoReturn:
        self.call(name, arguments, run)

    def learn(self, specs: Sequence[ToolSpec]) -> None:
        """What nobody asks for is not learned."""


def _refusal(what: str) -> str:
    return (
        f"{what} came from a thread that belongs to no task while several are active, so it was refused: nobody can "
        "say whose it is. Start the thread with threading.Thread or a ThreadPoolExecutor inside the task, or run one "
        "case at a time (--jobs=1)"
    )


UNATTRIBUTED = Unattributed()


def current() -> ModelDoor | None:
    """The door a request made here and now has to pass, None when there is none.

    A thread or task that inherited a context keeps the door of that context, even after its case is over (the door is
    closed then and refuses); so does a thread that was started under a door (`llm.threads`). Any other passes the door
    of the task that is active; where several may be, its requests are refused.
    """
    door = _context.get()
    if door is not None or not (_stack or _crowds):
        return door
    return alone() or UNATTRIBUTED


def alone() -> ModelDoor | None:
    """The door of the one task that is active; None where there is none, or several, or more may come at any time."""
    if _crowds:
        return None
    doors = [door for _, door in _stack]
    return doors[-1] if doors and all(door is doors[-1] for door in doors) else None


def attributed() -> ModelDoor | None:
    """As `current`; None where nobody can say."""
    return _context.get() or alone()


@contextmanager
def crowd() -> Iterator[None]:
    """Several tasks run in this block, even while only one of them does: there is no fall-back."""
    global _crowds
    with _lock:
        _crowds += 1
    try:
        yield
    finally:
        with _lock:
            _crowds -= 1


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
