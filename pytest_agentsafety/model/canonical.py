"""One canonical JSON for hashes and comparisons."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any


def canonical_json(value: Any) -> str:
    """Sorted keys, no spaces, non-ASCII kept. Values JSON cannot hold are written as their `str`."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def digest(value: Any) -> str:
    """Hex sha256 of the canonical JSON of `value`."""
    return sha256(canonical_json(value).encode("utf-8", "surrogatepass")).hexdigest()
