"""Personal data in other digits, encodings and spacings; where it stands in the text as given."""

# ruff: noqa: E501 - tables of texts
from __future__ import annotations

import base64
import html
import urllib.parse
from collections.abc import Callable

import pytest

from pytest_agentsafety.guards import pii_phones
from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.guards.pii_scan import Finding, find_pii, has_nothing
from pytest_agentsafety.guards.pii_views import find_hidden
from pytest_agentsafety.model.decisions import GuardContext

CONTEXT = GuardContext(stage="output")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
ARABIC = {ord("0") + i: 0x660 + i for i in range(10)}
VALUES = {
    "card": "4111 1111 1111 1111",
    "iban": "DE89370400440532013000",
    "email": "ann.lee@mail.example.org",
    "ssn": "155-54-8329",
    "api_key": "ghp_" + "a1B2c3D4e5F6g7H8i9" * 2,
}
WRITTEN: dict[str, Callable[[str], str]] = {
    "full width": lambda v: v.translate(WIDE),
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "hard spaces": lambda v: v.replace(" ", "\u00a0"),
    "spaced": lambda v: " ".join(v.replace(" ", "")),
    "dotted": lambda v: ".".join(v.replace(" ", "")),
    "base64": lambda v: base64.b64encode(f"it is {v} here".encode()).decode(),
    "hex": lambda v: v.encode().hex(),
    "url": lambda v: "".join(f"%{byte:02X}" for byte in v.encode()),
    "html": lambda v: "".join(f"&#{ord(c)};" for c in v),
    "twice": lambda v: urllib.parse.quote(html.escape("".join(f"&#x{ord(c):x};" for c in v))),
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("how", WRITTEN)
def test_a_hidden_value_is_taken_out_of_the_text_as_given(how: str, kind: str) -> None:
    written = WRITTEN[how](VALUES[kind])
    text = f'The value is "{written}" as asked.'
    result = PiiGuard().check(text, CONTEXT)
    assert result.triggered
    assert result.redacted is not None
    assert written not in result.redacted
    assert result.redacted.startswith('The value is "')
    assert result.redacted.endswith('" as asked.')
    assert PiiGuard().check(result.redacted, CONTEXT).status == "clean"


@pytest.mark.parametrize("kind", ["card", "iban", "ssn"])
def test_digits_of_other_scripts(kind: str) -> None:
    written = VALUES[kind].translate(ARABIC)
    result = PiiGuard().check(f"it is {written} there", CONTEXT)
    assert result.redacted == f"it is [redacted {kind}] there"


def test_keys_are_read_backwards_and_over_lines() -> None:
    key = VALUES["api_key"]
    assert PiiGuard().check(f"<{key[::-1]}>", CONTEXT).redacted == "<[redacted api_key]>"
    assert PiiGuard().check(f"({key[:15]}\n{key[15:]})", CONTEXT).redacted == "([redacted api_key])"
    assert PiiGuard().check(f"({key[:15]}\r\n{key[15:]})", CONTEXT).redacted == "([redacted api_key])"


def test_spans_are_those_of_the_text_as_given() -> None:
    text = "\u200bsee 4\u200b111111111111111 ok"
    (span,) = PiiGuard().check(text, CONTEXT).spans
    assert text[span.start : span.end] == "4\u200b111111111111111"
    assert span.rule == "pii.card"


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3 4 5 6 7 8 9 10 11 12", "a b c d e f g h i j k", "- - - - - - - - - -", "1.2.3.4.5.6.7.8.9.10", "x_y_z_x_y_z_x_y_z",
        "1 2 3\n4 5 6\n7 8 9", "----------------", "t h i s  i s  f i n e", "50 %25 off &amp; more", "aGVsbG8gd29ybGQgdGhpcyBpcyBmaW5l",
    ],
)  # fmt: skip
def test_harmless_spacings_and_encodings_stay(text: str) -> None:
    assert PiiGuard().check(text, CONTEXT).status == "clean"


def test_what_the_task_holds_is_no_leak_in_another_spelling_either() -> None:
    context = GuardContext(stage="output", task="Encode ann.lee@mail.example.org")
    encoded = base64.b64encode(b"ann.lee@mail.example.org").decode()
    assert PiiGuard().check(f"Here: {encoded}", context).status == "clean"
    assert PiiGuard().check(f"Here: {encoded}", CONTEXT).triggered


def test_nothing_hidden_in_plain_text() -> None:
    assert list(find_hidden("nothing to see here " * 50)) == []


def test_more_finders() -> None:
    def names(text: str) -> list[Finding]:
        start = text.find("Ann Lee")
        return [Finding("person", start, start + 7)] if start >= 0 else []

    guard = PiiGuard(extra_finders=[names])
    result = guard.check("Ask Ann Lee (ann@shop.test).", CONTEXT)
    assert result.redacted == "Ask [redacted person] ([redacted email])."
    assert [span.rule for span in result.spans] == ["pii.person", "pii.email"]


def test_findings_that_overlap_are_one() -> None:
    guard = PiiGuard(extra_finders=[lambda text: [Finding("person", 0, 5), Finding("place", 3, 9)]])
    result = guard.check("ann at york, yes", CONTEXT)
    assert [(s.start, s.end, s.rule) for s in result.spans] == [(0, 9, "pii.person")]


def test_a_finder_that_never_ends_leaves_nothing() -> None:
    guard = PiiGuard(extra_finders=[lambda text: [Finding("person", 0, len(text))]])
    assert guard.check("anything", CONTEXT).redacted == "[redacted]"


@pytest.mark.parametrize(("regions", "found"), [(("GB",), True), (("DE", "GB"), True), ((), False), (("US",), False)])
def test_regions_make_national_numbers_count(regions: tuple[str, ...], found: bool) -> None:
    assert bool(find_pii("on 07400123456 then", regions)) is found
    assert PiiGuard(regions=regions).check("on 07400123456 then", CONTEXT).triggered is found


def test_the_library_of_telephone_numbers_is_asked_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    import phonenumbers

    calls = 0
    real = phonenumbers.parse

    def counted(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        return real(*arguments, **named)

    monkeypatch.setattr(phonenumbers, "parse", counted)
    pii_phones._library.cache_clear()
    pii_phones.is_number.cache_clear()
    numbers = " ".join(f"+44 20 {i:04d} {i * 7 % 10_000:04d}" for i in range(60_000))
    assert len(numbers) > 900_000
    found = find_pii(numbers, ("GB",))
    pii_phones._library.cache_clear()
    assert calls < 4_000
    assert len(found) > 50_000  # what is not asked about counts by its form


@pytest.mark.parametrize(
    "run", ["1", "a", ".", ":", "-", "@", "1 ", "1.", "1:", "1-", "a@", "+1", "\n", "\u0661", "sk-", "password:"]
)
def test_long_runs_hold_nothing(run: str) -> None:
    text = run * (60_000 // len(run))
    assert find_pii(text) == []
    assert list(find_hidden(text)) == []


def test_the_first_look_agrees_with_the_search() -> None:
    for text in (*VALUES.values(), "clean", "", "1234", "call me"):
        assert not has_nothing(text) or find_pii(text) == []
    assert has_nothing("clean")


@pytest.mark.parametrize("gap", ["\n", "\r\n\r\n", "\t", "\n> "])
@pytest.mark.parametrize("value", ["GB82 WEST 1234 5698 7654 32", "+49 30 901820"])
def test_a_value_with_a_group_on_each_line(value: str, gap: str) -> None:
    written = value.replace(" ", gap)
    result = PiiGuard().check(f"(is {written} there)", CONTEXT)
    assert result.triggered
    assert result.redacted is not None
    assert written not in result.redacted


@pytest.mark.parametrize("gap", [" ", ".", "-", "_", "*"])
def test_a_number_with_its_digits_apart_is_told_by_its_plus(gap: str) -> None:
    result = PiiGuard().check(f"is {gap.join('+4930901820')} there", CONTEXT)
    assert result.triggered


def test_noise_between_letters_that_stand_apart_hides_nothing() -> None:
    written = ".".join(c + "\u200b" for c in VALUES["api_key"])
    assert PiiGuard().check(f"it is {written} there", CONTEXT).triggered


@pytest.mark.parametrize("text", ["1\n2\n3\n4\n5\n6", "12\t40\t33\n17\t21\t90", "A1\nB2\nC3", "2024\n2025\n2026"])
def test_columns_of_numbers_stay(text: str) -> None:
    assert PiiGuard().check(text, CONTEXT).status == "clean"
