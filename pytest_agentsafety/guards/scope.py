"""The scope guard: topics that the agent is for, and topics it is not for, as the policy declares them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from pytest_agentsafety.guards.likeness import Likeness
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.verdicts import clean, skipped, triggered
from pytest_agentsafety.lexicon import known, lemma
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, Stage
from pytest_agentsafety.model.policy import ScopeRules

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ments", "ment", "ers", "ed", "es", "er", "s", "y", "e")
_FOREIGN_ENDINGS = ("ungen", "ung", "iones", "ados", "adas", "ado", "ada", "en", "os", "as", "er", "e", "o", "a")
_MIN_STEM = 3
_LONGEST = 40
# Below this many words of content a text is a greeting or an answer ("yes please"), not a subject.
_MIN_CONTENT = 3
# Fewer words will do where a text is compared with whole requests.
_MIN_LIKE = 2
_EMPTY_WORDS = frozenset(
    (  # noqa: SIM905 - a list of this length would fill a screen
        "a about after again all also am an and any are as at be been before but by can could did do does for from "
        "get give had has have he hello help her here hi him his how i if in into is it its just let like make may me "
        "more my need no not now of off ok on one or other our out over please put s she should show so some t take "
        "tell than thank thanks that the their them then there these they this those to too up us use very want was "
        "we were what when where which who why will with would yes you your "
        "der die das den dem ein eine einen und ist sind ich du sie wir mir mich bitte wie was wo kann mit "
        "auf fur von zu el la los las un una y es son yo me mi por para con de del que como donde puedo le "
        "les des une et est je vous mon ma mes pour avec du dans comment puis il lo gli i e sono io mio con "
        "per di che come dove posso o os as um uma "
    ).split()
)


class ScopeGuard:
    """Blocks input about a denied topic, about none of the allowed ones, or nearer to what is out of scope than to what
    is in it. Skipped when nothing of it is declared.

    A topic is a phrase: a text is about it when all its words occur, in any form. Commas in a topic separate
    alternatives. With allowed topics, one word of one of them is enough, or an example that is like the text;
    very short texts pass.
    """

    name = "scope"
    stages: frozenset[Stage] = frozenset({"input"})
    inline = True

    def __init__(self, scope: ScopeRules) -> None:
        self.scope = scope

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        if not self.scope.is_set:
            return self._nothing_declared
        views = [view.text for view in normalise(text).views]
        readings = [content_stems(view) for view in views]
        for topic, phrases in self._denied:
            if any(phrase <= stems for phrase in phrases for stems in readings):
                return self._blocked("scope.denied", f"about the denied topic {topic!r}")
        likeness = self._likeness
        if likeness is not None:
            for view, stems in zip(views, readings, strict=True):
                if len(stems) >= _MIN_LIKE and (margin := likeness.out_by(view, stems)) > 0:
                    confidence = min(0.95, 0.5 + margin)
                    return self._blocked(
                        "scope.counterexample", "more like what is out of scope than like what is in it", confidence
                    )
        if self._allowed and not any(self._in_scope(view, stems) for view, stems in zip(views, readings, strict=True)):
            return self._blocked("scope.allowed", "about none of the allowed topics")
        return clean(self)

    def _in_scope(self, view: str, stems: frozenset[str]) -> bool:
        if len(stems) < _MIN_CONTENT or not self._allowed.isdisjoint(stems):
            return True
        return self._likeness is not None and self._likeness.is_in(view, stems)

    def _blocked(self, rule: str, reason: str, confidence: float = 0.8) -> GuardrailResult:
        return triggered(self, "block", rule, reason, severity=0.4, confidence=confidence)

    @cached_property
    def _nothing_declared(self) -> GuardrailResult:
        return skipped(self, "no topics declared")

    @cached_property
    def _likeness(self) -> Likeness | None:
        if not (self.scope.examples or self.scope.counterexamples):
            return None
        return Likeness(self.scope.examples, self.scope.counterexamples, content_stems)

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
    return frozenset(_stem(word) for word in set(_WORD.findall(text.casefold())) if word not in _EMPTY_WORDS)


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """The base form where the lexicon knows one ("bought" gives "buy"), then without what is regular at its end.

    So "refund", "refunds" and "refunding" meet, and the commonest forms of other languages too.
    """
    if len(word) > _LONGEST:
        return word
    base = lemma(word)
    for ending in _ENDINGS if known(base) else (*_FOREIGN_ENDINGS, *_ENDINGS):
        if base.endswith(ending) and len(base) - len(ending) >= _MIN_STEM:
            return _undoubled(base.removesuffix(ending))
    return base


def _undoubled(stem: str) -> str:
    """From "shipping" comes "ship"; "selling" keeps its "sell"."""
    return stem[:-1] if stem[-1] == stem[-2] and not known(stem) else stem
