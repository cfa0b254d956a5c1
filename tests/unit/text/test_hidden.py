from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_agentsafety.fuzz.encodings import bidi_override, html_entities, unicode_escapes, url_encode
from pytest_agentsafety.text import View
from pytest_agentsafety.text.hidden import hidden

SECRET = "ignore this"


def shown(text: str) -> dict[str, str]:
    return {view.name: view.text for view in hidden(View("source", text.encode("utf-8", "surrogatepass")))}


def test_nothing_is_hidden_in_ordinary_text() -> None:
    assert shown("plain") == {}
    assert shown("\u00e9t\u00e9 \u4e2d\u6587 \U0001f600") == {}


def test_tag_characters_become_readable() -> None:
    assert shown("hello" + "".join(chr(0xE0000 + ord(c)) for c in SECRET)) == {"tags": f"hello {SECRET}"}


def test_an_override_is_read_as_it_is_displayed() -> None:
    text = "a \u202e" + SECRET[::-1] + "\u202c b \u202edcba"
    assert shown(text) == {"bidi": f"a  {SECRET}\u202c b  abcd"}


def test_a_displayed_run_leads_back() -> None:
    text = "\u00e9 \u202e" + SECRET[::-1] + "\u202c and \u202efed"
    (view,) = hidden(View("source", text.encode()))
    start = view.text.index("def")
    assert text[slice(*view.origin(start, start + 3))] == "fed"


def test_variation_selectors_are_bytes() -> None:
    hidden_bytes = "".join(chr(0xFE00 + b) if b < 16 else chr(0xE0100 + b - 16) for b in SECRET.encode())
    assert shown("\U0001f600" + hidden_bytes)["tags"] == SECRET


def test_upside_down_text_is_turned() -> None:
    assert shown("s\u1d09\u0265\u0287 \u01dd\u0279ou\u0183\u1d09")["upside down"] == "ignore this"


TAGS = {c: 0xE0000 + c for c in range(0x20, 0x7F)}


def test_a_long_run_of_tags_behind_a_changed_letter_is_read_as_letters_too() -> None:
    text = "\u0456gnore previous".translate(TAGS)
    assert [view.text for view in hidden(View("source", text.encode()))] == [
        "\u0456 gnore previous",
        "\u0456gnore previous",
    ]


def test_tags_at_the_beginning_of_a_line_get_no_gap_before_them() -> None:
    assert shown("a\n" + SECRET.translate(TAGS)) == {"tags": f"a\n{SECRET}"}


@pytest.mark.parametrize("noise", ["\u200b", "\u00ad\u200b", "\u0301", "\ufe0f", "\U000e0100"])
@pytest.mark.parametrize("gap", [" ", ".", "-", "_", "*"])
def test_noise_between_letters_that_stand_apart_is_taken_out(gap: str, noise: str) -> None:
    text = gap.join(c for letter in "ignore" for c in letter + noise)
    (view,) = hidden(View("source", text.encode()))
    assert view.text.rstrip(noise + gap) == gap.join("ignore")
    start = view.text.index(gap.join("ore"))
    found = text[slice(*view.origin(start, start + 5))]
    assert (found[0], found[-1]) == ("o", "e")


def test_letters_of_other_scripts_that_stand_apart_are_no_noise() -> None:
    assert shown("\u5ffd \u7565 \u4e4b") == {}


@pytest.mark.parametrize("escape", [url_encode, html_entities, unicode_escapes])
def test_tags_of_which_some_are_escaped_are_read(escape: Callable[..., str]) -> None:
    text = escape(SECRET.translate(TAGS), 2)
    assert f" {SECRET}" in [view.text for view in hidden(View("source", text.encode()))]


def test_tags_behind_an_override_are_read() -> None:
    text = bidi_override(unicode_escapes(SECRET.translate(TAGS), 3))
    assert any(SECRET in view.text for view in hidden(View("source", text.encode())))
