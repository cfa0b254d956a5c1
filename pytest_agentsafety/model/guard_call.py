"""Whose model request this is: what a guard asks is the guard's, not the agent's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

asked_by: ContextVar[str] = ContextVar("agentsafety_guard_asking", default="")


def guard_asking() -> str:
    """The guard that a request made here and now belongs to, "" for the agent itself."""
    return asked_by.get()


@contextmanager
def asking(guard: str) -> Iterator[None]:
    """Requests inside the block are the guard's: recorded as such, paid from the same budget, not guarded again."""
    token = asked_by.set(guard)
    try:
        yield
    finally:
        asked_by.reset(token)
