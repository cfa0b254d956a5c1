"""Spans of a text: put together, and replaced."""

from __future__ import annotations

from collections.abc import Iterable


def merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, overlapping and touching spans joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def replace_spans(text: str, parts: Iterable[tuple[int, int, str]]) -> str:
    """Put each `(start, end, new)` in place; parts are sorted and do not overlap."""
    out: list[str] = []
    done = 0
    for start, end, new in parts:
        out += (text[done:start], new)
        done = end
    return "".join([*out, text[done:]])
