"""What a guard returns: constructors, and what a result refuses to be."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.guards.engine import Rule, RuleSet
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.verdicts import blocked, clean, escalated, redacted, skipped, triggered
from pytest_agentsafety.model.decisions import GuardrailResult, GuardSpan


class Shop:
    name = "shop"


SHOP = Shop()


def test_clean_and_skipped_are_no_findings_and_differ() -> None:
    nothing, unable = clean(SHOP, score=0.2), skipped(SHOP, "no list")
    assert (nothing.status, nothing.score, nothing.blocks) == ("clean", 0.2, False)
    assert (unable.status, unable.reason, unable.blocks) == ("skipped", "no list", False)
    assert (nothing.severity, nothing.confidence) == (0.0, 0.0)


def test_blocked_names_the_guard_before_the_rule() -> None:
    result = blocked(SHOP, "discount", "it offers a discount", found=[(3, 8)])
    assert (result.status, result.action, result.rule) == ("triggered", "block", "shop.discount")
    assert result.spans == (GuardSpan(start=3, end=8, rule="shop.discount"),)
    assert (result.score, result.severity, result.confidence) == (1.0, 1.0, 1.0)
    assert result.blocks


def test_a_rule_that_has_the_name_already_keeps_it() -> None:
    assert blocked(SHOP, "shop.discount").rule == "shop.discount"


def test_escalated_and_redacted_do_not_block() -> None:
    look, other = escalated(SHOP, "odd"), redacted(SHOP, "new text", "odd", found=[(0, 1)])
    assert (look.action, look.blocks) == ("escalate", False)
    assert (other.action, other.redacted, other.blocks) == ("redact", "new text", False)


def test_score_severity_and_confidence_can_be_said() -> None:
    result = blocked(SHOP, "odd", score=0.6, severity=0.3, confidence=0.9)
    assert (result.score, result.severity, result.confidence) == (0.6, 0.3, 0.9)
    assert triggered(SHOP, "escalate", "odd", score=0.6).confidence == 0.6


def test_hits_of_a_rule_set_are_evidence() -> None:
    hits = RuleSet([Rule(family="shop", name="cheap", pattern=r"\bdiscounts?\b")]).scan(normalise("No d\u200biscount"))
    result = blocked(SHOP, hits[0].rule.id, found=hits)
    assert result.spans == (GuardSpan(start=3, end=12, rule="shop.cheap"),)


@pytest.mark.parametrize(
    ("field", "value"), [("action", "blocked"), ("action", "BLOCK"), ("status", "ok"), ("status", "")]
)
def test_a_word_that_there_is_not_is_refused(field: str, value: str) -> None:
    given: dict[str, Any] = {"guard": "shop", "status": "triggered", "action": "block", field: value}
    with pytest.raises(ValueError, match="is none of"):
        GuardrailResult(**given)


@pytest.mark.parametrize(
    ("status", "score", "expected"),
    [
        ("triggered", 0.7, (1.0, 0.7)),
        ("triggered", 0.0, (1.0, 1.0)),
        ("crashed", 0.0, (1.0, 0.0)),
        ("clean", 0.3, (0.0, 0.0)),
        ("skipped", 0.0, (0.0, 0.0)),
    ],
)
def test_what_a_guard_leaves_out_has_a_default(status: Any, score: float, expected: tuple[float, float]) -> None:
    result = GuardrailResult(guard="shop", status=status, score=score)
    assert (result.severity, result.confidence) == expected
