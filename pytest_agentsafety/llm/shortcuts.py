"""Clients of this process that were led to a gateway of this process go straight on: the doors are here.

A harness puts a gateway's address into the environment for agents that start other processes. An agent that stays in
this one finds it there too, and would pass every door twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Host and port of a gateway -> where it would send a request to this URL; None where it would not.
ways: dict[str, Callable[[str], str | None]] = {}


@contextmanager
def shortcut(address: str, way: Callable[[str], str | None]) -> Iterator[None]:
    """Requests to `address` ("host:port") go where `way` says, while the block lasts."""
    ways[address] = way
    try:
        yield
    finally:
        del ways[address]


def straighten(request: Any) -> None:
    """Change the URL of a client library's request that would go to a gateway of ours."""
    if not ways:
        return
    way = ways.get(request.url.netloc.decode("ascii", "replace"))
    url = None if way is None else way(str(request.url))
    if url is not None:
        request.url = type(request.url)(url)
        request.headers["host"] = request.url.netloc.decode("ascii")
