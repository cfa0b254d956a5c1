"""The columns of a listing in plain text: what stands at the same place of every line, in the same shape.

Only dates and codes become values, and only up to where the lines begin to differ, from the left and from the right:
what a writer put into one line stands behind that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pytest_agentsafety.provenance.values import kind_of

_BRACKETS = "[](){}<>,;#|*\u2022-"
_MOST, _LONGEST = 8, 40


class Cell(NamedTuple):
    """A value of a column, and a name for the column."""

    column: str
    value: str


class _Token(NamedTuple):
    shape: str
    value: str


def cells(lines: Sequence[str]) -> list[list[Cell]]:
    """For each line the values of the columns that all lines share; none where there are less than two lines."""
    if len(lines) < 2:
        return [[] for _ in lines]
    heads = [_tokens(line.split(None, _MOST)[:_MOST]) for line in lines]
    tails = [_tokens(line.rsplit(None, _MOST)[-_MOST:])[::-1] for line in lines]
    left, right = _common(heads), _common(tails)
    shortest = min(len(line.split()) for line in lines)
    right = min(right, max(0, shortest - left))
    found = []
    for head, tail in zip(heads, tails, strict=True):
        parts = [*_cells(head[:left], "column"), *_cells(tail[:right], "column from the end")]
        found.append(parts)
    return found


def _tokens(words: Sequence[str]) -> list[_Token]:
    return [_Token(_shape(bare), bare) for bare in (word.strip(_BRACKETS).removesuffix(":") for word in words)]


def _shape(bare: str) -> str:
    if not bare or len(bare) > _LONGEST:
        return "other"
    if kind_of(bare) == "date":
        return "clock" if ":" in bare[:3] else "date"
    if any(char.isdigit() for char in bare) and "@" not in bare and "://" not in bare:
        return "code"
    return "word"


def _common(rows: Sequence[Sequence[_Token]]) -> int:
    """How many tokens from the start on have one shape in all rows."""
    count = 0
    for column in zip(*rows, strict=False):
        if len({token.shape for token in column}) > 1:
            break
        count += 1
    return count


def _cells(tokens: Sequence[_Token], name: str) -> list[Cell]:
    """Dates and codes; a clock belongs to the date beside it."""
    found: list[Cell] = []
    for at, token in enumerate(tokens):
        if token.shape == "date":
            beside = tokens[at + 1] if at + 1 < len(tokens) else None
            clock = f" {beside.value}" if beside is not None and beside.shape == "clock" else ""
            found.append(Cell(f"{name} {at}", token.value + clock))
        elif token.shape == "code":
            found.append(Cell("id", token.value))
    return found
