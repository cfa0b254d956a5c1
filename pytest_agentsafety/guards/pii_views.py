"""Personal data in the readings of a text that its letters do not show: other scripts' digits, encodings, spacing."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import re2

from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.pii_scan import Finding, find_keys, find_pii, find_strong
from pytest_agentsafety.guards.spans import Edit, View

# Single characters with the same one between them, eight or more.
_APART_HINT = re2.compile("|".join(rf"(?:[^\s]{gap}){{7}}" for gap in (r" ", r"\.", "-", "_", r"\*", r"\|", "/")))
_APART = re.compile(r"(?<!\S)[\"'(\[`]?((?:\S([ ._*|/-]))(?:\S\2){6,}\S)")


class Hidden(NamedTuple):
    """Where it stands in the text as given, and what it says there."""

    finding: Finding
    value: str


def find_hidden(text: str) -> Iterator[Hidden]:
    """What is found in the normalised readings of `text`, apart from the text itself. May repeat itself.

    Letters that stand apart, and lines put together, are read for kinds with a form of their own alone: any row of
    digits is an account number once its gaps are closed. Backwards only keys are read.
    """
    normal = normalise(text)
    for view in normal.views:
        if view.text != text:
            yield from _read(view, find_pii)
        for other in _digits_of(view):
            yield from _read(other, find_pii)
        for other in _closed(view):
            yield from _read(other, find_strong)
    for view in normal.joined:
        yield from _read(view, find_strong)
    for view in (*_lines_joined(normal.base), *_backwards(normal.base)):
        yield from _read(view, find_keys)


def _read(view: View, find: Callable[[str], list[Finding]]) -> Iterator[Hidden]:
    for finding in find(view.text):
        start, end = view.origin(finding.start, finding.end)
        yield Hidden(Finding(finding.kind, start, end), view.text[finding.start : finding.end])


@cache
def _other_digits() -> dict[int, str]:
    """Digits of all scripts. Each is one character, as is its ASCII form, so offsets do not move."""
    digits = (c for c in range(0x80, sys.maxunicode + 1) if unicodedata.category(chr(c)) == "Nd")
    return {c: str(unicodedata.digit(chr(c))) for c in digits}


def _digits_of(view: View) -> Iterator[View]:
    if not view.text.isascii():
        text = view.text.translate(_other_digits())
        if text != view.text:
            yield View("digits", text, view)


def _closed(view: View) -> Iterator[View]:
    """The text with single letters put together, and nothing but the gaps between them gone."""
    if _APART_HINT.search(view.text.encode("utf-8", "replace")) is None:
        return
    edits: list[Edit] = []
    parts: list[str] = []
    done = size = 0
    for match in _APART.finditer(view.text):
        start, end = match.span(1)
        parts += (view.text[done:start], view.text[start:end:2])
        size += start - done
        for at in range(start + 1, end, 2):
            size += 1
            edits.append(Edit(size, size, at, at + 1))
        size += 1
        done = end
    if edits:
        yield View("closed", "".join([*parts, view.text[done:]]), view, lambda: edits)


def _lines_joined(view: View) -> Iterator[View]:
    """A value that is broken over two lines."""
    breaks = [match.span() for match in re.finditer(r"\r?\n", view.text)]
    if breaks:
        text = view.text.replace("\r\n", "").replace("\n", "")
        yield View("lines", text, view, lambda: list(_cuts(breaks)))


def _cuts(breaks: list[tuple[int, int]]) -> Iterator[Edit]:
    gone = 0
    for start, end in breaks:
        yield Edit(start - gone, start - gone, start, end)
        gone += end - start


class _Backwards(View):
    """A text from its end to its start."""

    def origin(self, start: int, end: int) -> tuple[int, int]:
        assert self.parent is not None
        return self.parent.origin(len(self.text) - end, len(self.text) - start)


def _backwards(view: View) -> Iterator[Any]:
    yield _Backwards("backwards", view.text[::-1], view)
