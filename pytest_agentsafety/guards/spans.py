"""Spans of a text: put together, and replaced."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_agentsafety.text.views import merged as merge_spans

__all__ = ["merge_spans", "replace_spans"]


def replace_spans(text: str, parts: Iterable[tuple[int, int, str]]) -> str:
    """Put each `(start, end, new)` in place; parts are sorted and do not overlap."""
    out: list[str] = []
    done = 0
    for start, end, new in parts:
        out += (text[done:start], new)
        done = end
    return "".join([*out, text[done:]])
