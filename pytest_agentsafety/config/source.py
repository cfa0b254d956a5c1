"""Find the file that holds our table, read it, and know on which line a key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import ConfigError

OWN_FILE = "agentsafety.toml"
SHARED_FILE = "pyproject.toml"
TABLE = "tool.agentsafety"

_HEADER = re.compile(r"^\s*\[\[?\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_WHERE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Our table as it was written. `lines` maps dotted keys, seen from the file's root, to line numbers."""

    path: Path
    table: Mapping[str, Any]
    lines: Mapping[str, int]


def find_source(start: Path) -> Source | None:
    """The nearest file from `start` upwards that has `[tool.agentsafety]`, or None.

    Raises ConfigError when one folder has two, when a file cannot be read, or when our own file lacks the table.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        found = [source for name in (OWN_FILE, SHARED_FILE) if (source := _read(folder / name))]
        if len(found) > 1:
            raise ConfigError(
                f"{folder}: both {OWN_FILE} and {SHARED_FILE} have [{TABLE}]. Keep one of the two tables."
            )
        if found:
            return found[0]
    return None


def _read(path: Path) -> Source | None:
    if not path.is_file():
        return None
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}") from exc
    own = path.name == OWN_FILE
    if not own and b"agentsafety" not in raw:
        return None  # somebody else's file, even if it is malformed: it cannot hold our table
    data = _decode(path, raw)
    table = _our_table(path, data)
    if table is None:
        if own and data:
            raise ConfigError(f"{path}: has no [{TABLE}] table. Put the settings under the heading [{TABLE}].")
        return None
    return Source(path=path, table=table, lines=line_numbers(raw.decode()))


def _decode(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(raw.decode())
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8: byte 0x{raw[exc.start]:02x}. Save the file as UTF-8.") from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(_malformed(path, raw, str(exc))) from exc
    except RecursionError as exc:
        raise ConfigError(f"{path}: malformed TOML: values are nested too deeply") from exc


def _malformed(path: Path, raw: bytes, message: str) -> str:
    """`file:line:column: malformed TOML: ...`; tomllib says where only in its message."""
    where = _WHERE.search(message)
    if where:
        return f"{path}:{where[1]}:{where[2]}: malformed TOML: {message[: where.start()]}"
    line, column = raw.count(b"\n") + 1, len(raw.rpartition(b"\n")[2]) + 1
    return f"{path}:{line}:{column}: malformed TOML: {message}"


def _our_table(path: Path, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    value: Any = data
    for depth, part in enumerate(TABLE.split("."), start=1):
        if not isinstance(value, dict):
            name = ".".join(TABLE.split(".")[: depth - 1])
            raise ConfigError(f"{path}: {name} must be a table, found {value!r}. Write [{TABLE}].")
        if part not in value:
            return None
        value = value[part]
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: {TABLE} must be a table, found {value!r}. Write [{TABLE}].")
    return value


def line_numbers(text: str) -> dict[str, int]:
    """Lines of headers and of keys at the start of a line, by dotted name. A hint for messages, not a parser."""
    lines: dict[str, int] = {}
    table, quote = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quote:
            quote = "" if line.count(quote) % 2 else quote
            continue
        if header := _HEADER.match(line):
            table = _dotted(header[1])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(f"{table}.{_dotted(key[1])}".lstrip("."), number)
            quote = next((q for q in ('"""', "'''") if line.count(q) % 2), "")
    return lines


def _dotted(name: str) -> str:
    return ".".join(part.strip("\"'") for part in _PART.findall(name))
