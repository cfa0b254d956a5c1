"""Connections of an async client belong to the event loop they were made in.

An agent that keeps one client is run again for each case, each time in a loop of its own: an idle connection of the
loop before, which is closed, would fail the first request of the next case. So connections are closed as their loop
ends, and those of a loop that was just left are dropped.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

_homes: weakref.WeakKeyDictionary[Any, weakref.ref[asyncio.AbstractEventLoop]] = weakref.WeakKeyDictionary()
_keepers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, list[Any]] = weakref.WeakKeyDictionary()


async def settle(client: Any) -> None:
    """Call before `client` sends something in the running loop."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # not asyncio
        return
    home = _homes.get(client)
    before = None if home is None else home()
    if before is loop:
        return
    if home is not None and (before is None or not before.is_running()):
        await _drop(client)
    _homes[client] = weakref.ref(loop)
    keeper = _until_the_loop_ends(weakref.ref(client))
    await keeper.asend(None)
    _keepers.setdefault(loop, []).append(keeper)


async def _until_the_loop_ends(client: weakref.ref[Any]) -> AsyncGenerator[None, None]:
    """Whoever ends a loop well (`asyncio.run` does) closes the generators that were begun in it."""
    try:
        yield
    finally:
        alive = client()
        if alive is not None:
            await _drop(alive)


async def _drop(client: Any) -> None:
    """Close the client's connections; the client stays as good as new."""
    transports = [getattr(client, "_transport", None), *(getattr(client, "_mounts", None) or {}).values()]
    for transport in transports:
        if transport is not None:
            with suppress(Exception):  # the loop that they belong to is gone
                await transport.aclose()
