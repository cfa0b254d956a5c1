"""The injection guard: orders to the model, in what a user typed or in what a tool returned.

A signal, never the boundary: a paraphrase gets past any list of phrases. What stops an attack for sure is the
tool door.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pytest_agentsafety.guards.engine import Hit, RuleSet, total_score
from pytest_agentsafety.guards.injection_rules import BYPASS, COMMAND, LEAK, MARKUP, OVERRIDE, PERSONA
from pytest_agentsafety.guards.injection_rules_i18n import LANGUAGES
from pytest_agentsafety.guards.injection_rules_indirect import INDIRECT
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.redact import cut
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, GuardSpan, Stage

MARKER = "[removed by injection guard]"
THRESHOLD = 0.5
_ROUNDS = 3


@cache
def _rules(stage: Stage) -> RuleSet:
    direct = (*OVERRIDE, *PERSONA, *LEAK, *BYPASS, *MARKUP, *COMMAND, *LANGUAGES)
    return RuleSet((*direct, *INDIRECT) if stage == "tool_result" else direct)


class InjectionGuard:
    """Blocks user input that overrides the model's instructions; takes such orders out of tool results."""

    name = "injection"
    stages: frozenset[Stage] = frozenset({"input", "tool_result"})
    inline = True

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        """Score is the combined severity of the families that were found; triggered from 0.5 up."""
        hits = _rules(context.stage).scan(normalise(text))
        score = total_score(hits)
        if score < THRESHOLD:
            return GuardrailResult(guard=self.name, status="clean", score=score)
        worst = max(hits, key=lambda hit: hit.rule.severity)
        redacted = _redact(text, hits, context.stage) if context.stage == "tool_result" else None
        return GuardrailResult(
            guard=self.name,
            status="triggered",
            action="block" if redacted is None else "redact",
            score=score,
            rule=worst.rule.id,
            reason=_reason(worst),
            spans=tuple(GuardSpan(start=h.start, end=h.end, rule=h.rule.id) for h in hits),
            redacted=redacted,
        )


def _reason(hit: Hit) -> str:
    hidden = "" if hit.view == "plain" else f" (hidden: {hit.view})"
    return f"text gives orders to the model{hidden}"


def _redact(text: str, hits: Sequence[Hit], stage: Stage) -> str:
    """Cut until nothing is found; what cannot be cleaned is taken away whole."""
    for _ in range(_ROUNDS):
        text, _spans = cut(text, hits, MARKER)
        hits = _rules(stage).scan(normalise(text))
        if total_score(hits) < THRESHOLD:
            return text
    return MARKER
