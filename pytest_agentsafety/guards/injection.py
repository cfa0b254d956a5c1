"""The injection guard: orders to the model, in what a user typed or in what a tool returned.

A signal, never the boundary: a paraphrase gets past any list of phrases and any small model. What stops an attack for
sure is the tool door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Literal

from pytest_agentsafety.guards.engine import Hit, Rule, RuleSet, total_score
from pytest_agentsafety.guards.injection_everyday import all_plain, serious
from pytest_agentsafety.guards.injection_mention import without_quotations
from pytest_agentsafety.guards.injection_model import HashedModel, InjectionScorer, bundled, locate, scored
from pytest_agentsafety.guards.injection_rules import BYPASS, COMMAND, LEAK, MARKUP, OVERRIDE, PERSONA
from pytest_agentsafety.guards.injection_rules_i18n import LANGUAGES
from pytest_agentsafety.guards.injection_rules_indirect import INDIRECT
from pytest_agentsafety.guards.normalise import Normalised, normalise
from pytest_agentsafety.guards.redact import cut
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, GuardSpan, Stage
from pytest_agentsafety.text import View

MARKER = "[removed by injection guard]"
THRESHOLD = 0.5
# What the bundled model has to reach. In a tool's result a find is cut out, which harms the task when it was none.
MODEL_THRESHOLDS: Mapping[Stage, float] = {"input": 0.5, "tool_result": 0.5}
_MODEL_RULE = Rule(family="injection", name="model", pattern="", severity=THRESHOLD)
_ROUNDS = 3
_SAME_WORDS = ("lines", "joined")


_DIRECT = (*OVERRIDE, *PERSONA, *LEAK, *BYPASS, *MARKUP, *COMMAND, *LANGUAGES)


def filtered_rules() -> tuple[Rule, ...]:
    """The rules that are tried only where the words that they need stand together (`rule_words.json`)."""
    return (*_DIRECT, *INDIRECT)


@cache
def _rules(stage: Stage) -> RuleSet:
    # What is said to a model in data is said in common words: nearly every text would hold those that are needed.
    return RuleSet((*_DIRECT, *INDIRECT), as_set=True) if stage == "tool_result" else RuleSet(_DIRECT)


_KEPT_TEXTS, _KEPT_CHARS = 512, 1 << 14


class InjectionGuard:
    """Blocks user input that overrides the model's instructions; takes such orders out of tool results.

    Rules come first; what they let pass is scored by a small model over every reading of the text.
    """

    name = "injection"
    stages: frozenset[Stage] = frozenset({"input", "tool_result"})
    inline = True

    def __init__(
        self,
        *,
        model: InjectionScorer | Literal["bundled"] | None = "bundled",
        thresholds: Mapping[Stage, float] = MODEL_THRESHOLDS,
        rules: bool = True,
    ) -> None:
        """`model` is one of your own, or None for the rules alone; it triggers from `thresholds[stage]` up (0.5)."""
        self._model, self._with_rules = model, rules
        self._thresholds = dict(thresholds)
        self._as_shipped = model == "bundled" and rules and self._thresholds == dict(MODEL_THRESHOLDS)

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        """Score is the combined severity of the rules' families or, where they are silent, that of the model."""
        try:
            score, hits = self._find(text, context.stage)
        except Exception as error:  # noqa: BLE001 - whatever a model raises, it did not say the text is safe
            reason = f"{type(error).__name__}: {error}"
            return GuardrailResult(
                guard=self.name, status="crashed", action="block", rule="injection.crashed", reason=reason
            )
        if not hits:
            return _clean(self.name, score)
        worst = max(hits, key=lambda hit: hit.rule.severity)
        redacted = self._redact(text, hits, context.stage) if context.stage == "tool_result" else None
        return GuardrailResult(
            guard=self.name,
            status="triggered",
            action="block" if redacted is None else "redact",
            score=score,
            rule=worst.rule.id,
            reason=_reason(worst, score),
            spans=tuple(GuardSpan(start=h.start, end=h.end, rule=h.rule.id) for h in hits),
            redacted=redacted,
        )

    def _find(self, text: str, stage: Stage) -> tuple[float, Sequence[Hit]]:
        # The same files, pages and records are read in task after task.
        remembered = self._as_shipped and len(text) <= _KEPT_CHARS
        return _found_before(text, stage) if remembered else self._look(text, stage)

    def _look(self, text: str, stage: Stage) -> tuple[float, Sequence[Hit]]:
        """Score, and what triggers; nothing does below the threshold. What a text only quotes is judged apart."""
        normalised = normalise(text)
        score, hits = self._judge(normalised, stage)
        if hits and all_plain(hits):
            rest = without_quotations(normalised.text, stage)
            others = None if rest is None else self._judge(normalise(rest), stage)
            if others is not None and not others[1]:
                return others
        return score, hits

    def _judge(self, normalised: Normalised, stage: Stage) -> tuple[float, Sequence[Hit]]:
        """The same for the whole of a text."""
        hits = _rules(stage).scan(normalised) if self._with_rules else []
        hits = serious(hits, normalised) if hits else hits
        score = total_score(hits) if hits else 0.0
        if score >= THRESHOLD:
            return score, hits
        found = self._ask(normalised, stage)
        return (score, ()) if found is None else found

    def _ask(self, normalised: Normalised, stage: Stage) -> tuple[float, Sequence[Hit]] | None:
        """What the model says: the reading with the highest score."""
        model = bundled(stage) if self._model == "bundled" else self._model
        if model is None:
            return None
        needed = self._thresholds.get(stage, THRESHOLD)
        # A guess at how the letters were meant makes new words: those have to be far more like orders.
        scores = [
            (scored(model, view), (4 + needed) / 5 if view.guessed else needed, view)
            for view in _to_be_asked(model, normalised.views)
        ]
        score, needed, view = max(scores, key=lambda one: one[0] - one[1])
        if score < needed:
            return score, ()
        start, end = view.origin(*locate(model, view.text))
        return score, [Hit(_MODEL_RULE, start, end, view.name)]

    def _redact(self, text: str, hits: Sequence[Hit], stage: Stage) -> str:
        """Cut until nothing is found; what cannot be cleaned is taken away whole."""
        for _ in range(_ROUNDS):
            text, _spans = cut(text, hits, MARKER)
            _score, hits = self._find(text, stage)
            if not hits:
                return text
        return MARKER


def _to_be_asked(model: InjectionScorer, views: Sequence[View]) -> list[View]:
    if len(views) == 1:
        return list(views)
    chosen = _without_escaped(views)
    # To the bundled model gaps are all alike: joined, the words are those that it has seen in the text before.
    return [view for view in chosen if view.name not in _SAME_WORDS] if isinstance(model, HashedModel) else chosen


def _without_escaped(views: Sequence[View]) -> list[View]:
    """Without those that are mostly escapes, which the model takes for odd words; decoded they say the same."""
    escaped = set()
    for view in views:
        before = view
        while before.name == "decoded" and before.parent is not None and not before.partial:
            before = before.parent
        if len(view.data) * 4 < len(before.data) * 3:
            escaped.add(id(before))
    return [view for view in views if id(view) not in escaped] or list(views)


@lru_cache(maxsize=_KEPT_TEXTS)
def _clean(name: str, score: float) -> GuardrailResult:
    return GuardrailResult(guard=name, status="clean", score=score)


@cache
def _shipped() -> InjectionGuard:
    return InjectionGuard()


@lru_cache(maxsize=_KEPT_TEXTS)
def _found_before(text: str, stage: Stage) -> tuple[float, Sequence[Hit]]:
    return _shipped()._look(text, stage)


def _reason(hit: Hit, score: float) -> str:
    hidden = "" if hit.view == "plain" else f" (hidden: {hit.view})"
    if hit.rule is _MODEL_RULE:
        return f"text reads like orders to the model, score {score:.2f}{hidden}"
    return f"text gives orders to the model{hidden}"
