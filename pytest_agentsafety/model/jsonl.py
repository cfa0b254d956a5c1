"""JSON Lines, read and written the same way everywhere."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError


def dump_line(value: Any) -> bytes:
    """One record as UTF-8 with its newline. Lone surrogates are written as escapes, NaN is refused."""
    try:
        return _dumps(value, ascii_only=False).encode() + b"\n"
    except UnicodeEncodeError:
        return _dumps(value, ascii_only=True).encode() + b"\n"


def _dumps(value: Any, *, ascii_only: bool) -> str:
    return json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"), allow_nan=False, default=str)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a file. A torn last line is left out with a warning; any other bad line is an error.

    Raises AgentSafetyError naming file and line.
    """
    with path.open("rb") as stream:
        number = 0
        for raw in stream:
            number += 1
            if not raw.strip():
                continue
            try:
                record = json.loads(raw)
            except ValueError as exc:
                if not raw.endswith(b"\n"):
                    warnings.warn(f"{path}:{number}: torn last line left out (the run was cut off here)", stacklevel=2)
                    return
                raise AgentSafetyError(f"{path}:{number}: not JSON: {exc}") from None
            if not isinstance(record, dict):
                raise AgentSafetyError(f"{path}:{number}: a record must be an object, found {type(record).__name__}")
            yield record
