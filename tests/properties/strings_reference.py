"""The strings of a call's arguments, read step by step: what `Strings` has to find, too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_agentsafety.guards.action_readings import (
    _ARGUMENTS,
    _MAX_JSON,
    _PROGRAM,
    _SCALARS,
    MAX_DEPTH,
    MAX_STRINGS,
    plain_name,
)


def strings(value: Any) -> Iterator[tuple[str, str]]:
    """All strings with their paths, read as far as somebody goes through them."""
    pending: list[tuple[str, Any, int]] = [("", value, 0)]
    count = 0
    while pending:
        path, item, depth = pending.pop()
        count += 1
        if count > MAX_STRINGS or depth > MAX_DEPTH:
            raise ValueError(f"arguments hold more than {MAX_STRINGS} values or {MAX_DEPTH} levels")
        if isinstance(item, str):
            yield path, item
            inner = _json_in(item)
            if inner is not None:
                pending.append((path, inner, depth + 1))
        elif type(item) not in _SCALARS:
            yield from _joined(path, item)
            pending.extend(reversed([(p, v, depth + 1) for p, v in _children(path, item)]))


def _json_in(text: str) -> Any:
    """The object or list that a string holds, None when it holds none."""
    stripped = text.strip()
    if len(stripped) > _MAX_JSON or stripped[:1] + stripped[-1:] not in ("{}", "[]"):
        return None
    try:
        return json.loads(stripped)
    except (ValueError, RecursionError):
        return None


def _joined(path: str, item: Any) -> Iterator[tuple[str, str]]:
    if isinstance(item, list | tuple) and item and all(isinstance(part, str | int | float) for part in item):
        yield path, " ".join(map(str, item))
    elif isinstance(item, Mapping):
        yield from _command_line(path, item)


def _command_line(path: str, item: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """`{"command": "rm", "args": ["-rf", "/"]}` is one line."""
    programs = [(key, value) for key, value in item.items() if plain_name(key) in _PROGRAM and isinstance(value, str)]
    for key, program in programs:
        for other, given in item.items():
            if plain_name(other) in _ARGUMENTS and isinstance(given, str | list | tuple):
                rest = given if isinstance(given, str) else " ".join(map(str, given))
                yield (f"{path}.{key}" if path else str(key)), f"{program} {rest}"


def _children(path: str, item: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(item, Mapping):
        yield from ((f"{path}.{key}" if path else str(key), child) for key, child in item.items())
    elif isinstance(item, list | tuple):
        yield from ((f"{path}.{i}" if path else str(i), child) for i, child in enumerate(item))
