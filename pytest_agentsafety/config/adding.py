"""Add to the file of `[tool.agentsafety]` what is missing there; what a person wrote stays as it is to the byte."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pytest_agentsafety.config.source import TABLE
from pytest_agentsafety.config.written import quoted
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.safe_text import one_line

_HEADING = re.compile(
    r"""[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*(?:agentsafety|"agentsafety"|'agentsafety')[ \t]*\][ \t]*(?:#.*)?"""
)
_WIDTH = 160


def agent_line(reference: str, reason: str) -> str:
    """`agent = "module:attr"` with its reason, as a line without its end."""
    return f"agent = {quoted(reference)}  # {one_line(reason, _WIDTH)}"


def with_agent(text: str, reference: str, reason: str, place: str) -> str:
    """The file's text with the key `agent` in our table, which is made at the end where there is none.

    Raises ConfigError where no line can be added without changing what stands there (an inline table).
    """
    line, before = agent_line(reference, reason), tomllib.loads(text)
    wanted = _merged(before, {"tool": {"agentsafety": {"agent": reference}}})
    for changed in _places(text, line):
        if _data(changed) == _sorted(wanted):
            return changed
    raise ConfigError(
        f"{place}: the agent cannot be added to the table as it is written there. Add it by hand, in [{TABLE}]: "
        f"agent = {quoted(reference)}"
    )


def with_tables(text: str, tables: str, place: str) -> str:
    """The file's text with more tables behind it. Raises ConfigError where TOML does not let them stand there."""
    changed = _behind(text, tables)
    wanted = _merged(tomllib.loads(text), tomllib.loads(tables))
    if _data(changed) != _sorted(wanted):
        raise ConfigError(
            f"{place}: the drafts cannot be added ({_why(changed)}). If `tools` is written as one inline value, write "
            f"each tool as a table of its own, [{TABLE}.tools.NAME]; or use --print and add the lines by hand"
        )
    return changed


def replace_file(path: Path, text: str) -> None:
    """Write the file whole or not at all; it keeps its permissions, and a link stays one. Raises ConfigError."""
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        os.chmod(temporary, mode)  # noqa: PTH101 - mkstemp names it as a str
        os.replace(temporary, path)  # noqa: PTH105 - as above
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _places(text: str, line: str) -> Iterator[str]:
    """The text with the line behind each heading of our table (one may stand inside a string), or in a new one."""
    lines = text.splitlines(keepends=True)
    for number, one in enumerate(lines):
        ending = one[len(one.rstrip("\r\n")) :]
        if _HEADING.fullmatch(one.rstrip("\r\n")):
            newline = ending or _newline(text)
            yield "".join([*lines[:number], one if ending else one + newline, line + newline, *lines[number + 1 :]])
    yield _behind(text, f"[{TABLE}]\n{line}\n")


def _behind(text: str, more: str) -> str:
    newline = _newline(text)
    between = "" if not text else newline if text.endswith("\n") else newline * 2
    return text + between + more.replace("\n", newline)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _merged(data: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(data)
    for key, value in more.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = _merged(found[key], value) if both else value
    return found


def _data(text: str) -> Any:
    try:
        return _sorted(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return None


def _sorted(value: Any) -> Any:
    """Comparable: tables in one order, and NaN equal to itself."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return repr(value)


def _why(text: str) -> str:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return str(error)
    return "something else would change"
