from __future__ import annotations

import pytest

from pytest_agentsafety.text.fold import back_to_unfolded, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain ASCII\n\tstays", "plain ASCII\n\tstays"),
        ("i\u200bg\u200dn\ufefforeme", "ignoreme"),
        ("\u202eabc\u202c", "abc"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\uff29\uff47\uff4e\uff4f\uff52\uff45", "Ignore"),
        ("\u0456gn\u043er\u0435", "ignore"),
        ("\u0399gn\u03bfre", "Ignore"),
        ("\u0406GN\u041eR\u0415 \u0500\u051c\u051a\u04ba", "IGNORE DWQH"),
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


def test_offsets_lead_back_through_a_fold() -> None:
    source = "a\u200bb\u0456c\u00df\u00dfd"
    assert fold(source) == "abicssssd"
    back = back_to_unfolded(source)
    data = source.encode()
    spans = [back(i, i + 1) for i in range(9)]
    assert [data[a:b].decode() for a, b in spans] == [
        "a",
        "b",
        "\u0456",
        "c",
        "\u00df",
        "\u00df",
        "\u00df",
        "\u00df",
        "d",
    ]
    assert data[slice(*back(0, 9))].decode() == source
    assert back(3, 3)[0] == back(3, 4)[0]


@pytest.mark.parametrize(
    "letters",
    [
        "\u0251\u0299\u1d04\u1d05",
        "\u24b6\u24b7\u24b8\u24b9",
        "\U0001f150\U0001f151\U0001f152\U0001f153",
        "\U0001f170\U0001f171\U0001f172\U0001f173",
        "\U0001f1e6\U0001f1e7\U0001f1e8\U0001f1e9",
        "\u249c\u249d\u249e\u249f",
        "\u2801\u2803\u2809\u2819",
        "\u0250\u0180\u0188\u0111",
        "\U0001d552\U0001d553\U0001d554\U0001d555",
    ],
)
def test_alphabets_of_other_shapes(letters: str) -> None:
    assert fold(letters).lower() == "abcd"


def test_stacked_marks_vanish() -> None:
    assert fold("i\u0335\u0489\u1ab0g\u0301\u0300\u20dd") == "ig"


def test_no_fold_needs_more_than_twice_the_bytes() -> None:
    grown = [chr(c) for c in range(0x80, 0x20000) if len(_bytes(fold(chr(c)))) > 2 * len(_bytes(chr(c)))]
    assert grown == []


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
