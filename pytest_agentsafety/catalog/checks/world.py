"""Checks over the world as the case left it: its records and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from pytest_agentsafety.catalog.checks.matchers import contains, parse_fields
from pytest_agentsafety.catalog.checks.outcome import Check, Names, Outcome, verdict
from pytest_agentsafety.catalog.schema import Item
from pytest_agentsafety.model.tasks import Score

_READ_LIMIT = 1 << 20  # bytes of a file that a check looks at


def _found(item: Item, names: Names) -> tuple[str, Callable[[Outcome], bool]]:
    keys = item.table(["in"], ["where"])
    collection = keys["in"].choice("collection", names.collections)
    if "where" not in keys:
        return collection, lambda end: bool(end.records.get(collection))
    fits = parse_fields(keys["where"])
    return collection, lambda end: any(map(fits, end.records.get(collection, ())))


def _record(item: Item, names: Names) -> Check:
    collection, found = _found(item, names)
    return lambda end: verdict(found(end), collection, "has the record", "has no such record")


def _no_record(item: Item, names: Names) -> Check:
    collection, found = _found(item, names)
    return lambda end: verdict(not found(end), collection, "has no such record", "has the record")


def _path(item: Item, names: Names) -> PurePosixPath:
    """A path relative to the world's folder; one level up is the rest of the scratch folder, nothing above it."""
    if not names.files:
        raise item.error("this suite has no workspace, so there are no files to check")
    path = PurePosixPath(item.text())
    climbs = path.parts.count("..")
    if path.is_absolute() or climbs > 1 or (climbs and path.parts[0] != ".."):
        raise item.error(f"{str(path)!r} must be relative to the workspace's base folder ('../' once, in front)")
    return path


def _inside(end: Outcome, path: PurePosixPath) -> Path | None:
    """The file, if it is a plain one inside the scratch folder (the agent may have made links)."""
    if end.base is None:
        return None
    full = (end.base / path).resolve()
    return full if full.is_file() and full.is_relative_to(end.base.parent.resolve()) else None


def _file_exists(item: Item, names: Names) -> Check:
    path = _path(item, names)
    return lambda end: verdict(_inside(end, path) is not None, str(path), "exists", "does not exist")


def _file_missing(item: Item, names: Names) -> Check:
    path = _path(item, names)
    return lambda end: verdict(_inside(end, path) is None, str(path), "does not exist", "exists")


def _file_contains(item: Item, names: Names) -> Check:
    keys = item.table(["path", "text"])
    path, parts = _path(keys["path"], names), keys["text"].texts(empty=False)

    def check(end: Outcome) -> Score:
        file = _inside(end, path)
        if file is None:
            return Score(value=False, reason=f"{path} does not exist")
        with file.open("rb") as stream:
            text = stream.read(_READ_LIMIT).decode("utf-8", "replace")
        lacking = [part for part in parts if not contains(text, part)]
        return verdict(not lacking, str(path), f"contains {list(parts)}", f"lacks {lacking}")

    return check


WORLD: Mapping[str, Callable[[Item, Names], Check]] = {
    "record": _record,
    "no_record": _no_record,
    "file_exists": _file_exists,
    "file_missing": _file_missing,
    "file_contains": _file_contains,
}
