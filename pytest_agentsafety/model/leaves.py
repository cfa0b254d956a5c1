"""Plain JSON copies of nested values, with every string passed through a function."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

MAX_DEPTH = 40  # a hostile model nests deeper than Python's own recursion can follow
_PLAIN_KEY = 16
_AS_IT_IS = frozenset({int, bool, type(None)})
# The keys of messages: plain ones, to be known at a look.
_OFTEN = frozenset({"role", "content", "type", "text", "id", "input", "name", "tool_use_id", "is_error", "chars"})


def plain(value: Any, change: Callable[[str], str], *, depth: int = 0) -> Any:
    """A copy that JSON can hold: `change` is applied to every string leaf and to keys that could carry data.

    Infinite numbers become text, other objects their `str`. What is nested deeper than MAX_DEPTH becomes one string.
    """
    if isinstance(value, str):
        return change(value if value.__class__ is str else str.__str__(value))
    if value is None or isinstance(value, int):  # a bool is one
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, (dict, list, tuple)) or isinstance(value, Mapping):  # noqa: SIM101 (the cheap test first)
        return _container(value, change, depth)
    if isinstance(value, bytes | bytearray):
        return change(value.decode("utf-8", "replace"))
    return change(str(value))


def _container(value: Any, change: Callable[[str], str], depth: int) -> Any:
    if depth >= MAX_DEPTH:
        return change(_flat(value))
    depth += 1
    if not isinstance(value, Mapping):
        return [change(item) if item.__class__ is str else plain(item, change, depth=depth) for item in value]
    copy: dict[str, Any] = {}
    for key, item in value.items():
        name = key
        if key.__class__ is not str or (key not in _OFTEN and (len(key) > _PLAIN_KEY or not key.isidentifier())):
            name = _key(key, change)
        while name in copy:  # two keys that look the same once masked are still two entries
            name += "'"
        # Most values are texts, some numbers: they need no call of their own.
        kind = item.__class__
        copy[name] = change(item) if kind is str else item if kind in _AS_IT_IS else plain(item, change, depth=depth)
    return copy


def _key(key: Any, change: Callable[[str], str]) -> str:
    name = str(key)
    return name if len(name) <= _PLAIN_KEY and name.isidentifier() else change(name)


def _flat(value: Any) -> str:
    try:
        return json.dumps(value, default=str)
    except (RecursionError, ValueError, TypeError):
        return "[nested too deeply]"
