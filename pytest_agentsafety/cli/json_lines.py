"""JSON lines from standard input, one value each; what is wrong with a line is said in words."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class LineError(ValueError):
    """A line that is not what was asked for; the message says why."""


def parse(line: bytes) -> Any:
    """Raises LineError."""
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8: byte 0x{line[error.start]:02x} at {error.start}") from None
    except RecursionError:
        raise LineError("not JSON: nested too deeply") from None
    except ValueError as error:
        raise LineError(f"not JSON: {error}") from None


def fields(line: bytes, shape: str, **wanted: type) -> dict[str, Any]:
    """The object of a line, which has all the `wanted` fields with their types. Raises LineError."""
    value = parse(line)
    if not isinstance(value, dict):
        raise LineError(f"found a JSON {kind(value)}, {shape}")
    for key, of_type in wanted.items():
        if key not in value:
            raise LineError(f"has no {key!r}, {shape}")
        if not isinstance(value[key], of_type):
            raise LineError(f"{key!r} is a JSON {kind(value[key])}, {shape}")
    return value


def kind(value: object) -> str:
    """The JSON name of a value's type."""
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(value), "number")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")
