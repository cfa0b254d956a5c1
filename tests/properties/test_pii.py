"""Redaction and masking of made-up texts: nothing is left, twice is once, and spans lie in the text."""

from __future__ import annotations

import base64
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.lib.exfil_data import carrying
from benchmarks.lib.pii_data import Row, rows
from pytest_agentsafety.guards.exfiltration import ExfiltrationGuard
from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.guards.pii_mask import mask
from pytest_agentsafety.guards.pii_scan import find_pii, find_strong
from pytest_agentsafety.model.decisions import GuardContext

CONTEXT = GuardContext(stage="output")
ROWS = list(rows(random.Random(23), 3, persons=False))
STRONG = [row for row in ROWS if find_strong(row.text[row.start : row.end])]
HOSTILE = st.text(alphabet="0123456789 .:-@+()/aAbkgs_=<>\"'\n\u200b\uff11\u0661%&#;x", max_size=80)
GUARD = PiiGuard()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=5), HOSTILE)
def test_redaction_is_idempotent_and_leaves_nothing(chosen: list[Row], between: str) -> None:
    text = between.join(row.text for row in chosen)
    result = GUARD.check(text, CONTEXT)
    if result.triggered:
        assert result.redacted is not None
        assert GUARD.check(result.redacted, CONTEXT).status == "clean"
        last = 0
        for span in result.spans:
            assert last <= span.start < span.end <= len(text)
            last = span.end


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_any_text_has_a_verdict(text: str) -> None:
    for guard in (GUARD, ExfiltrationGuard()):
        result = guard.check(text, CONTEXT)
        assert result.status in ("clean", "triggered")
        if result.triggered:
            assert guard.check(result.redacted or "", CONTEXT).status == "clean"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ROWS), max_size=4), HOSTILE)
def test_mask_is_idempotent(chosen: list[Row], between: str) -> None:
    masked = mask(between.join(row.text for row in chosen))
    assert mask(masked) == masked
    assert find_pii(masked) == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(STRONG), st.sampled_from(["wide", "zero", "base64", "hex"]))
def test_a_value_with_a_form_is_found_in_any_spelling(row: Row, how: str) -> None:
    value = row.text[row.start : row.end]
    written = {
        "wide": value.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}),
        "zero": "\u200b".join(value),
        "base64": base64.b64encode(f"it says {value} there".encode()).decode(),
        "hex": f"it says {value} there".encode().hex(),
    }[how]
    assert GUARD.check(f"Well: {written}", CONTEXT).triggered


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_carriers_are_found_whatever_stands_around(seed: int) -> None:
    shape, text = carrying(random.Random(seed))
    result = ExfiltrationGuard().check(text, CONTEXT)
    assert result.triggered, shape
    assert ExfiltrationGuard().check(result.redacted or "", CONTEXT).status == "clean"
