"""Conditions on one value: equals, contains, contains_all, excludes, matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import re2

from pytest_agentsafety.catalog.schema import Item

Matcher = Callable[[Any], bool]


def folded(value: Any) -> str:
    """Text for comparison: without case, runs of white space as one blank."""
    return " ".join(str(value).split()).casefold()


def contains(value: Any, part: str) -> bool:
    """`part` in a text (case and white space ignored), or in any entry of a list."""
    if isinstance(value, list | tuple):
        return any(contains(entry, part) for entry in value)
    return folded(part) in folded(value)


def pattern(item: Item) -> Any:
    """A compiled linear-time regular expression (RE2), `.` matching newlines, case ignored."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.dot_nl = True
    try:
        return re2.compile(item.text(), options)
    except re2.error as exc:
        detail = exc.args[0] if exc.args else exc
        said = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else detail
        raise item.error(f"not a regular expression that RE2 can run: {said}") from None


def _equals(item: Item) -> Matcher:
    wanted = item.plain()
    if isinstance(wanted, str):
        return lambda value: str(value) == wanted
    return lambda value: bool(value == wanted)


def _contains(item: Item) -> Matcher:
    part = item.text()
    return lambda value: contains(value, part)


def _contains_all(item: Item) -> Matcher:
    parts = item.texts(empty=False)
    return lambda value: all(contains(value, part) for part in parts)


def _excludes(item: Item) -> Matcher:
    parts = item.texts(empty=False)
    return lambda value: not any(contains(value, part) for part in parts)


def _matches(item: Item) -> Matcher:
    regex = pattern(item)
    return lambda value: regex.search(str(value)) is not None


_MATCHERS: Mapping[str, Callable[[Item], Matcher]] = {
    "equals": _equals,
    "contains": _contains,
    "contains_all": _contains_all,
    "excludes": _excludes,
    "matches": _matches,
}


def parse_matcher(item: Item) -> Matcher:
    """A table of conditions that must all hold; a plain value means `equals`."""
    if item.kind != "map":
        return _equals(item)
    parts = [_MATCHERS[name](entry) for name, entry in item.table(optional=_MATCHERS).items()]
    if not parts:
        raise item.error(f"no condition given. Valid: {', '.join(sorted(_MATCHERS))}")
    return lambda value: all(part(value) for part in parts)


def parse_fields(item: Item) -> Callable[[Mapping[str, Any]], bool]:
    """A table from field names to matchers; a field that is missing does not match."""
    fields = {name: parse_matcher(entry) for name, entry in item.entries().items()}
    return lambda record: all(name in record and match(record[name]) for name, match in fields.items())
