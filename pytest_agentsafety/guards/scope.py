"""The scope guard: topics that the agent is for, and topics it is not for, as the policy declares them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, Stage
from pytest_agentsafety.model.policy import ScopeRules

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ments", "ment", "ers", "ed", "es", "er", "s", "y", "e")
_MIN_STEM = 3
# Below this many words of content a text is a greeting or an answer ("yes please"), not a subject.
_MIN_CONTENT = 3
_EMPTY_WORDS = frozenset(
    (  # noqa: SIM905 - a list of this length would fill a screen
        "a about after again all also am an and any are as at be been before but by can could did do does for from "
        "get give had has have he hello help her here hi him his how i if in into is it its just let like make may me "
        "more my need no not now of off ok on one or other our out over please put s she should show so some t take "
        "tell than thank thanks that the their them then there these they this those to too up us use very want was "
        "we were what when where which who why will with would yes you your "
    ).split()
)


class ScopeGuard:
    """Blocks input about a denied topic, or about none of the allowed ones. Skipped when no topic is declared.

    A topic is a phrase: a text is about it when all its words occur, in any form. Commas in a topic separate
    alternatives. With allowed topics, one word of one of them is enough; very short texts pass.
    """

    name = "scope"
    stages: frozenset[Stage] = frozenset({"input"})
    inline = True

    def __init__(self, scope: ScopeRules) -> None:
        self.scope = scope

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        if not (self.scope.allowed_topics or self.scope.denied_topics):
            return GuardrailResult(guard=self.name, status="skipped", reason="no topics declared")
        readings = [content_stems(view.text) for view in normalise(text).views]
        for topic, phrases in self._denied:
            if any(phrase <= stems for phrase in phrases for stems in readings):
                return self._blocked("scope.denied", f"about the denied topic {topic!r}")
        if self._allowed and not any(self._in_scope(stems) for stems in readings):
            return self._blocked("scope.allowed", "about none of the allowed topics")
        return GuardrailResult(guard=self.name, status="clean")

    def _in_scope(self, stems: frozenset[str]) -> bool:
        return len(stems) < _MIN_CONTENT or not self._allowed.isdisjoint(stems)

    def _blocked(self, rule: str, reason: str) -> GuardrailResult:
        return GuardrailResult(guard=self.name, status="triggered", action="block", score=1.0, rule=rule, reason=reason)

    @cached_property
    def _denied(self) -> tuple[tuple[str, tuple[frozenset[str], ...]], ...]:
        return tuple((topic, tuple(_phrases(topic))) for topic in self.scope.denied_topics)

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(stem for topic in self.scope.allowed_topics for stem in content_stems(topic))


def _phrases(topic: str) -> Iterable[frozenset[str]]:
    for alternative in topic.split(","):
        stems = content_stems(normalise(alternative).text)
        if stems:
            yield stems


def content_stems(text: str) -> frozenset[str]:
    """The words of a text that carry a subject, each without its ending."""
    return frozenset(_stem(word) for word in _WORD.findall(text.casefold()) if word not in _EMPTY_WORDS)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word.removesuffix(ending)
    return word
