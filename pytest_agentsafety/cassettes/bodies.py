"""Take secrets out of bodies so that these stay what they are: JSON, event streams, or plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from operator import is_not
from typing import Any

from pytest_agentsafety.cassettes.secrets import MARKER, Change, Scrubber, replaced

# A string of a JSON text, and the colon that makes it a key. It cannot be entered in its own middle: linear.
_STRING = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?', re.DOTALL)
# Fields that hold JSON written as a string, whole or in pieces.
JSON_FIELDS = frozenset({"partial_json", "arguments"})
_PLACES = ("index", "output_index", "content_index", "summary_index", "item_id", "type")
# No secret is shorter; a longer key is no name of a field.
_SHORTEST, _LONGEST_NAME = 6, 16
Edit = Callable[[str, str], list[Change]]


def scrubbed(text: str, scrubber: Scrubber) -> tuple[str, int]:
    """The body without secrets, and how many there were. What holds none stays as it is, to the byte."""
    return edited(text, scrubber.changes)


def edited(text: str, edit: Edit) -> tuple[str, int]:
    """The body with `edit(text, name of the field)` made to each of its strings, and the number of changes."""
    if is_json(text):
        counting = _Counting(edit)
        return replaced(text, in_json(text, counting)), counting.made
    if "data:" in text:
        stream = _Stream(text)
        if stream.events:
            return stream.edited(edit)
    changes = edit(text, "")
    return replaced(text, changes), len(changes)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class _Counting:
    def __init__(self, edit: Edit) -> None:
        self._edit, self.made = edit, 0

    def __call__(self, text: str, name: str) -> list[Change]:
        changes = self._edit(text, name)
        self.made += len(changes)
        return changes


def in_json(text: str, edit: Edit) -> list[Change]:
    """Changes to a JSON text, a whole string at a time. Strings that are JSON themselves are edited inside."""
    changes: list[Change] = []
    name = ""
    for match in _STRING.finditer(text):
        value = json.loads(match[1], strict=False)
        is_key = match[2] is not None
        new = value if is_key and len(value) <= _LONGEST_NAME else _edited_value(value, "" if is_key else name, edit)
        if new != value:
            changes.append((*match.span(1), json.dumps(new)))
        if is_key:
            name = value
    return changes


def _edited_value(value: str, name: str, edit: Edit) -> str:
    if value[:1] in ("{", "[") and is_json(value):
        return replaced(value, in_json(value, edit))
    return replaced(value, edit(value, name))


def strings(value: Any, change: Callable[[str, str], str], name: str = "") -> Any:
    """Parsed JSON with each string changed as in its text; what does not change is not copied."""
    kind = value.__class__
    if kind is str:
        return value if len(value) < _SHORTEST else _changed(value, change, name)
    if kind is dict:
        return _changed_dict(value, change)
    if kind is list or kind is tuple:
        items = [strings(item, change, name) for item in value]
        return items if any(map(is_not, items, value)) else value
    return value


def _changed(value: str, change: Callable[[str, str], str], name: str) -> str:
    if value[0] in "{[" and is_json(value):
        return replaced(value, in_json(value, lambda text, field: _as_changes(text, change(text, field))))
    return change(value, name)


def _changed_dict(value: dict[Any, Any], change: Callable[[str, str], str]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    same = True
    for key, item in value.items():
        # A short key is the name of a field: it is read as the name of what stands in it.
        new = change(key, "") if key.__class__ is str and len(key) > _LONGEST_NAME else key
        made[new] = strings(item, change, key)
        same = same and new is key and made[new] is item
    return value if same else made


def _as_changes(old: str, new: str) -> list[Change]:
    return [] if old == new else [(0, len(old), new)]


def with_secrets(text: str, real: Mapping[str, str]) -> str:
    """A recorded answer with the secrets that its markers stand for, as far as they are known."""

    def edit(part: str, name: str) -> list[Change]:
        found = [(match, real.get(match.group())) for match in MARKER.finditer(part)]
        inside = name in JSON_FIELDS  # a piece of JSON that is not whole
        return [
            (*m.span(), json.dumps(secret)[1:-1] if inside else secret) for m, secret in found if secret is not None
        ]

    return edited(text, edit)[0]


class _Stream:
    """An event stream. What a message says is split over many events: their pieces are read together."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        self.events: list[tuple[int, Any]] = []  # line number, parsed data
        for number, line in enumerate(self._lines):
            if line.startswith("data:"):
                try:
                    self.events.append((number, json.loads(line[5:])))
                except (ValueError, RecursionError):
                    continue

    def edited(self, edit: Edit) -> tuple[str, int]:
        counting = _Counting(edit)
        pieces: dict[tuple[Any, ...], list[_Piece]] = {}
        for number, data in self.events:
            for piece in _pieces(data, number):
                pieces.setdefault(piece.place, []).append(piece)
        changed: set[int] = set()
        for group in pieces.values():
            changed |= _edit_group(group, counting)
        parsed = {number for number, _ in self.events}
        for number, data in self.events:
            if number in changed:
                ending = self._lines[number][len(self._lines[number].rstrip("\r\n")) :]
                self._lines[number] = f"data: {json.dumps(data, separators=(',', ':'))}{ending}"
        for number, line in enumerate(self._lines):
            if number not in parsed:
                self._lines[number] = replaced(line, counting(line, ""))
        return "".join(self._lines), counting.made


class _Piece:
    """One string of one event. `place` is equal for the pieces of one text."""

    def __init__(self, line: int, place: tuple[Any, ...], name: str, holder: Any, key: Any) -> None:
        self.line, self.place, self.name, self._holder, self._key = line, place, name, holder, key

    @property
    def text(self) -> str:
        return str(self._holder[self._key])

    @text.setter
    def text(self, new: str) -> None:
        self._holder[self._key] = new


def _pieces(value: Any, line: int, place: tuple[Any, ...] = (), name: str = "") -> Iterator[_Piece]:
    if isinstance(value, dict):
        here = (*place, *(str(value[key]) for key in _PLACES if isinstance(value.get(key), str | int)))
        for key in value:
            if isinstance(value[key], str):
                yield _Piece(line, (*here, key), key, value, key)
            else:
                yield from _pieces(value[key], line, (*here, key), key)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if isinstance(item, str):
                yield _Piece(line, (*place, number), name, value, number)
            else:
                yield from _pieces(item, line, (*place, number), name)


def _edit_group(group: list[_Piece], edit: Edit) -> set[int]:
    """The lines that changed. What every event repeats (ids, types) is no text in pieces."""
    texts = [piece.text for piece in group]
    name = group[0].name
    if len(set(texts)) < 2:
        made = [_edited_value(text, name, edit) for text in texts]
    else:
        whole = "".join(texts)
        json_text = (name in JSON_FIELDS or whole[:1] == "{") and is_json(whole)
        made = spread(texts, in_json(whole, edit) if json_text else edit(whole, name))
    changed = set()
    for piece, old, new in zip(group, texts, made, strict=True):
        if new != old:
            piece.text = new
            changed.add(piece.line)
    return changed


def spread(texts: list[str], changes: list[Change]) -> list[str]:
    """Changes to the joined texts, made to the single ones: what is new stands where the old began."""
    made, begin, whole = [], 0, "".join(texts)
    for text in texts:
        end, at, parts = begin + len(text), begin, []
        for start, stop, new in changes:
            if start >= end or stop <= begin:
                continue
            if start >= begin:
                parts += [whole[at:start], new]
            at = min(stop, end)
        made.append("".join([*parts, whole[at:end]]))
        begin = end
    return made
