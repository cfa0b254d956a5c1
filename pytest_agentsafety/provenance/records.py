"""A tool's result as records: short fields with a name of their own, and free text.

Shape decides. A short single line under a key is a field; what is long, has several lines or is called a body is text,
whoever returned it. A result that is nothing but text has no fields, however much its lines look like some; the one
exception are the short lines of a tool that lists the user's own data, and each of those is a record of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from pytest_agentsafety.provenance.columns import cells
from pytest_agentsafety.provenance.disguise import Otherwise, read_otherwise
from pytest_agentsafety.provenance.normal import normalise
from pytest_agentsafety.provenance.numbers import as_number
from pytest_agentsafety.provenance.values import Kind, kind_of, same_spelling, typed_items
from pytest_agentsafety.provenance.vocabulary import TEXT_KEYS

_SHORT, _LINE, _MAX_DEPTH, _MAX_JSON = 80, 100, 24, 4_000_000
_MAX_ENTRIES, _MAX_NODES = 2_000, 200_000
_READ_AGAIN = 4_000  # characters of a text whose typed values are remembered
_PLAIN = frozenset({str, int, float, bool, type(None)})
_NAME_KEY = re.compile(r"[A-Z ]|@|://|\.\w|\d{3}")
_PIECES = re.compile(r"\s{3,}|\s*[:,;|\t]\s+|\s+[-\u2013\u2014]\s+|\s*\(|\)\s*")
_PARAGRAPH = re.compile(r"\n\s*\n")
_ENTRY = re.compile(r"\s*(?:[-*\u2022#>|\[(]|\d{1,4}[-.):/ ])")
# "A-17 ...", "#34 ...", "2026-05-01 09:00 ...": where every line starts so, every line is an entry.
_CODED = re.compile(r"(?:(?=[\w./-]{0,20}\d)[A-Za-z][\w./-]{1,20}|#\d{1,8}|\d{4}-\d\d-\d\d)(?:[ \t:|,]|$)")
_KEYED = re.compile(r"[ \t]{0,8}(?:[-*][ \t]{0,4})?([A-Za-z][\w .-]{0,30}):[ \t]*(.{0,200})$")
_LEADING_ID = re.compile(r"[-*\u2022\s\[(#|]{0,4}(@?(?=[\w./-]{0,30}\d|@)[\w./-]{1,40}?)(?=[\s\])|:,]|$)")
_CALLED = re.compile(r"(?=\S*[\d._/-])[\w./-]{1,80}")
_PROSE = 6  # blanks
_SENTENCE = re.compile(r"[a-z]{3}[.!?:;] [A-Z]|[\w)][!?.]$|[\w)]; [a-z]|, (?:please|and|but|you|i) |\b[Pp]lease\b")
PIECE = "part of a line"
_TYPED = frozenset({"email", "url", "account", "phone"})
_WORTH = re.compile(
    r"amount|price|total|cost|sum|balance|fee|rate|salary|fare|due|paid|owed|value|worth|wage|gross|net|credit|debt|^$"
)
_NAMING = re.compile(r"(?:id|no|nr|number|key|code|zip|postcode|year|phone|index|version)$")
_TOO_DEEP = "(a value nested too deep to be read)"
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\d{1,3}[.)])\s+")


class Field(NamedTuple):
    """A short value under a key. `spelling` is what it is looked up by."""

    key: str
    value: str
    spelling: str
    kind: Kind


@lru_cache(maxsize=8192)
def _field(key: str, value: str) -> Field:
    return Field(key.strip("_").lower(), value, same_spelling(value), kind_of(value))


def _typed_in(text: str) -> Sequence[tuple[Kind, str]]:
    """The typed values in a text, by kind. The same results are read in one task after the other."""
    return _remembered(text) if len(text) <= _READ_AGAIN else _look_for_typed(text)


def _look_for_typed(text: str) -> Sequence[tuple[Kind, str]]:
    return tuple(dict.fromkeys((item.kind, item.value) for item in typed_items(text)))


_remembered = lru_cache(maxsize=1024)(_look_for_typed)


@dataclass(eq=False)
class Record:
    """One thing that a result tells of. `labels` are texts so short that they can name it, but stand for no value."""

    fields: list[Field] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    labels: list[Field] = field(default_factory=list)
    parent: Record | None = None

    @cached_property
    def flat(self) -> str:
        """All free text in one spelling."""
        return normalise(" \n ".join(self.texts))

    @cached_property
    def otherwise(self) -> Otherwise:
        """Its free text in other readings: decoded, or spelled in a plainer way."""
        return read_otherwise(" \n ".join(self.texts))

    @cached_property
    def items(self) -> dict[Kind, frozenset[str]]:
        """The typed values in the free text, by kind."""
        found: dict[Kind, set[str]] = {}
        for text in self.texts:
            for kind, value in _typed_in(text):
                found.setdefault(kind, set()).add(value)
        return {kind: frozenset(values) for kind, values in found.items()}

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The sizes of the amounts in its fields."""
        found = (as_number(item.value) for item in self.fields if item.kind == "number" and _WORTH.search(item.key))
        return tuple(abs(float(number)) for number in found if number is not None)

    @cached_property
    def figures(self) -> tuple[float, ...]:
        """The sizes of all numbers in its fields but those that name something."""
        found = (
            as_number(item.value) for item in self.fields if item.kind == "number" and not _NAMING.search(item.key)
        )
        return tuple(abs(float(number)) for number in found if number is not None)

    def holds(self, spelling: str) -> bool:
        """Is it the whole value of a field?"""
        return any(candidate.spelling == spelling for candidate in self.fields)


def plain(value: Any) -> Any:
    """Models, dataclasses, enumerations and dates as JSON would have them; keys as text.

    What refers back to what holds it becomes None; what is too deep or too much becomes one text.
    """
    return _Plain().of(value, 0)


class _Plain:
    """Takes one value apart, and no more than a bound of it."""

    def __init__(self) -> None:
        self._above: set[int] = set()
        self._left = _MAX_NODES

    def of(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if isinstance(value, Enum):
            return self.of(value.value, depth + 1)
        if isinstance(value, (str, int, float)):
            return value
        if id(value) in self._above:
            return None
        self._left -= 1
        if depth > _MAX_DEPTH or self._left < 0:
            return _TOO_DEEP
        self._above.add(id(value))
        try:
            return self._inside(value, depth)
        finally:
            self._above.discard(id(value))

    def _inside(self, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            return {str(key): self._child(item, depth) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._child(item, depth) for item in value]
        inner = getattr(value, "__dict__", None)
        if isinstance(inner, dict) and inner and not callable(value):
            return {str(key): self._child(item, depth) for key, item in inner.items() if not str(key).startswith("_")}
        return str(value)

    def _child(self, value: Any, depth: int) -> Any:
        return value if type(value) in _PLAIN else self.of(value, depth + 1)


def parsed(text: str) -> Any:
    """A text that is JSON as its data, None for any other."""
    if not text[:1] or text.lstrip()[:1] not in "{[" or len(text) > _MAX_JSON:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


class _Builder:
    """Collects the records of one result. `own`: the tool lists the user's own data."""

    def __init__(self, *, own: bool, lines: bool) -> None:
        self._own, self._lines = own, lines
        self._named = False
        self.records: list[Record] = []

    def top(self, data: Any) -> None:
        if isinstance(data, list):
            self._named = True
            for item in data:
                self._add(Record(), "", item)
        elif isinstance(data, dict) and _is_table(data):
            for key, item in data.items():
                self._add(Record([_field("name", key)]), "", item)
        else:
            self._add(Record(), "", data)

    def _add(self, record: Record, key: str, value: Any) -> None:
        self.records.append(record)
        self._fill(record, key, value)

    def _fill(self, record: Record, key: str, value: Any) -> None:
        if isinstance(value, dict):
            self._fill_table(record, value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    self._add(Record(parent=record), key, item)
                else:
                    self._fill(record, key, item)
        elif value is True and key:
            record.labels.append(_field(key, key.replace("_", " ")))  # what is so names it ("available": true)
        elif value is not None and not isinstance(value, bool) and value != "":
            self._leaf(record, key, str(value))

    def _fill_table(self, record: Record, table: dict[str, Any]) -> None:
        for key, item in table.items():
            if _NAME_KEY.search(key) and len(key) <= _SHORT:
                record.fields.append(_field("", key))
            self._fill(record, key, item)

    def _leaf(self, record: Record, key: str, value: str) -> None:
        short = len(value) <= _SHORT and "\n" not in value
        if key and value.lower() in ("yes", "true"):
            record.labels.append(_field(key, key.replace("_", " ")))
        if short and key.strip("_").lower() not in TEXT_KEYS:
            if (key or self._own) and not (key and _is_sentence(value)):
                record.fields.append(_field(key, value))
            elif not key and _field("value", value).kind in ("number", "date") and record.fields:
                record.fields.append(_field("value", value))
            elif not key and self._named and _field(key, value).kind == "name" and _CALLED.fullmatch(value):
                record.fields.append(_field("name", value))  # a list of files or numbers, whoever made them
            else:
                record.texts.append(value)
        elif short:
            label = _field(key, value)
            # An account number in a note is no account of anybody's, nor is prose a name.
            if self._own and label.kind not in _TYPED and not _is_sentence(value):
                record.fields.append(label)
            else:
                record.texts.append(value)
                record.labels.append(label)
        elif not key and self._lines and _is_listing(value):
            self._listing(value)
        elif not key and not record.fields and not record.texts:
            self.records[-1] = record
            self._entries(record, _chunks(value))
        else:
            record.texts.append(value)

    def _entries(self, first: Record, chunks: list[str]) -> None:
        """A record for each entry of a list."""
        cards = _cards(chunks)
        rows = [chunk for chunk in chunks if "\n" not in chunk and (_ENTRY.match(chunk) or _CODED.match(chunk))]
        columns = dict(zip(rows, cells(rows), strict=True)) if len(rows) > 1 else {}
        for index, chunk in enumerate(chunks):
            record = Record() if index else first
            _entry(record, chunk, listed=len(chunks) > 1)
            record.fields += [_field(*cell) for cell in columns.get(chunk, ())]
            record.fields += [_field("id", number) for number in cards[index : index + 1]]
            if index:
                self.records.append(record)

    def _listing(self, text: str) -> None:
        lines = [line for line in map(str.strip, text.splitlines()) if line]
        if len(lines) > _MAX_ENTRIES:
            self.records.append(Record(texts=["\n".join(lines[_MAX_ENTRIES:])]))
        for line in lines[:_MAX_ENTRIES]:
            bare = _BULLET.sub("", line)
            first = [match[1] for match in [_LEADING_ID.match(line)] if match]
            first += [word for word in bare.split(None, 1)[:1] if word.isdigit()]
            pieces = dict.fromkeys([*filter(None, map(str.strip, _PIECES.split(bare))), *first])
            self.records.append(
                Record([_field("", bare), *(_field(PIECE, piece) for piece in pieces if piece != bare)])
            )


def _is_sentence(value: str) -> bool:
    """Is a short value somebody's prose all the same?"""
    return value.count(" ") >= _PROSE and _SENTENCE.search(value) is not None


def _is_table(data: dict[str, Any]) -> bool:
    """Does a mapping list things by name, instead of telling of one?"""
    if not data:
        return False
    if all(isinstance(item, (dict, list)) for item in data.values()) and len(data) > 1:
        return True
    return len(data) > 1 and all(_NAME_KEY.search(key) for key in data)


def _is_listing(text: str) -> bool:
    return "<" not in text and all(len(line) <= _LINE for line in text.splitlines())


def _cards(chunks: list[str]) -> list[str]:
    """The numbers of paragraphs that all have the same lines of a key and a value, and begin with an id; or none."""
    lines = [[_KEYED.match(line) for line in chunk.strip().splitlines()] for chunk in chunks]
    if len(chunks) < 2 or not all(all(matches) for matches in lines):
        return []
    rows = [[match for match in matches if match is not None] for matches in lines]
    keys = [match[1].lower() for match in rows[0]]
    if len(keys) < 2 or not _NAMING.search(keys[0]) or any([m[1].lower() for m in row] != keys for row in rows):
        return []
    found = [row[0][2].strip() for row in rows]
    return found if all(_LEADING_ID.fullmatch(number) or number.isdigit() for number in found) else []


def _entry(record: Record, text: str, *, listed: bool) -> None:
    """An entry of a list: its text, what names it, and the id it starts with."""
    record.texts.append(text)
    if listed:
        record.labels.append(_field("", text[:_LINE]))
        match = _LEADING_ID.match(text)
        if match is not None:
            record.fields.append(_field("id", match[1]))


def _chunks(text: str) -> list[str]:
    """The paragraphs of a text, or its entries where lines are entries; never fewer than one."""
    parts = [part for part in _PARAGRAPH.split(text) if part.strip()]
    if len(parts) < 2:
        lines = [line for line in text.splitlines() if line.strip()]
        coded = len(lines) > 1 and all(map(_CODED.match, lines))
        if coded or (len(lines) > 2 and 2 * sum(bool(_ENTRY.match(line)) for line in lines) >= len(lines)):
            parts = []
            for line in lines:
                if parts and not coded and not _ENTRY.match(line):
                    parts[-1] += f"\n{line}"
                else:
                    parts.append(line)
    if len(parts) > _MAX_ENTRIES:
        parts[_MAX_ENTRIES - 1 :] = ["\n".join(parts[_MAX_ENTRIES - 1 :])]
    return parts or [text]


def records_of(data: Any, *, own: bool, lines: bool | None = None) -> list[Record]:
    """The records of a result. `lines`: short lines of a plain text are records (default: when it is `own`)."""
    builder = _Builder(own=own, lines=own if lines is None else lines)
    builder.top(data)
    return [record for record in builder.records if record.fields or record.texts]


def texts_of(records: list[Record]) -> Iterator[str]:
    """All free texts of the records."""
    for record in records:
        yield from record.texts
