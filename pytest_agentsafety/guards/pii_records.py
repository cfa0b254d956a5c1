"""Tables read as records: a column's name is put before each of its values, where a finder looks for it.

CSV and its kin, Markdown tables, `INSERT INTO t (a, b) VALUES (1, 2)`. What is found has its place in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import re2

_LONGEST_NAME, _LONGEST_HEAD, _SHORTEST_VALUE = 40, 2_000, 6
_RULE = re.compile(r"[\s|:+-]+")
_SEPARATORS = "|\t;,"
_TUPLE = re.compile(r"\s*+,?\s*+\(((?:'[^']*+'|\"[^\"]*+\"|[^()'\"]++)*+)\)")

Back = Callable[[int, int], tuple[int, int]]


class _Cell(NamedTuple):
    name: str
    start: int
    end: int


def _bytewise(pattern: bytes) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    options.log_errors = False
    return re2.compile(pattern, options)


_NAME = rb"[\"'`]?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff .#/()'\"`-]*"
# A line of nothing but names, and one below it with figures; a rule of dashes may stand between.
_HEAD = _bytewise(
    rb"(?m)^[ \t|]*"
    + _NAME
    + rb"(?:[ \t]*[,;|\t][ \t]*"
    + _NAME
    + rb")+[ \t|]*\r?\n(?:[ |:+-]+\r?\n)?[^\n]*[,;|\t][^\n]*$"
)
_VALUES = re.compile(r"\)\s{0,8}values\s{0,8}(?=\()", re.IGNORECASE)


def records(text: str, is_name: Callable[[str], bool]) -> tuple[str, Back] | None:
    """The columns that `is_name` knows, a line for each value, and the way back; None where there are none."""
    cells = [*(_tables(text, is_name) if "\n" in text else ()), *(_inserts(text, is_name) if _may_insert(text) else ())]
    return _as_lines(text, cells) if cells else None


def _may_insert(text: str) -> bool:
    return "VALUES" in text or "values" in text or "Values" in text


def _as_lines(text: str, cells: list[_Cell]) -> tuple[str, Back]:
    lines: list[str] = []
    starts: list[int] = []
    size = 0
    for cell in cells:
        starts.append(size + len(cell.name) + 2)
        lines.append(f"{cell.name}: {text[cell.start : cell.end]}\n")
        size += len(lines[-1])

    def back(start: int, end: int) -> tuple[int, int]:
        index = max(0, bisect_right(starts, start) - 1)
        moved = cells[index].start - starts[index]
        return max(start + moved, cells[index].start), min(end + moved, cells[index].end)

    return "".join(lines), back


def _tables(text: str, is_name: Callable[[str], bool]) -> Iterator[_Cell]:
    """A head tells the columns of the lines below it that have as many."""
    data = text.encode("utf-8", "replace")
    done = 0
    for start in _starts(text, data, (match.start() for match in _HEAD.finditer(data))):
        if start < done:
            continue
        done = _line_end(text, start)
        head, separator = _head(text[start:done], is_name) if done - start < _LONGEST_HEAD else ([], "")
        while separator and done < len(text):
            at, done = done, _line_end(text, done)
            line = text[at:done]
            spans = _split(line, separator)
            if len(spans) == len(head):
                yield from _named(head, spans, at)
            elif not _RULE.fullmatch(line):
                done = at
                break


def _starts(text: str, data: bytes, places: Iterable[int]) -> Iterator[int]:
    """Places in UTF-8 as places in characters."""
    if len(data) == len(text):
        yield from places
        return
    before = characters = 0
    for place in places:
        characters += len(data[before:place].decode("utf-8", "replace"))
        before = place
        yield characters


def _line_end(text: str, start: int) -> int:
    return text.find("\n", start) + 1 or len(text)


def _head(line: str, is_name: Callable[[str], bool]) -> tuple[list[str], str]:
    """The names of the columns, empty where no finder knows them, and what separates them; nothing if it knows none."""
    if not is_name(line):
        return [], ""
    separator = next(sign for sign in _SEPARATORS if sign in line)
    cells = [_bare(line[a:b]) for a, b in _split(line, separator)]
    head = [cell if len(cell) <= _LONGEST_NAME and is_name(cell) else "" for cell in cells]
    return (head, separator) if any(head) else ([], "")


def _inserts(text: str, is_name: Callable[[str], bool]) -> Iterator[_Cell]:
    for match in _VALUES.finditer(text):
        opening = text.rfind("(", max(0, match.start() - 2_000), match.start())
        head = [_bare(name) for name in text[opening + 1 : match.start()].split(",")]
        head = [name if len(name) <= _LONGEST_NAME and is_name(name) else "" for name in head]
        row = _TUPLE.match(text, match.end()) if any(head) else None
        while row is not None:
            spans = _split(row.group(1), ",")
            if len(spans) == len(head):
                yield from _named(head, spans, row.start(1))
            row = _TUPLE.match(text, row.end())


def _named(head: list[str], spans: list[tuple[int, int]], at: int) -> Iterator[_Cell]:
    for name, (start, end) in zip(head, spans, strict=False):
        if name and end - start >= _SHORTEST_VALUE:
            yield _Cell(name, at + start, at + end)


def _bare(cell: str) -> str:
    return cell.strip(" \t\r\n\"'`*")


def _split(line: str, separator: str) -> list[tuple[int, int]]:
    """Where the cells are. A separator between quotes is none."""
    spans: list[tuple[int, int]] = []
    start = at = 0
    odd: dict[str, bool] = {}
    for part in line.split(separator):
        at += len(part)
        for quote in "\"'":
            odd[quote] = odd.get(quote, False) ^ (part.count(quote) % 2 == 1)
        if not any(odd.values()):
            spans.append((start, at))
            start = at + 1
        at += 1
    return spans if start == at else _split_plainly(line, separator)


def _split_plainly(line: str, separator: str) -> list[tuple[int, int]]:
    """The same of a line whose quotes do not close: they are apostrophes."""
    spans, at = [], 0
    for part in line.split(separator):
        spans.append((at, at + len(part)))
        at += len(part) + 1
    return spans
