"""The only place of this room that waits, with one switch that takes the waiting out."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_recorders: list[list[float]] = []
_lock = Lock()


def _skipped(seconds: float) -> bool:
    with _lock:
        for waits in _recorders:
            waits.append(seconds)
        return bool(_recorders)


def sleep(seconds: float) -> None:
    """Wait `seconds`, or note it and return at once under `instant()`."""
    if not _skipped(seconds):
        time.sleep(seconds)


async def asleep(seconds: float) -> None:
    """As `sleep`, in whatever event loop runs (anyio is there wherever an HTTP client of ours is)."""
    if _skipped(seconds):
        return
    anyio = sys.modules.get("anyio")
    await (anyio or asyncio).sleep(seconds)


@contextmanager
def instant() -> Iterator[list[float]]:
    """No waiting in the whole process (tests, replay). Yields the list of waits in seconds, as they are asked for."""
    waits: list[float] = []
    with _lock:
        _recorders.append(waits)
    try:
        yield waits
    finally:
        with _lock:
            _recorders[:] = [other for other in _recorders if other is not waits]
