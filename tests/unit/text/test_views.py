from __future__ import annotations

from pytest_agentsafety.text import Edit, View


def test_origin_of_text_around_an_edit() -> None:
    source = View("source", "ab<<x>>cd")
    view = View("new", "abYcd", source, lambda: [Edit(2, 3, 2, 7)])
    assert view.origin(0, 2) == (0, 2)
    assert view.origin(2, 3) == (2, 7)
    assert view.origin(3, 5) == (7, 9)
    assert view.origin(1, 4) == (1, 8)


def test_origin_behind_removed_characters() -> None:
    source = View("source", "a..b.c")
    view = View("new", "abc", source, lambda: [Edit(1, 1, 1, 2), Edit(1, 1, 2, 3), Edit(2, 2, 4, 5)])
    assert [view.origin(i, i + 1) for i in range(3)] == [(0, 1), (3, 4), (5, 6)]


def test_origin_through_two_layers_is_the_whole_segment() -> None:
    source = View("source", "see QUJD now")
    middle = View("middle", "see ABC now", source, lambda: [Edit(4, 7, 4, 8)])
    top = View("top", "see A now", middle, lambda: [Edit(5, 5, 5, 7)])
    assert top.origin(4, 5) == (4, 8)
    assert top.origin(6, 9) == (9, 12)


def test_an_empty_span_stays_empty_or_covers_its_segment() -> None:
    view = View("new", "ab", View("source", "ab"))
    assert view.origin(1, 1) == (1, 1)
