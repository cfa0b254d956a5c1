"""Personal data in the readings of a text that its letters do not show: other scripts' digits, encodings, spacing."""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import re2

from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.pii_records import records
from pytest_agentsafety.guards.pii_scan import Finding, find_keys, find_pii, find_strong, is_name
from pytest_agentsafety.guards.spans import replace_spans
from pytest_agentsafety.text import View
from pytest_agentsafety.text.gate import is_said
from pytest_agentsafety.text.pieces import matches, replace

# Single characters with the same one between them, eight or more, the first two of them letters or digits.
_GAPS = (" ", r"\.", "-", "_", r"\*", r"\|", "/")
_APART = re2.compile("|".join(rf"(?:[+A-Za-z0-9]{gap}){{2}}(?:[^\s]{gap}){{5,}}[^\s]" for gap in _GAPS))
# Between two groups of digits or letters, with the mark of a quoted line. Nothing of it is tried twice: a gap may be as
# long as the text.
_WIDE_GAP = re.compile(r"(?<=[0-9A-Z])(?:[\t\r\n]| [^\S\t\r\n]*+[\t\r\n>])[\s>]*+(?=[0-9A-Z])")

_LINE_END = re.compile(r"\r?\n")

_MAY_BE_QUERY = rb"(?:^|[?&;\s])[A-Za-z][0-9A-Za-z_.-]*=[^\s&]*[0-9A-Z)]\+[0-9A-Z(]"
_PLUS = re.compile(r"(?<=[0-9A-Za-z)])\+(?=[0-9A-Za-z(])")

Back = Callable[[int, int], tuple[int, int]]

# What is worth the look of the pattern before: a gap of lines or tabs somewhere behind a digit or a capital.
_MAY_BE_WIDE = rb"[0-9A-Z](?:[\t\r\n]| [^0-9A-Za-z]*[\t\r\n>])"
# Readable ASCII in hex digits, from the beginning of a run of letters and digits on.
_HEX = rb"(?:^|[^0-9A-Za-z])(?:[2-7][0-9A-Fa-f]){8,}"


class Hidden(NamedTuple):
    """Where it stands in the text as given, and what it says there."""

    finding: Finding
    value: str


def find_hidden(text: str) -> Iterator[Hidden]:
    """What is found in the normalised readings of `text`, apart from the text itself. May repeat itself.

    Letters that stand apart, and lines put together, are read for kinds with a form of their own alone: any row of
    digits is an account number once its gaps are closed. In a cipher, and backwards, a text is read so that says
    something that way; in others only keys are looked for backwards.
    """
    normal = normalise(text)
    for view in _in_records(View("text", text.encode("utf-8", "surrogatepass"))):
        yield from _read(view, find_pii)
    for view in (view for view in normal.views if view.turned and is_said(view.data)):
        yield from _read(view, _find_written)
    for view in (view for view in normal.views if not view.guessed):
        if view.text != text:
            yield from _read(view, find_pii)
        for other in _digits_of(view):
            yield from _read(other, find_pii)
            for other in _in_records(view):
                yield from _read(other, find_pii)
        for other in _unplussed(view):
            yield from _read(other, find_pii)
        for other in (*_closed(view), *_evened(view)):
            yield from _read(other, _find_apart)
        for other in _hex_of(view):
            yield from _read(other, find_pii)
    for view in normal.joined:
        yield from _read(view, find_strong)
    for view in (*_lines_joined(normal.base), *_backwards(normal.base)):
        yield from _read(view, find_keys)


def _find_apart(text: str) -> list[Finding]:
    """What its own form tells; a telephone number has one where it begins with a plus sign."""
    phones = find_pii(text) if "+" in text else ()
    return [*find_strong(text), *(one for one in phones if one.kind == "phone" and text[one.start] == "+")]


def _find_written(text: str) -> list[Finding]:
    """What its own form tells, and addresses."""
    mails = find_pii(text) if "@" in text else ()
    return [*find_strong(text), *(one for one in mails if one.kind == "email")]


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
            yield _Derived("digits", text, view, lambda start, end: (start, end))


def _in_records(view: View) -> Iterator[View]:
    """Tables, with the name of its column before each value."""
    if (found := records(view.text, is_name)) is not None:
        yield _Derived("records", found[0], view, found[1])


def _unplussed(view: View) -> Iterator[View]:
    """Blanks of a query, which it writes as plus signs."""
    if (
        view.data.find(b"+", view.data.find(b"=") + 1 or len(view.data)) >= 0
        and _in_bytes(_MAY_BE_QUERY).search(view.data) is not None
    ):
        text = _PLUS.sub(" ", view.text)
        yield _Derived("query", text, view, lambda start, end: (start, end))


def _hex_of(view: View) -> Iterator[View]:
    """Printable text in hex digits. Values are no words, so that nobody else takes them for a text worth decoding."""
    data = view.data
    for match in _in_bytes(_HEX).finditer(data):
        start, end = match.span()
        start += (end - start) % 2  # the byte in front
        if data[end : end + 1].isalnum():
            continue
        plain = bytes.fromhex(data[start:end].decode()).decode()
        if plain.isprintable():
            first = len(data[:start].decode("utf-8", "surrogatepass"))
            yield _Derived("decoded", plain, view, _all_of(first, first + end - start))


@cache
def _in_bytes(pattern: bytes) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    options.log_errors = False
    return re2.compile(pattern, options)


def _all_of(first: int, last: int) -> Back:
    return lambda _start, _end: (first, last)


def _closed(view: View) -> Iterator[View]:
    """The text with single letters put together, and nothing but the gaps between them gone."""
    encoded = view.text.encode("utf-8", "replace")
    if _APART.search(encoded) is None:
        return
    # Bytes are quicker to look through, where they are characters too.
    runs = [match.span() for match in _APART.finditer(encoded if view.text.isascii() else encoded.decode())]
    parts = (view.text[start:end:2] for start, end in runs)
    text = replace_spans(view.text, [(start, end, part) for (start, end), part in zip(runs, parts, strict=True)])
    gaps = ((at, at + 1) for start, end in runs for at in range(start + 1, end, 2))
    yield _Derived("closed", text, view, _past_when_asked(gaps))


def _evened(view: View) -> Iterator[View]:
    """The text with a blank for every wider gap: a value may have a group of its digits on each line."""
    if _in_bytes(_MAY_BE_WIDE).search(view.data) is None:
        return
    text = replace(_WIDE_GAP, " ", view.text)
    if text != view.text:
        spans = ((at + match.start() + 1, at + match.end()) for at, match in matches(_WIDE_GAP, view.text))
        yield _Derived("evened", text, view, _past_when_asked(spans))


def _lines_joined(view: View) -> Iterator[View]:
    """A value that is broken over two lines."""
    if "\n" in view.text:
        text = _without_breaks(view.text)
        gaps = (match.span() for match in _LINE_END.finditer(view.text))
        yield _Derived("lines", text, view, _past_when_asked(gaps))


def _without_breaks(text: str) -> str:
    if "\r" in text or not text.isascii():
        return text.replace("\r\n", "").replace("\n", "")
    return text.encode().translate(None, b"\n").decode()


def _past_when_asked(gaps: Iterable[tuple[int, int]]) -> Back:
    made: list[Back] = []

    def back(start: int, end: int) -> tuple[int, int]:
        if not made:
            made.append(_past(gaps))
        return made[0](start, end)

    return back


def _past(gaps: Iterable[tuple[int, int]]) -> Back:
    """The way back to a text that these spans were taken out of."""
    cuts, ends = array("q"), array("q")
    gone = 0
    for start, end in gaps:
        cuts.append(start - gone)
        ends.append(end)
        gone += end - start

    def back(start: int, end: int) -> tuple[int, int]:
        return _behind(cuts, ends, start), _behind(cuts, ends, end - 1) + 1

    return back


def _behind(cuts: Sequence[int], ends: Sequence[int], position: int) -> int:
    index = bisect_right(cuts, position) - 1
    return position if index < 0 else ends[index] + position - cuts[index]


class _Derived(View):
    """A text whose characters are found again by `back`, in characters of the parent."""

    def __init__(self, name: str, text: str, parent: View, back: Back) -> None:
        super().__init__(name, text.encode("utf-8", "surrogatepass"), parent)
        self._from = back

    def origin(self, start: int, end: int) -> tuple[int, int]:
        assert self.parent is not None
        return self.parent.origin(*self._from(start, end))


def _backwards(view: View) -> Iterator[View]:
    size = len(view.text)
    yield _Derived("backwards", view.text[::-1], view, lambda start, end: (size - end, size - start))
