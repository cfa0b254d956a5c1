"""Tables read as records: a column's name is put before each of its values, where a finder looks for it.

CSV and its kin, Markdown tables, `INSERT INTO t (a, b) VALUES (1, 2)`. What is found has its place in the text as given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import re2

_LONGEST_NAME, _SHORTEST_VALUE = 40, 6
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
# A line of nothing but names.
_HEAD = _bytewise(rb"(?m)^[ \t|]*" + _NAME + rb"(?:[ \t]*[,;|\t][ \t]*" + _NAME + rb")+[ \t|]*\r?$")
_INSERT = _bytewise(rb"(?i)\)\s{0,8}values\s{0,8}\(")


def records(text: str, is_name: Callable[[str], bool]) -> tuple[str, Back] | None:
    """The columns that `is_name` knows, a line for each of their values, and the way back; None where there are none."""
    data = text.encode("utf-8", "replace")
    heads = "\n" in text and _HEAD.search(data) is not None
    cells = [*(_tables(text, is_name) if heads else ()), *(_inserts(text, is_name) if _INSERT.search(data) else ())]
    return _as_lines(text, cells) if cells else None


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
    head: list[str] = []
    separator, at = "", 0
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        spans = _split(line, separator) if separator else []
        if separator and (_RULE.fullmatch(line) or len(spans) == len(head)):
            yield from _named(text, head, spans, start)
            continue
        separator = ""
        if len(line) < 2_000 and _HEAD.search(line.encode("utf-8", "replace")) and is_name(line):
            separator = next(sign for sign in _SEPARATORS if sign in line)
            head = [_bare(line[a:b]) for a, b in _split(line, separator)]
            head = [name if len(name) <= _LONGEST_NAME and is_name(name) else "" for name in head]
            separator = separator if any(head) else ""


def _inserts(text: str, is_name: Callable[[str], bool]) -> Iterator[_Cell]:
    for match in re.finditer(r"\)\s{0,8}values\s{0,8}(?=\()", text, re.IGNORECASE):
        opening = text.rfind("(", max(0, match.start() - 2_000), match.start())
        head = [_bare(name) for name in text[opening + 1 : match.start()].split(",")]
        head = [name if len(name) <= _LONGEST_NAME and is_name(name) else "" for name in head]
        row = _TUPLE.match(text, match.end()) if any(head) else None
        while row is not None:
            spans = _split(row.group(1), ",")
            if len(spans) == len(head):
                yield from _named(text, head, spans, row.start(1))
            row = _TUPLE.match(text, row.end())


def _named(text: str, head: list[str], spans: list[tuple[int, int]], at: int) -> Iterator[_Cell]:
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
