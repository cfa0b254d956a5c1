"""The formats that model calls are written in, and how each is told in the Messages API's terms.

The Gate understands one format, that of the Messages API. A dialect says what a request of its own format means in it,
and writes and reads answers. What cannot be said completely is refused: it would pass unseen.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from pytest_agentsafety.llm.dialects.base import Asked, Dialect

__all__ = ["Asked", "Dialect", "dialect_of"]


@cache
def dialect_of(kind: str) -> Dialect:
    """The dialect of a kind of model call ("chat" or "responses"); loaded when the first one is made."""
    made: Dialect = import_module(f"{__name__}.{kind}").DIALECT
    return made
