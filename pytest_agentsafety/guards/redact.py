"""Take a found instruction out of a text and leave the rest usable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import re2

from pytest_agentsafety.guards.engine import Hit
from pytest_agentsafety.guards.spans import merge_spans, replace_spans

# A paragraph ends at an empty line, at a JSON string's quote, at a tag, or at a field that starts a line.
_PARAGRAPH = re.compile(
    r"\n[ \t]*\r?\n|\\n(?:\\r)?\\n|(?<=[,:\[{])[ ]?\"|\"(?=[ ]?[,:\]}])|</?[A-Za-z][^<>]{0,80}>|"
    r"\n(?=[ \t-]*[\w ]{1,30}:[ \n])"
)
_SENTENCE = re.compile(_PARAGRAPH.pattern + r"|\n|\\n|(?<=[.!?])[\"')]?\s|[\u3002\uff01\uff1f]")
_LETTER = re.compile(r"\w")
_NEAR, _TAG = 1 << 10, 1 << 7  # a tag is shorter than that


def cut(text: str, hits: Iterable[Hit], marker: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without the units that hold the hits, and their spans in the text as given. Linear."""
    spans: list[tuple[int, int]] = []
    done = 0
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if hit.end <= done and spans:
            continue
        boundary = _PARAGRAPH if hit.rule.unit == "paragraph" else _SENTENCE
        start = _last_boundary(boundary, text, done, max(hit.start, done))
        end = _next_boundary(boundary, text, max(hit.end, done))
        spans.append((start, end))
        done = end
    spans = merge_spans(spans)
    return replace_spans(text, [(start, end, marker) for start, end in spans]), spans


def _last_boundary(boundary: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Where the last one ends. A large gap is looked through from behind: near its end there mostly is one."""
    if end - start > _NEAR:
        fresh = _fresh(text, end - _NEAR, end)
        last = -1 if fresh is None else _last_from(boundary, text, fresh, end)
        if last >= 0:
            return last
        if not _may_hold(boundary, text[start:end]):
            return start
    return max(start, _last_from(boundary, text, start, end))


def _fresh(text: str, start: int, end: int) -> int | None:
    """A place that no boundary reaches over: behind a letter, and far from all that holds letters."""
    mark = max(text.rfind("<", start, end), text.rfind("\\", start, end), start)
    letter = _LETTER.search(text, mark + _TAG, end)
    return None if letter is None else letter.end()


def _may_hold(boundary: re.Pattern[str], text: str) -> bool:
    """Is there any character that every such boundary has one of?"""
    if len(text) <= _NEAR:
        return True
    return _some(ends=boundary is _SENTENCE).search(text.encode("utf-8", "replace")) is not None


@cache
def _some(*, ends: bool) -> Any:
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    end = r"|[\x{3002}\x{ff01}\x{ff1f}]|[.!?][\"')]?[\pZ\x{0}-\x{20}\x{85}]" if ends else ""
    return re2.compile(rf"[\n\\\"<]{end}", options)


def _last_from(boundary: re.Pattern[str], text: str, start: int, end: int) -> int:
    last = -1
    for match in boundary.finditer(text, start, end):
        if match.end() <= end:
            last = match.end()
    return last


def _next_boundary(boundary: re.Pattern[str], text: str, start: int) -> int:
    match = boundary.search(text, start, start + _NEAR)
    if match is not None and match.end() + _TAG < start + _NEAR:
        return match.start()
    if not _may_hold(boundary, text[start:]):
        return len(text)
    match = boundary.search(text, start)
    return len(text) if match is None else match.start()
