"""Hostile text may not steer a terminal, a CI log or a file name."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.model.safe_text import one_line, printable, slug

QUICK = settings(deadline=None, derandomize=True)


NASTY = st.text(
    st.sampled_from("ab \t\n\r\x00\x1b\x7f\x85\x9b::##[\u202e\u2066\u200e\ufeff\U000e0041\ud800\u2028é/\\.")
    | st.characters(),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä 漢", "plain ä 漢"),
        ("tab\tand\nnewline", "tab\tand\nnewline"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\rb", r"a\rb"),
        ("\x9b31m", r"\x9b31m"),
        ("abc\u202edcba", r"abc\u202edcba"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud83d", r"\ud83d"),
        ("\u2028", r"\u2028"),
        ("\x7f\x00", r"\x7f\x00"),
    ],
)
def test_printable_shows_what_would_act(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["::error::x", "  ::add-mask::x", "a\n::error::x", "\t##[group]x", "a\n ##[error]"])
def test_ci_commands_are_taken_off_the_line_start(text: str) -> None:
    shown = printable(text)
    assert not re.search(r"^\s*(::|##\[)", shown, re.MULTILINE)
    assert "\u2236" in shown


def test_double_colons_inside_a_line_stay() -> None:
    assert printable("std::vector and ##[x") == "std::vector and ##[x"


def test_many_empty_lines_cost_linear_time() -> None:
    # Quadratic time would take minutes here and trip every runner's limit.
    assert printable("\n" * 300_000 + "::x").endswith("\u2236:x")


@QUICK
@given(NASTY)
def test_printable_leaves_nothing_that_acts(text: str) -> None:
    shown = printable(text)
    assert not re.search(r"^[^\S\n]*(::|##\[)", shown, re.MULTILINE)
    for char in shown:
        assert char in "\t\n" or unicodedata.category(char) not in ("Cc", "Cs"), repr(char)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")
    shown.encode()


@QUICK
@given(NASTY)
def test_printable_is_stable(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@QUICK
@given(NASTY, st.integers(2, 40))
def test_one_line_is_one_short_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not line.startswith("::")


def test_one_line_marks_what_it_cut() -> None:
    assert one_line("abcdef", 4) == "abc\u2026"
    assert one_line("abcd", 4) == "abcd"
    assert one_line("a\n  b\t c") == "a b c"


@pytest.mark.parametrize("name", ["inbox.t1.i2.body.plain", "a-b_c+d.e", "x" * 80])
def test_good_names_stay(name: str) -> None:
    assert slug(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../../etc/passwd", "/abs", "a b", "a\x00b", "ä", "-x", ".hidden", "x" * 81]
)
def test_other_names_are_made_safe_and_told_apart(name: str) -> None:
    made = slug(name)
    assert re.fullmatch(r"[A-Za-z0-9_+][A-Za-z0-9._+-]*-[0-9a-f]{12}", made)
    assert len(made) <= 80
    assert slug(name) == made


@QUICK
@given(NASTY, NASTY)
def test_slugs_are_file_names_and_differ(one: str, other: str) -> None:
    a, b = slug(one), slug(other)
    assert re.fullmatch(r"[A-Za-z0-9_+][A-Za-z0-9._+-]{0,79}", a)
    assert (a == b) == (one == other)


@given(st.text("ab :#[\n\t \x00\u200b\u2028\u00e9\U0001f600", max_size=60), st.integers(1, 40))
def test_a_line_that_is_cut_first_is_the_line_that_is_cut_last(text: str, limit: int) -> None:
    whole = printable(" ".join(text.split()))
    assert one_line(text, limit) == (whole if len(whole) <= limit else whole[: limit - 1] + "\u2026")
