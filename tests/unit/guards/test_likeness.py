"""Examples that are in and out, and texts between them."""

from __future__ import annotations

import pytest

from pytest_agentsafety.guards.likeness import Likeness
from pytest_agentsafety.guards.scope import content_stems

INSIDE = ("Where is my parcel?", "Return the blue lamp")
OUTSIDE = ("Write a poem about the sea", "Solve my homework")


def likeness(inside: tuple[str, ...] = INSIDE, outside: tuple[str, ...] = OUTSIDE) -> Likeness:
    return Likeness(inside, outside, content_stems)


def out_by(text: str, **sides: tuple[str, ...]) -> float:
    return likeness(**sides).out_by(text, content_stems(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_an_example_is_as_far_out_as_can_be(text: str) -> None:
    assert out_by(text) > 0.5


@pytest.mark.parametrize("text", INSIDE)
def test_an_example_that_is_in_is_not_out(text: str) -> None:
    assert out_by(text) <= 0
    assert likeness().is_in(text, content_stems(text))


@pytest.mark.parametrize("text", ["", "qqq zzz", "a the of"])
def test_what_is_like_nothing_is_on_no_side(text: str) -> None:
    assert out_by(text) <= 0
    assert not likeness().is_in(text, content_stems(text))


def test_a_typing_error_is_still_like() -> None:
    assert out_by("Wriite a poemm about the seaa") > 0


def test_one_side_may_be_empty() -> None:
    assert out_by("Write a poem about the sea", inside=()) > 0
    assert out_by("Write a poem about the sea", outside=()) <= 0
    assert not likeness((), OUTSIDE).is_in("anything", content_stems("anything"))


def test_the_nearer_the_text_the_larger_the_margin() -> None:
    near, far = out_by("Write a poem about the sea"), out_by("Write a poem about my parcel")
    assert near > far


def test_only_the_beginning_of_a_long_text_is_cut_into_pieces() -> None:
    text = "Write a poem about the sea " + "parcel " * 100_000
    assert isinstance(out_by(text), float)
