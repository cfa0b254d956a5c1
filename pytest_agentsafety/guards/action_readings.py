"""The strings of a call's arguments, as the one who executes them would read them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import re2

MAX_STRINGS = 10_000
MAX_DEPTH = 50
_MAX_JSON, _MAX_NAME = 1_000_000, 100
_PROGRAM = frozenset({"command", "cmd", "program", "executable", "binary", "bin", "exe", "tool", "verb", "subcommand"})
_ARGUMENTS = frozenset({"args", "arguments", "argv", "argument", "flags", "options", "parameters", "params", "arg"})

# What a shell reads as a space, as nothing, or as one word.
_SPACES = re2.compile(r"\$\{IFS[^}]{0,40}\}|\$IFS(?:\$\d)?|\$'\\(?:x20|t|040)'|\\\n|%20")
_BRACES = re2.compile(r"\{([\w./~*-]+(?:,[^{},\s]*)+)\}")
_NOTHING = re2.compile(r"\$[@*]|\$\{[@*]\}|\$\(\)|``|''|\"\"")
_INSIDE = re2.compile(r"(\w)[\"'^`\\]+(\w)|(?:^|\b)([\"'\\]+)(\w)|(\w)[\"']+(\s|$)")
_BEFORE = re2.compile(r"[\\^](\w)")
_COMMENT = re2.compile(r"/\*!?\d*(?s:.*?)\*/")
_CONDITIONAL = re2.compile(r"/\*!\d*((?s:.*?))\*/")
_LINE_COMMENT = re2.compile(r"--[^\n]*\n|#[^\n]*\n")
_MARK = re.compile(r"[$'\"\\^`{]|/\*|--|%20")
_SCALARS = frozenset({int, float, bool, type(None)})
_TEXT, _CLOSING = frozenset({str}), frozenset("}]")


class Strings:
    """All strings of a JSON value with their paths; a list of words, and a program with its arguments, as one line too.

    A string that holds JSON is looked into. Read once, and gone through as often as needed: going through them raises
    ValueError beyond a bound, for what was not read is not known to be harmless.
    """

    def __init__(self, value: Any) -> None:
        self._found: list[tuple[str, str]] = []
        self._error: ValueError | None = None
        try:
            _read(value, self._found)
        except ValueError as error:
            self._error = error

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._found) if self._error is None else self._until_error(self._error)

    def _until_error(self, error: ValueError) -> Iterator[tuple[str, str]]:
        yield from self._found
        raise error


def _read(value: Any, found: list[tuple[str, str]]) -> None:
    """Put the strings of a value into `found`, in order. Raises ValueError beyond a bound."""
    pending: list[tuple[str, Any, int]] = [("", value, 0)]
    count = 0
    while pending:
        path, item, depth = pending.pop()
        count += 1
        if count > MAX_STRINGS or depth > MAX_DEPTH:
            raise ValueError(f"arguments hold more than {MAX_STRINGS} values or {MAX_DEPTH} levels")
        if isinstance(item, str):
            found.append((path, item))
            last = item[-1:]
            if (last in _CLOSING or last.isspace()) and (inner := _json_in(item)) is not None:
                pending.append((path, inner, depth + 1))
        elif type(item) not in _SCALARS:
            found += _joined(path, item)
            children = _children(path, item, depth + 1)
            children.reverse()
            pending += children


def _json_in(text: str) -> Any:
    """The object or list that a string holds, None when it holds none."""
    stripped = text.strip()
    if len(stripped) > _MAX_JSON or stripped[:1] + stripped[-1:] not in ("{}", "[]"):
        return None
    try:
        return json.loads(stripped)
    except (ValueError, RecursionError):
        return None


def _joined(path: str, item: Any) -> Iterable[tuple[str, str]]:
    if isinstance(item, (list, tuple)):
        if item and (_TEXT.issuperset(map(type, item)) or all(isinstance(part, (str, int, float)) for part in item)):
            return ((path, " ".join(map(str, item))),)
    elif isinstance(item, Mapping) and not _PROGRAM.isdisjoint(map(plain_name, item)):
        return _command_line(path, item)
    return ()


def _command_line(path: str, item: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """`{"command": "rm", "args": ["-rf", "/"]}` is one line."""
    programs = [(key, value) for key, value in item.items() if plain_name(key) in _PROGRAM and isinstance(value, str)]
    for key, program in programs:
        for other, given in item.items():
            if plain_name(other) in _ARGUMENTS and isinstance(given, str | list | tuple):
                rest = given if isinstance(given, str) else " ".join(map(str, given))
                yield (f"{path}.{key}" if path else str(key)), f"{program} {rest}"


def _children(path: str, item: Any, depth: int) -> list[tuple[str, Any, int]]:
    if isinstance(item, Mapping):
        return [(f"{path}.{key}" if path else str(key), child, depth) for key, child in item.items()]
    if isinstance(item, (list, tuple)):
        return [(f"{path}.{at}" if path else str(at), child, depth) for at, child in enumerate(item)]
    return []


def plain_name(name: object) -> str:
    """A parameter's name without the marks between its words, in lower case."""
    return _plain_name(name) if type(name) is str and len(name) <= _MAX_NAME else _spelled_plainly(str(name))


def _spelled_plainly(name: str) -> str:
    return name.rsplit(".", 1)[-1].replace("_", "").replace("-", "").casefold()


_plain_name = lru_cache(maxsize=1024)(_spelled_plainly)  # the same few names in one call after the other


def readings(text: str) -> list[str]:
    """The text, and what a shell or a database makes of its quotes, expansions and comments. Linear."""
    if _MARK.search(text) is None:
        return [text]
    spaced = _BRACES.sub(lambda found: found.group(1).replace(",", " "), _SPACES.sub(" ", text))
    found = [spaced]
    if any(mark in text for mark in ("'", '"', "\\", "^", "`", "$@", "$*", "${@", "$(")):
        bare = _NOTHING.sub("", spaced)
        # Twice: neighbours share a letter.
        found.append(_BEFORE.sub(r"\1", _INSIDE.sub(r"\1\2\4\5\6", _INSIDE.sub(r"\1\2\4\5\6", bare))))
    if "/*" in text or "--" in text:
        opened = _CONDITIONAL.sub(r" \1 ", spaced)
        found += [_COMMENT.sub("", spaced), _LINE_COMMENT.sub(" ", _COMMENT.sub(" ", opened))]
    return list(dict.fromkeys(found))
