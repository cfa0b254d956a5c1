"""A YAML file as items that know where they stand, so that every error can name file, line and key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from yaml.constructor import SafeConstructor

from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.safe_text import one_line

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_MAX_DEPTH = 50
_TAG = "tag:yaml.org,2002:"
_KINDS = {"str": "text", "int": "a number", "float": "a number", "bool": "a yes/no value", "null": "nothing",
          "map": "a table", "seq": "a list", "timestamp": "a date"}  # fmt: skip
_PLAIN = frozenset({"str", "int", "float", "bool", "null"})

T = TypeVar("T")


class Item:
    """One value of a file. `path` is its key path ("tasks[2].prompt"); the wrong kind of value is a ConfigError."""

    __slots__ = ("file", "node", "path")

    def __init__(self, file: Path, path: str, node: yaml.Node) -> None:
        self.file, self.path, self.node = file, path, node

    @property
    def place(self) -> str:
        where = f"{self.file}:{self.node.start_mark.line + 1}"
        return f"{where}: {self.path}" if self.path else where

    def error(self, message: str) -> ConfigError:
        return ConfigError(f"{self.place}: {message}")

    def unknown(self, what: str, value: str, valid: Iterable[str]) -> UnknownNameError:
        return UnknownNameError(what, value, valid, place=self.place)

    @property
    def kind(self) -> str:
        """The YAML kind without its prefix: "str", "int", "map", "seq", "timestamp", ..."""
        return self.node.tag.removeprefix(_TAG)

    @property
    def shown(self) -> str:
        """The value in a few words, for messages."""
        kind = _KINDS.get(self.kind, self.kind)
        return f"{kind} ({one_line(self.node.value, 60)})" if isinstance(self.node, yaml.ScalarNode) else kind

    # tables and lists

    def entries(self) -> dict[str, Item]:
        """A table with any keys, in order."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error(f"must be a table, found {self.shown}")
        found: dict[str, Item] = {}
        for key, value in self.node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) and key.tag == _TAG + "str" else None
            if name is None or name == "<<":
                raise Item(self.file, self.path, key).error("keys must be plain text; put quotes around it")
            if name in found:
                raise Item(self.file, self.path, key).error(f"key {name!r} stands here twice")
            found[name] = Item(self.file, f"{self.path}.{name}" if self.path else name, value)
        return found

    def table(self, required: Iterable[str] = (), optional: Iterable[str] = ()) -> dict[str, Item]:
        """A table with exactly these keys, the optional ones where they are."""
        needed = tuple(required)
        valid = (*needed, *optional)
        found = self.entries()
        for name, item in found.items():
            if name not in valid:
                raise item.unknown("key", name, valid)
        for name in needed:
            if name not in found:
                raise self.error(f"key {name!r} is missing. Valid: {', '.join(sorted(valid))}")
        return found

    def items(self, *, empty: bool = True) -> list[Item]:
        """A list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error(f"must be a list, found {self.shown}")
        if not self.node.value and not empty:
            raise self.error("the list is empty")
        return [Item(self.file, f"{self.path}[{n}]", node) for n, node in enumerate(self.node.value)]

    # values

    def text(self, *, empty: bool = False) -> str:
        """Text. A number or a date is an error, not a silent conversion."""
        if self.kind != "str" or not isinstance(self.node, yaml.ScalarNode):
            hint = "; put quotes around it" if self.kind in ("int", "float", "bool", "timestamp") else ""
            raise self.error(f"must be text, found {self.shown}{hint}")
        value: str = self.node.value
        if not value.strip() and not empty:
            raise self.error("the text is empty")
        return value

    def texts(self, *, empty: bool = True) -> tuple[str, ...]:
        """A list of text, or a single text for a list of one."""
        if self.kind == "str":
            return (self.text(),)
        return tuple(item.text() for item in self.items(empty=empty))

    def identifier(self) -> str:
        """A part of a case id: lower-case letters, digits, `-` and `_`."""
        value = self.text()
        if not _ID.fullmatch(value):
            raise self.error(f"{value!r} is no id: use lower-case letters, digits, '-' and '_', no dots")
        return value

    def choice(self, what: str, valid: Iterable[str]) -> str:
        """One of the valid names, else an UnknownNameError."""
        value, names = self.text(), tuple(valid)
        if value not in names:
            raise self.unknown(what, value, names)
        return value

    def choices(self, what: str, valid: Iterable[str], *, empty: bool = True) -> tuple[str, ...]:
        """A list of valid names, none twice."""
        names = tuple(valid)
        items = self.items(empty=empty)
        return tuple(unique(items, lambda item: item.choice(what, names), what))

    def plain(self) -> Any:
        """The value as plain data (dict, list, str, int, float, bool, None); dates must be quoted."""
        if isinstance(self.node, yaml.MappingNode):
            return {name: item.plain() for name, item in self.entries().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [item.plain() for item in self.items()]
        if self.kind not in _PLAIN:
            raise self.error(f"{self.shown} is not supported here; put quotes around it")
        if self.kind == "str":
            return self.node.value
        try:
            return SafeConstructor().construct_object(self.node)
        except (ValueError, yaml.YAMLError):
            raise self.error(f"{self.shown} cannot be read") from None


def unique(items: Iterable[Item], read: Callable[[Item], str], what: str) -> Iterator[str]:
    """Read each item, refusing a value that was there before."""
    seen: dict[str, Item] = {}
    for item in items:
        value = read(item)
        if value in seen:
            first = seen[value].node.start_mark.line + 1
            raise item.error(f"{what} {value!r} stands here twice (first on line {first})")
        seen[value] = item
        yield value


def read_yaml(file: Path) -> Item:
    """The one document of a YAML file. Raises ConfigError naming file and line."""
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{file}: not UTF-8 text (byte {exc.start})") from None
    except OSError as exc:
        raise ConfigError(f"{file}: cannot be read: {exc.strerror}") from None
    try:
        _scan(file, text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as exc:
        raise ConfigError(f"{file}{_mark(exc)}: not valid YAML: {one_line(_problem(exc))}") from None
    if node is None:
        raise ConfigError(f"{file}: the file is empty")
    return Item(file, "", node)


def _scan(file: Path, text: str) -> None:
    """Refuse what the C parser cannot survive when it builds a tree: endless depth, and aliases.

    An alias makes the tree a graph: it may be endless, or explode when it is read.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        where = f"{file}:{event.start_mark.line + 1}" if event.start_mark else str(file)
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{where}: aliases (*{event.anchor}) are not supported, write the value out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise ConfigError(f"{where}: nested deeper than {_MAX_DEPTH} levels")


def _mark(exc: yaml.YAMLError) -> str:
    mark = getattr(exc, "problem_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _problem(exc: yaml.YAMLError) -> str:
    return str(getattr(exc, "problem", None) or exc)
