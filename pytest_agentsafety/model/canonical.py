"""One canonical JSON for hashes and comparisons."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any


def canonical_json(value: Any) -> str:
    """Sorted keys, no spaces, non-ASCII kept. A set is a sorted list; what else JSON cannot hold is its `str`."""
    return _ENCODER.encode(value)


def _plain(value: Any) -> Any:
    # The order of a set's `str` differs from process to process; a hash may not.
    return sorted(value, key=str) if isinstance(value, set | frozenset) else str(value)


# Making an encoder costs as much as encoding a small value.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def call_key(name: str, arguments: Any) -> str:
    """Equal for calls that say the same: 4870.0 is 4870, which is how JSON of another language writes it."""
    return canonical_json([name, _whole(arguments)])


def _whole(value: Any) -> Any:
    """The value with floats that are whole numbers as such."""
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def digest(value: Any) -> str:
    """Hex sha256 of the canonical JSON of `value`."""
    return sha256(canonical_json(value).encode("utf-8", "surrogatepass")).hexdigest()
