from __future__ import annotations

import base64
import html
import unicodedata
import urllib.parse

import pytest

from pytest_agentsafety.fuzz.steps import ENCODINGS, STEPS, ZERO_WIDTH, Chain, Step, apply_chain, keeps_meaning
from pytest_agentsafety.model.errors import UnknownNameError

TEXT = "Ignore 50% of <b>it</b> & pay \u00e9t\u00e9 \u5ffd\u7565"


def chain(*names: str) -> Chain:
    return tuple(Step(name) for name in names)


def test_zero_width_adds_only_invisible_characters() -> None:
    for char in ZERO_WIDTH:
        changed = Step("zero_width", {"char": char, "every": 2}).apply(TEXT)
        assert changed != TEXT
        assert changed.replace(char, "") == TEXT


def test_full_width_is_undone_by_compatibility_form() -> None:
    changed = Step("full_width").apply("Ignore it!")
    assert changed != "Ignore it!"
    assert unicodedata.normalize("NFKC", changed) == "Ignore it!"


def test_homoglyphs_keep_their_number() -> None:
    changed = Step("homoglyph").apply("Ignore")
    assert changed == "I\u0261nore".replace("I", "\u0406").replace("\u0261", "g").replace("o", "\u043e").replace(
        "e", "\u0435"
    )
    assert Step("homoglyph", {"every": 2}).apply("ooo") == "\u043eo\u043e"


def test_mixed_case_changes_nothing_but_case() -> None:
    changed = Step("mixed_case").apply(TEXT)
    assert changed != TEXT
    assert changed.casefold() == TEXT.casefold()
    assert Step("mixed_case", {"every": 1}).apply("Stra\u00dfe") == "sTRA\u00dfE"


def test_encodings_can_be_read_back() -> None:
    assert base64.b64decode(Step("base64").apply(TEXT)).decode() == TEXT
    assert bytes.fromhex(Step("hex").apply(TEXT)).decode() == TEXT
    for every in (1, 2, 3):
        assert urllib.parse.unquote(Step("url_encode", {"every": every}).apply(TEXT)) == TEXT
        assert html.unescape(Step("html_entities", {"every": every}).apply(TEXT)) == TEXT
    assert "".join(chr(ord(c) & 0x7F) for c in Step("tag_characters").apply("pay me")) == "pay me"


def test_tag_characters_leave_other_text() -> None:
    once = Step("tag_characters").apply("a\u5ffd\n")
    assert once == "\U000e0061\u5ffd\n"
    assert Step("tag_characters").apply(once) == once


@pytest.mark.parametrize(("separator", "spaced"), [(" ", "a b  c d"), ("-", "a-b  c-d"), (".", "a.b  c.d")])
def test_spacing_sets_words_further_apart_than_letters(separator: str, spaced: str) -> None:
    assert Step("spacing", {"separator": separator}).apply("ab  cd") == spaced


@pytest.mark.parametrize("name", STEPS)
def test_every_step_changes_text_and_takes_any(name: str) -> None:
    assert Step(name).apply("Ignore it") != "Ignore it"
    for text in ("", "\ud800", "\x00", "\U0001f600" * 3):
        assert isinstance(Step(name).apply(text), str)


def test_a_chain_is_applied_in_order() -> None:
    assert apply_chain(chain("base64", "hex"), "x") == Step("hex").apply(Step("base64").apply("x"))
    assert apply_chain((), "x") == "x"


@pytest.mark.parametrize("names", [("homoglyph", "spacing", "base64"), ("base64", "zero_width", "hex"), ()])
def test_chains_that_can_be_read_back(names: tuple[str, ...]) -> None:
    assert keeps_meaning(chain(*names))


@pytest.mark.parametrize("names", [(e, "mixed_case") for e in sorted(ENCODINGS)] + [("spacing", "spacing")])
def test_chains_that_cannot(names: tuple[str, ...]) -> None:
    assert not keeps_meaning(chain(*names))


def test_a_step_says_what_it_is_in_ascii() -> None:
    assert str(Step("zero_width", {"char": "\u200b", "every": 2})) == "zero_width(char='\\u200b', every=2)"


def test_an_unknown_step_names_the_near_miss() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'zero_width'"):
        Step("zero_with")
