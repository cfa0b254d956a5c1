"""Take a found instruction out of a text and leave the rest usable."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_agentsafety.guards.engine import Hit
from pytest_agentsafety.guards.spans import merge_spans, replace_spans

# A paragraph ends at an empty line, at a JSON string's quote, at a tag, or at a field that starts a line.
_PARAGRAPH = re.compile(
    r"\n[ \t]*\r?\n|\\n(?:\\r)?\\n|(?<=[,:\[{])[ ]?\"|\"(?=[ ]?[,:\]}])|</?[A-Za-z][^<>]{0,80}>|"
    r"\n(?=[ \t-]*[\w ]{1,30}:[ \n])"
)
_SENTENCE = re.compile(_PARAGRAPH.pattern + r"|\n|\\n|(?<=[.!?])[\"')]?\s|[\u3002\uff01\uff1f]")


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
    last = start
    for match in boundary.finditer(text, start, end):
        if match.end() <= end:
            last = match.end()
    return last


def _next_boundary(boundary: re.Pattern[str], text: str, start: int) -> int:
    match = boundary.search(text, start)
    if match is None:
        return len(text)
    return match.start()
