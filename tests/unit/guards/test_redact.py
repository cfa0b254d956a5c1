from __future__ import annotations

import pytest

from pytest_agentsafety.guards.engine import Hit, Rule, Unit
from pytest_agentsafety.guards.redact import cut


def hit(text: str, needle: str, unit: Unit) -> Hit:
    start = text.index(needle)
    return Hit(Rule(family="f", name="n", pattern="", unit=unit), start, start + len(needle), "plain")


@pytest.mark.parametrize(
    ("text", "unit", "left"),
    [
        ("One. Two BAD three. Four.", "sentence", "One. [x] Four."),
        ("One. Two BAD three. Four.", "paragraph", "[x]"),
        ("One\nBAD\nTwo", "sentence", "One\n[x]\nTwo"),
        ("One\n\nTwo. BAD.\nStill.\n\nThree", "paragraph", "One\n\n[x]\n\nThree"),
        ("<p>One</p><p>BAD</p>", "paragraph", "<p>One</p><p>[x]</p>"),
        ('{"a": "BAD one", "b": "two"}', "paragraph", '{"a": "[x]", "b": "two"}'),
        ("a: one\nb: BAD\nc: three", "paragraph", "a: one\n[x]\nc: three"),
        ("\u4e00\u3002BAD\u3002\u4e8c", "sentence", "\u4e00\u3002[x]\u3002\u4e8c"),
    ],
)
def test_the_smallest_sensible_unit_goes(text: str, unit: Unit, left: str) -> None:
    assert cut(text, [hit(text, "BAD", unit)], "[x]")[0] == left


def test_hits_in_one_unit_leave_one_marker() -> None:
    text = "Fine. BAD and WORSE here. Fine."
    result, spans = cut(text, [hit(text, "WORSE", "sentence"), hit(text, "BAD", "sentence")], "[x]")
    assert result == "Fine. [x] Fine."
    assert [text[a:b] for a, b in spans] == ["BAD and WORSE here."]


def test_a_hit_across_units_takes_them_all() -> None:
    text = "One. Two BAD. WORSE three. Four."
    assert cut(text, [hit(text, "BAD. WORSE", "sentence")], "[x]")[0] == "One. [x] Four."
