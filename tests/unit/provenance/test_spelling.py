"""Whole tokens, numbers by value, links: the small parts under the tracker."""

from decimal import Decimal

import pytest

from pytest_agentsafety.provenance.disguise import closed
from pytest_agentsafety.provenance.intent import contradiction
from pytest_agentsafety.provenance.links import has_query, link_host, links, telling
from pytest_agentsafety.provenance.normal import WORD, has_token, has_unseen, normalise, squeeze, undefanged, words_only
from pytest_agentsafety.provenance.numbers import as_number, numbers_in, spellings


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("bob", "bob"),
        ("to bob.", "bob"),
        ("bob's file", "bob"),
        ("'bob'", "bob"),
        ("(bob)", "bob"),
        ("iban:de12", "de12"),
        ("to=bob", "bob"),
        ("see https://x.test", "x.test"),
        ("see https://x.test.", "https://x.test"),
        ("a bob@x.y, c", "bob@x.y"),
        ("rebob bob", "bob"),
        ("#general now", "#general"),
        ("\u7ed9\u5f20\u4f1f\u53d1\u90ae\u4ef6", "\u5f20\u4f1f"),
        ("items 1, 2 and 3", "2"),
        ("x: 5", "5"),
    ],
)
def test_whole_tokens_are_found(text: str, value: str) -> None:
    assert has_token(text, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("bobby", "bob"),
        ("rebob", "bob"),
        ("bob@x.y", "bob"),
        ("bob@x.y", "x.y"),
        ("bob_b", "bob"),
        ("anna-bob", "bob"),
        ("bob-anna", "bob"),
        ("bob.anna", "bob"),
        ("evil-x.test", "x.test"),
        ("x.test.evil", "x.test"),
        ("x.test/page", "x.test"),
        ("notes/a.txt", "a.txt"),
        ("1,000", "1"),
        ("1,000", "000"),
        ("100.50", "100"),
        ("x.test:80", "x.test"),
        ("", "bob"),
        ("bob", ""),
    ],
)
def test_parts_of_tokens_are_not(text: str, value: str) -> None:
    assert not has_token(text, value)


def test_case_and_white_space() -> None:
    assert normalise("  STRASSE\u00a0\n x ") == "strasse x"
    assert normalise("stra\u00dfe") == "strasse"
    assert squeeze(" A \t b ") == "A b"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,000.00", {"1000"}),
        ("1.000,50", {"1000.5"}),
        ("1,234,567", {"1234567"}),
        ("12,50 EUR", {"12.5"}),
        ("$50, 60.", {"50", "60"}),
        ("1.000", {"1", "1000"}),
        ("-5 and +6", {"-5", "6"}),
        ("3-5, INV-77, 2026-11-05, 1/2, 7@x", set()),
        ("v1.2.3, 007, 1a, a1, 1_0, 12.5x", set()),
        ("9" * 60, set()),
        ("", set()),
    ],
)
def test_numbers_by_value(text: str, values: set[str]) -> None:
    assert numbers_in(text) == {Decimal(value) for value in values}


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, "5"), (5.0, "5"), ("5.00", "5"), ("1,000.00", "1000"), (Decimal("2.50"), "2.5"), (10**20, str(10**20))],
)
def test_what_is_a_number(value: object, number: str) -> None:
    assert as_number(value) == Decimal(number)


@pytest.mark.parametrize("value", [True, None, "", "007", "1.000", "5 EUR", "1" * 50, float("inf"), float("nan"), b"5"])
def test_what_is_none(value: object) -> None:
    assert as_number(value) is None


def test_spellings_of_a_number() -> None:
    assert set(spellings(Decimal("1250.5"))) == {"1250.5", "1250.50", "1,250.50", "1,250.5"}
    assert spellings(Decimal("1E+2"))[0] == "100"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.test/x?y=1.", ["https://a.test/x?y=1"]),
        ("[a](https://a.test) <b://c>", ["https://a.test", "b://c"]),
        ("www.a.test, http://b.test!", ["www.a.test", "http://b.test"]),
        ("nothing: here // at all", []),
    ],
)
def test_links(text: str, found: list[str]) -> None:
    assert links(text) == found


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://a.test/x", "a.test"),
        ("www.a.test", "a.test"),
        ("https://a.test?x", "a.test"),
        ("https://u@a.test", "u@a.test"),
        ("https://a.test\\b", "a.test"),
    ],
)
def test_hosts_of_links(link: str, host: str) -> None:
    assert link_host(link) == host


def test_queries() -> None:
    assert has_query("https://a.test/?x")
    assert has_query("https://a.test/" + "x" * 2000)
    assert not has_query("https://a.test/x")


def test_telling_parts_of_a_text() -> None:
    text = "https://a.test bob@b.test de89370400440532013000 123456789 12345678 ref-1"
    assert telling(text) == ["https://a.test", "bob@b.test", "de89370400440532013000", "123456789"]


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "a." * 100_000, "a@" * 100_000, "1" * 200_000, "://" * 70_000, "www." * 50_000]
)
def test_long_runs_yield_little_and_end(text: str) -> None:
    """No clock here: a pattern that backtracks over these would not come back within the session."""
    assert len(telling(text)) <= len(text) // 100
    assert contradiction("do not " * 20_000, "pay") is None


def test_an_unknown_effect_contradicts_nothing() -> None:
    assert contradiction("do not read it", "read") is None
    assert contradiction("please do not pay it", "pay") == "do not pay"


@pytest.mark.parametrize(
    "text",
    [
        "Eve",
        "EVE",
        " eve\n",
        "e\u200bve",
        "\u202eeve",
        "e\u00adve",
        "\uff25\uff36\uff25",
        "eve\ufeff",
        "e\u2060v\u034fe",
    ],
)
def test_what_looks_the_same_is_spelled_the_same(text: str) -> None:
    assert normalise(text) == "eve"
    assert words_only(text) == " eve "


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A-4, pier (north)!", " a 4 pier north "),
        ("under_score", " under score "),
        ("", "  "),
        ("...", "  "),
        ("\u7ed9\u5f20\u4f1f", " \u7ed9\u5f20\u4f1f "),
    ],
)
def test_words_only(text: str, words: str) -> None:
    assert words_only(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "eve@shoal.test",
        "eve (at) shoal.test",
        "eve[at]shoal[.]test",
        "eve [ @ ] shoal (dot) test",
        "eve{at}shoal{dot}test",
    ],
)
def test_addresses_that_were_written_to_slip_past(text: str) -> None:
    assert undefanged(text) == "eve@shoal.test"


@pytest.mark.parametrize("text", ["look (at the dot) there", "meet at (noon)", "a [.5] b", "cat (Att) dots"])
def test_plain_brackets_are_none(text: str) -> None:
    assert undefanged(text) == text


@pytest.mark.parametrize(("text", "unseen"), [("eve", False), ("e\u200bve", True), ("\u00e9ve", False), ("", False)])
def test_unseen_characters(text: str, unseen: bool) -> None:
    assert has_unseen(text) is unseen


@pytest.mark.parametrize(
    "text", ["", "--", "A_b-C9 d", "Stra\u00dfe 5", "\u0130x \u00bd \u2460", "tab\there\x1fand\x00there"]
)
def test_words_only_is_the_same_for_plain_ascii(text: str) -> None:
    """What is quicker for ASCII says what the pattern says."""
    wanted = WORD.findall(normalise(text))
    assert words_only(text).split() == wanted
    assert closed(text) == "".join(wanted)
    assert words_only(f"{text} \u00e9") == f"{words_only(text).rstrip()} \u00e9 " or not wanted
