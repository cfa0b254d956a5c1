from __future__ import annotations

import re

import pytest

from pytest_agentsafety.text.pieces import PIECE, matches, replace

BLANKS = re.compile(r"\s+")


@pytest.mark.parametrize("text", ["", "a  b", "a  b" * PIECE, "x" * PIECE + "  y"])
def test_as_the_pattern_does_it(text: str) -> None:
    assert replace(BLANKS, " ", text) == BLANKS.sub(" ", text)
    assert [(at + m.start(), m.group()) for at, m in matches(BLANKS, text)] == [
        (m.start(), m.group()) for m in BLANKS.finditer(text)
    ]


def test_what_lies_over_a_seam_is_two() -> None:
    text = "x" * (PIECE - 1) + "  y"
    assert replace(BLANKS, "-", text).endswith("x--y")
    assert [at + m.start() for at, m in matches(BLANKS, text)] == [PIECE - 1, PIECE]


def test_bytes() -> None:
    assert replace(re.compile(rb"a"), b"", b"banana") == b"bnn"
