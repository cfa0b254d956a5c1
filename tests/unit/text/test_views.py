from __future__ import annotations

from pytest_agentsafety.text import View
from pytest_agentsafety.text.views import back_reversed, back_through, back_whole, edits_of


def view(text: str, parent: View, *rows: tuple[int, int, int, int]) -> View:
    return View("new", text.encode(), parent, back_through(lambda: edits_of(rows)))


def source(text: str) -> View:
    return View("source", text.encode())


def test_origin_of_text_around_an_edit() -> None:
    new = view("abYcd", source("ab<<x>>cd"), (2, 3, 2, 7))
    assert new.origin(0, 2) == (0, 2)
    assert new.origin(2, 3) == (2, 7)
    assert new.origin(3, 5) == (7, 9)
    assert new.origin(1, 4) == (1, 8)


def test_origin_behind_removed_characters() -> None:
    new = view("abc", source("a..b.c"), (1, 1, 1, 2), (1, 1, 2, 3), (2, 2, 4, 5))
    assert [new.origin(i, i + 1) for i in range(3)] == [(0, 1), (3, 4), (5, 6)]


def test_origin_through_two_layers_is_the_whole_segment() -> None:
    middle = view("see ABC now", source("see QUJD now"), (4, 7, 4, 8))
    top = view("see A now", middle, (5, 5, 5, 7))
    assert top.origin(4, 5) == (4, 8)
    assert top.origin(6, 9) == (9, 12)


def test_an_empty_span_stays_empty() -> None:
    assert view("ab", source("ab")).origin(1, 1) == (1, 1)


def test_origin_counts_characters_not_bytes() -> None:
    new = view("\u00e9\u4e2dYz", source("\u00e9\u4e2d%59z"), (5, 6, 5, 8))
    assert new.text == "\u00e9\u4e2dYz"
    assert new.origin(1, 2) == (1, 2)
    assert new.origin(2, 3) == (2, 5)
    assert new.origin_of_bytes(6, 7) == (5, 6)


def test_ways_back_from_other_orders() -> None:
    root = source("abcdef")
    assert View("r", b"fedcba", root, back_reversed(6)).origin(1, 3) == (3, 5)
    assert View("w", b"x", root, back_whole(6)).origin(0, 1) == (0, 6)
    assert View("same", b"ABCDEF", root).origin(2, 4) == (2, 4)


def test_edits_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []
    new = View("n", b"x", source("yx"), back_through(lambda: (made.append(1), edits_of([(0, 0, 0, 1)]))[1]))
    assert made == []
    assert new.origin(0, 1) == new.origin(0, 1) == (1, 2)
    assert made == [1]
