from __future__ import annotations

from pytest_agentsafety.guards.spans import merge_spans, replace_spans


def test_merge_spans_joins_what_touches() -> None:
    assert merge_spans([(5, 7), (0, 2), (2, 3), (6, 9)]) == [(0, 3), (5, 9)]


def test_replace_spans() -> None:
    assert replace_spans("hello world", [(0, 1, "J"), (5, 6, "-"), (11, 11, "!")]) == "Jello-world!"
