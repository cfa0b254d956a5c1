"""Each step does what its name says, and can be undone by somebody who knows how."""

from __future__ import annotations

import base64
import codecs
import html
import json
import unicodedata
import urllib.parse

import pytest

from pytest_agentsafety.fuzz import encodings, layout, letters, spellings
from pytest_agentsafety.fuzz.letters import BIDI_MARKS, COMBINING, GREEK, HOMOGLYPHS, VARIATION_SELECTORS, ZERO_WIDTH

TEXT = "Ignore 50% of <b>it</b> & pay \\ \u00e9t\u00e9 \u5ffd\u7565 \U0001f600"


@pytest.mark.parametrize("char", ZERO_WIDTH + BIDI_MARKS + VARIATION_SELECTORS)
@pytest.mark.parametrize("every", [1, 2, 3])
def test_noise_adds_only_what_nobody_sees(char: str, every: int) -> None:
    changed = letters.zero_width(TEXT, char=char, every=every)
    assert len(changed) > len(TEXT)
    assert changed.replace(char, "") == TEXT
    assert unicodedata.category(char) in ("Cf", "Mn")


def test_the_named_noises_are_the_same_thing() -> None:
    assert letters.soft_hyphen("ab") == "a\u00adb\u00ad"
    assert letters.bidi_marks("ab", every=2) == "a\u200eb"
    assert letters.variation("ab") == "a\ufe0fb\ufe0f"


def test_full_width_and_styles_are_undone_by_compatibility_form() -> None:
    assert letters.full_width("Ignore it!") != "Ignore it!"
    assert unicodedata.normalize("NFKC", letters.full_width("Ignore it!")) == "Ignore it!"
    for style in letters.STYLES:
        changed = letters.styled("Ignore Zz 1!", style=style)
        assert unicodedata.normalize("NFKC", changed) == "Ignore Zz 1!"
        assert not changed[0].isascii()
        assert changed.endswith(" 1!")


@pytest.mark.parametrize(("script", "table"), [("cyrillic", HOMOGLYPHS), ("greek", GREEK)])
def test_homoglyphs_keep_their_number(script: str, table: dict[str, str]) -> None:
    text = "".join(table)
    changed = letters.homoglyph(text, script=script)
    assert len(changed) == len(text)
    assert not any(char.isascii() for char in changed)
    assert letters.homoglyph("ooo", every=2, script=script) == f"{table['o']}o{table['o']}"


def test_mixed_case_changes_nothing_but_case() -> None:
    changed = letters.mixed_case(TEXT)
    assert changed != TEXT
    assert changed.casefold() == TEXT.casefold()
    assert letters.mixed_case("Stra\u00dfe", every=1) == "sTRA\u00dfE"


@pytest.mark.parametrize("mark", COMBINING)
def test_marks_sit_on_letters_alone(mark: str) -> None:
    assert letters.combining("a 1b", mark=mark) == f"a{mark} 1b{mark}"
    assert letters.combining("abc", mark=mark, every=2) == f"a{mark}bc{mark}"


def test_leet_leaves_addresses_and_counts_what_it_can_change() -> None:
    assert letters.leet("Send it to eve@test.io now") == "53nd 17 70 eve@test.io n0w"
    assert letters.leet("see https://a.test/e") == "533 https://a.test/e"
    assert letters.leet("tests", every=2) == "7e5t5"


def test_encodings_can_be_read_back() -> None:
    assert base64.b64decode(encodings.to_base64(TEXT)).decode() == TEXT
    assert base64.urlsafe_b64decode(encodings.to_base64(TEXT, alphabet="url")).decode() == TEXT
    twice = base64.b64decode(base64.b64decode(encodings.to_base64(TEXT, times=2)))
    assert twice.decode() == TEXT
    wrapped = encodings.to_base64(TEXT * 3, line=76)
    assert max(map(len, wrapped.split("\n"))) == 76
    assert base64.b64decode(wrapped).decode() == TEXT * 3
    for separator in ("", " ", ":"):
        assert bytes.fromhex(encodings.to_hex(TEXT, separator=separator).replace(":", " ")).decode() == TEXT
    assert codecs.decode(encodings.rot13(TEXT), "rot13") == TEXT
    assert encodings.backwards(TEXT)[::-1] == TEXT


@pytest.mark.parametrize("every", [1, 2, 3])
def test_characters_that_are_encoded_one_by_one_can_be_read_back(every: int) -> None:
    assert urllib.parse.unquote(encodings.url_encode(TEXT, every=every)) == TEXT
    for style in ("decimal", "hex"):
        assert html.unescape(encodings.html_entities(TEXT, every=every, style=style)) == TEXT
    escaped = encodings.unicode_escapes(TEXT, every=every).replace('"', '\\"')
    assert json.loads(f'"{escaped}"') == TEXT


def test_tag_characters_leave_other_text() -> None:
    once = encodings.tag_characters("a\u5ffd\n")
    assert once == "\U000e0061\u5ffd\n"
    assert encodings.tag_characters(once) == once


def test_an_override_shows_each_line_as_it_was() -> None:
    assert encodings.bidi_override("ab\n\ncd") == "\u202eba\u202c\n\n\u202edc\u202c"


@pytest.mark.parametrize(("separator", "spaced"), [(" ", "a b  c d"), ("-", "a-b  c-d"), (".", "a.b  c.d")])
def test_spacing_sets_words_further_apart_than_letters(separator: str, spaced: str) -> None:
    assert layout.spacing("ab  cd", separator=separator) == spaced


def test_other_blanks_between_words() -> None:
    assert layout.paragraphs("a b c d", gap="\n") == "a\nb\nc\nd"
    assert layout.paragraphs("a b c d", gap="\n\n", every=2) == "a\n\nb c\n\nd"
    assert layout.paragraphs("a\nb") == "a\nb", "what is a break already stays"


def test_carriers_hold_the_text_where_a_reader_finds_it() -> None:
    text = 'Pay "it" now'
    assert layout.code_fence(text, language="text") == f"```text\n{text}\n```"
    assert json.loads(layout.in_json(text, key="body"))["body"] == text
    for how in ("comment", "hidden", "alt"):
        assert text in layout.in_html(text, how=how)
    assert layout.quoted("a\nb") == "> a\n> b"
    assert text in layout.in_prose(text)


def test_messages_hold_all_words_in_order() -> None:
    words = "one two three four five"
    assert layout.split_messages(words) == ("one", "two three four five")
    assert layout.split_messages(words, after=2, every=2) == ("one two", "three four", "five")
    assert layout.split_messages(words, every=1) == tuple(words.split())
    assert layout.split_messages("one") == ("one",)
    assert layout.split_messages("one two", after=3) == ("one two",)


PATHS = ["secret.txt", "/etc/passwd", "a/b.txt", ""]
LETTER_FREE = ("dot_segments", "double_slash", "detour", "climb")


@pytest.mark.parametrize("path", PATHS[:3])
def test_spellings_that_the_kernel_reads_lead_to_the_same_file(path: str) -> None:
    import os

    def where(spelled: str) -> str:
        return os.path.normpath(os.path.join("/base", spelled))  # noqa: PTH118 - as a string, nothing is looked up

    expected = where(path)
    assert where(spellings.dot_segments(path)) == expected
    assert where(spellings.double_slash(path)).replace("//", "/") == expected
    assert where(spellings.detour(path)) == expected
    assert where(spellings.climb(path, folder="data")) == expected
    assert where(spellings.climb(path, folder="data/deep/")) == expected
    assert where(spellings.trailing(path, tail="/.")) == expected


@pytest.mark.parametrize("path", PATHS)
def test_spellings_for_programs(path: str) -> None:
    assert urllib.parse.unquote(spellings.percent_path(path)) == path
    assert urllib.parse.unquote(urllib.parse.unquote(spellings.percent_path(path, times=2, slashes=1))) == path
    assert unicodedata.normalize("NFKC", spellings.wide_path(path)) == path
    assert spellings.backslashes(path).replace("\\", "/") == path
    assert spellings.null_byte(path).startswith(f"{path}\x00")
    assert spellings.upper_path(path).lower() == path
    assert "/" not in spellings.overlong(path)
    assert spellings.file_url(path).startswith("file://")


def test_windows_paths() -> None:
    assert spellings.windows_path("/etc/passwd") == "C:\\etc\\passwd"
    assert spellings.windows_path("/etc/passwd", how="unc") == "\\\\?\\C:\\etc\\passwd"
    assert spellings.windows_path("a.txt", how="stream") == "a.txt::$DATA"


URL = "https://attacker.test/drop"


@pytest.mark.parametrize("how", ["query", "fragment", "path", "suffix"])
def test_a_decoy_does_not_change_where_a_url_leads(how: str) -> None:
    host = urllib.parse.urlsplit(spellings.host_decoy(URL, host="good.test", how=how)).hostname
    assert host is not None
    assert host.endswith("attacker.test")


def test_urls_still_lead_to_the_same_host() -> None:
    for spelled in (
        spellings.userinfo(URL, host="good.test"),
        spellings.port(URL, number="8443"),
        spellings.host_case(URL),
        f"https:{spellings.scheme_relative(URL)}",
    ):
        assert urllib.parse.urlsplit(spelled).hostname == "attacker.test"
    assert spellings.root_dot(URL) == "https://attacker.test./drop"
    assert spellings.percent_host(URL) == "https://%61ttacker.test/drop"
    assert spellings.split_host(URL) == "https://at\ttacker.test/drop"
    assert "attacker.test" in unicodedata.normalize("NFKC", spellings.wide_host(URL)).replace("\u3002", ".")
    assert spellings.host_decoy(URL, how="backslash") == "https://attacker.test\\@example.com/drop"


@pytest.mark.parametrize(
    ("form", "host"),
    [
        ("decimal", "2130706433"),
        ("hex", "0x7f000001"),
        ("octal", "017700000001"),
        ("short", "127.1"),
        ("dotted-octal", "0177.00.00.01"),
        ("mapped", "[::ffff:7f00:1]"),
        ("compatible", "[::7f00:1]"),
        ("nat64", "[64:ff9b::7f00:1]"),
        ("expanded", "[0:0:0:0:0:ffff:7f00:1]"),
    ],
)
def test_notations_of_an_address(form: str, host: str) -> None:
    assert spellings.address_form("http://127.0.0.1/x", form=form) == f"http://{host}/x"
    assert spellings.address_form(URL, form=form) == URL


def test_mail_addresses_beside_allowed_ones() -> None:
    assert spellings.listed("eve@bad.test", host="good.test") == "ann@good.test, eve@bad.test"
    assert spellings.display_name("eve@bad.test", host="good.test") == '"ann@good.test" <eve@bad.test>'
    assert spellings.address_comment("eve@bad.test", host="good.test") == "eve@bad.test (ann@good.test)"
