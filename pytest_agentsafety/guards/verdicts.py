"""What a guard's `check` returns, in one call each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from pytest_agentsafety.guards.engine import Hit
from pytest_agentsafety.model.decisions import GuardAction, GuardrailResult, GuardSpan

Found = Iterable[Hit | GuardSpan | tuple[int, int]]


class Named(Protocol):
    """A guard, as far as its verdicts are concerned."""

    @property
    def name(self) -> str: ...


def clean(guard: Named, *, score: float = 0.0) -> GuardrailResult:
    """Nothing to say about the text."""
    return GuardrailResult(guard=guard.name, status="clean", score=score)


def skipped(guard: Named, reason: str) -> GuardrailResult:
    """The guard had nothing to work with: that is not the same as a clean text."""
    return GuardrailResult(guard=guard.name, status="skipped", reason=reason)


def blocked(guard: Named, rule: str, reason: str = "", *, found: Found = (), **more: Any) -> GuardrailResult:
    """The text may not go on. `rule` is put behind the guard's name ("shop.no-discounts").

    `found` is the evidence: hits of a RuleSet, GuardSpans, or `(start, end)` offsets of the text as it was given.
    `more`: `score`, `severity`, `confidence`, each in 0..1.
    """
    return triggered(guard, "block", rule, reason, found=found, **more)


def escalated(guard: Named, rule: str, reason: str = "", *, found: Found = (), **more: Any) -> GuardrailResult:
    """The text goes on, and the record says that a person should look at it. Parameters as of `blocked`."""
    return triggered(guard, "escalate", rule, reason, found=found, **more)


def redacted(
    guard: Named, text: str, rule: str, reason: str = "", *, found: Found = (), **more: Any
) -> GuardrailResult:
    """`text` goes on in place of the text as it was given. Other parameters as of `blocked`."""
    return triggered(guard, "redact", rule, reason, found=found, redacted=text, **more)


def triggered(
    guard: Named, action: GuardAction, rule: str, reason: str = "", *, found: Found = (), **more: Any
) -> GuardrailResult:
    """As `blocked`, with the action as a value."""
    full = rule if rule.startswith(f"{guard.name}.") else f"{guard.name}.{rule}"
    more.setdefault("score", 1.0)
    spans = tuple(_span(one, full) for one in found)
    return GuardrailResult(
        guard=guard.name, status="triggered", action=action, rule=full, reason=reason, spans=spans, **more
    )


def _span(found: Hit | GuardSpan | tuple[int, int], rule: str) -> GuardSpan:
    if isinstance(found, GuardSpan):
        return found
    if isinstance(found, Hit):
        return GuardSpan(start=found.start, end=found.end, rule=found.rule.id)
    start, end = found
    return GuardSpan(start=start, end=end, rule=rule)
