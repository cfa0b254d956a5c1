"""Places where attacker text can stand: `[[vector:NAME]]` in the world's data and in workspace files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_MARK = re.compile(r"\[\[vector:([^\]\n]*)\]\]")
_MARK_BYTES = re.compile(rb"\[\[vector:([^\]\n]*)\]\]")


def marks_in_bytes(data: bytes) -> set[str]:
    """The vector names marked in a file."""
    return {name.decode("utf-8", "replace") for name in _MARK_BYTES.findall(data)}


def marks_in_data(data: Any) -> set[str]:
    """The vector names marked anywhere in plain data."""
    if isinstance(data, str):
        return set(_MARK.findall(data))
    children = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return {name for child in children for name in marks_in_data(child)}


def fill(data: Any, texts: Mapping[str, str]) -> Any:
    """A deep copy of plain data with every mark replaced, in one pass: a mark inside a replacement stays as it is."""
    return _map_text(data, lambda text: _MARK.sub(lambda found: texts[found.group(1)], text))


def fill_bytes(data: bytes, texts: Mapping[str, str]) -> bytes:
    """The same for the bytes of a file."""
    return _MARK_BYTES.sub(lambda found: texts[found.group(1).decode()].encode("utf-8", "surrogatepass"), data)


def _map_text(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {key: _map_text(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_map_text(value, change) for value in data]
    return data
