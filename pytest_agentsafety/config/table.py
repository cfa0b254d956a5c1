"""Read one table with strict types; every complaint names file, table, key, value and what is valid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar, cast

from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.safe_text import one_line

T = TypeVar("T", bound=str)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a table stands: a file (or what a caller says instead) and the table's dotted name in it."""

    file: str
    table: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def child(self, key: str) -> Place:
        return Place(file=self.file, table=f"{self.table}.{key}".lstrip("."), lines=self.lines)

    def at(self, key: str | None = None) -> str:
        """`file:line: [table]`, with the line of `key` or of the nearest table that is known."""
        name = f"{self.table}.{key}".lstrip(".") if key is not None else self.table
        head = f"{self.file}:{line}" if (line := self._line(name)) else self.file
        return f"{head}: [{self.table}]" if self.table else head

    def _line(self, name: str) -> int | None:
        while name:
            if name in self.lines:
                return self.lines[name]
            name = name.rpartition(".")[0]
        return None


class Table:
    """One table under reading. Every getter returns `default` where the key is absent.

    Raises ConfigError when `data` is no table, UnknownNameError when it has a key that is not in `keys`.
    """

    def __init__(self, data: Any, place: Place, keys: Iterable[str] | None = None) -> None:
        if not isinstance(data, Mapping):
            raise ConfigError(f"{place.at()}: expected a table, got {shown(data)}")
        self.data: Mapping[Any, Any] = data
        self.place = place
        for key in data:
            if not isinstance(key, str) or not key.strip():
                raise ConfigError(f"{place.at()}: a key must be a name, got {shown(key)}")
            if keys is not None and key not in (valid := tuple(keys)):
                raise UnknownNameError("key", key, valid, place=place.at(key))

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def fail(self, key: str, expected: str, value: Any) -> NoReturn:
        raise ConfigError(f"{self.place.at(key)} {key}: expected {expected}, got {shown(value)}")

    def table(self, key: str, keys: Iterable[str] | None = None) -> Table:
        """The table under `key`, empty when absent."""
        return Table(self.data.get(key, {}), self.place.child(key), keys)

    def tables(self, keys: Iterable[str] | None = None) -> Iterator[tuple[str, Table]]:
        for key, value in self.data.items():
            yield key, Table(value, self.place.child(key), keys)

    def text(self, key: str, default: str | None = None) -> str | None:
        value = self.data.get(key, default)
        if key in self.data and (not isinstance(value, str) or not value.strip()):
            self.fail(key, "a non-empty string", value)
        return cast("str | None", value)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of non-empty strings, None when absent."""
        if key not in self.data:
            return None
        value = self.data[key]
        if not isinstance(value, list | tuple):
            self.fail(key, "a list of strings", value)
        for item in value:
            if not isinstance(item, str) or not item.strip():
                self.fail(key, "a list of non-empty strings", item)
        return tuple(value)

    def choice(self, key: str, valid: Iterable[T], default: T) -> T:
        if key not in self.data:
            return default
        value, names = self.data[key], tuple(valid)
        if not isinstance(value, str):
            self.fail(key, f"one of {', '.join(names)}", value)
        if value not in names:
            raise UnknownNameError(key, value, names, place=self.place.at(key))
        return value

    def choices(self, key: str, valid: Iterable[T], default: tuple[T, ...]) -> tuple[T, ...]:
        """A list of names, at least one."""
        found, names = self.texts(key), tuple(valid)
        if found is None:
            return default
        if not found:
            self.fail(key, f"at least one of {', '.join(names)}", [])
        for name in found:
            if name not in names:
                raise UnknownNameError(key, name, names, place=self.place.at(key))
        return tuple(name for name in names if name in found)

    def flag(self, key: str, default: bool) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, "true or false", value)
        return value

    def integer(self, key: str, default: T2, *, minimum: int = 1) -> int | T2:
        if key not in self.data:
            return default
        value = self.data[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            self.fail(key, f"a whole number of at least {minimum}", value)
        return value

    def number(self, key: str, default: float, *, zero: bool = False, most: float = math.inf) -> float:
        """A finite number above 0 (from 0 on with `zero`), up to `most`."""
        if key not in self.data:
            return default
        value = self.data[key]
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not fits or value < 0 or (value == 0 and not zero) or value > most:
            self.fail(key, _range(zero, most), value)
        return float(value)


T2 = TypeVar("T2", int, None)


def _range(zero: bool, most: float) -> str:
    low = "a number from 0" if zero else "a number above 0"
    return f"{low}, finite" if math.isinf(most) else f"{low} to {most:g}"


def shown(value: Any) -> str:
    """The offending value for a message: one safe line."""
    return one_line(repr(value), 80)
