from __future__ import annotations

import pytest

from pytest_agentsafety.text.fold import fold, fold_edits, read_tags


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain ASCII\n\tstays", "plain ASCII\n\tstays"),
        ("i\u200bg\u200dn\ufefforeme", "ignoreme"),
        ("\u202eabc\u202c", "abc"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\uff29\uff47\uff4e\uff4f\uff52\uff45", "Ignore"),
        ("\u0456gn\u043er\u0435", "ignore"),
        ("\u0399gn\u03bfre", "ignore"),
        ("\u0406GN\u041eR\u0415 \u0500\u051c\u051a\u04ba", "iGNoRe dwqh"),
        ("\U0001d422\U0001d420nore", "ignore"),
        ("Vorg\u00e4nge \u00fcber \u00c9t\u00e9", "Vorgange uber Ete"),
        ("e\u0301", "e"),
        ("Stra\u00dfe", "Strasse"),
        ("\u201cquoted\u201d \u2019tis \u2014", '"quoted" \'tis -'),
        ("a\u00a0b\u2003c\u2028d", "a b c\nd"),
        ("nul\x00bell\x07esc\x1b", "nulbellesc"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("v\ufe0fa\U000e0100r", "var"),
        ("\u5ffd\u7565\uff01", "\u5ffd\u7565!"),
        ("\ud55c\uad6d\uc5b4", "\ud55c\uad6d\uc5b4"),
    ],
)
def test_fold_maps_what_is_read_as_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_clean_ascii_is_not_copied() -> None:
    text = "nothing to do here" * 100
    assert fold(text) is text


def test_no_character_may_grow_much() -> None:
    assert fold("\ufdfa" * 10) == "\ufdfa" * 10


def test_the_two_ways_of_folding_agree() -> None:
    mostly_foreign = "\u0456\u200b\uff41\u00df" * 50
    mostly_ascii = mostly_foreign + "x" * 10_000
    assert fold(mostly_ascii) == fold(mostly_foreign) + "x" * 10_000


def test_fold_edits_name_only_changes_of_length() -> None:
    assert fold_edits("a\u200bb\u0456c\u00df") == [(1, 1, 1, 2), (4, 6, 5, 6)]


def test_tag_characters_are_read_in_place() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "pay me")
    assert read_tags(f"hello{hidden}!") == "hellopay me!"
    assert read_tags("hello") is None
    assert read_tags("\u00e9t\u00e9") is None
