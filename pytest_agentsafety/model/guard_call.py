"""Whose model request this is: what a guard asks is the guard's, not the agent's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_asking: ContextVar[str] = ContextVar("agentsafety_guard_asking", default="")


def guard_asking() -> str:
    """The guard that a request made here and now belongs to, "" for the agent itself."""
    return _asking.get()


@contextmanager
def asking(guard: str) -> Iterator[None]:
    """Requests inside the block are the guard's: recorded as such, paid from the same budget, not guarded again."""
    token = _asking.set(guard)
    try:
        yield
    finally:
        _asking.reset(token)
