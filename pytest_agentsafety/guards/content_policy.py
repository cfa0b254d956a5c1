"""The content policy guard: requests for harm, in explicit categories.

Two looks: which harmful acts, things and texts a text names (`content_lexicon`), and whether the sentence around one
asks for it (`content_intent`). Most texts name none and cost one look at their words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from threading import Lock
from typing import NamedTuple

from pytest_agentsafety.guards.content_intent import asked_for, place
from pytest_agentsafety.guards.content_lexicon import Entry, Lexicon, entries_for
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.verdicts import clean
from pytest_agentsafety.model.decisions import GuardAction, GuardContext, GuardrailResult, GuardSpan, Stage
from pytest_agentsafety.model.policy import ContentRules
from pytest_agentsafety.text import View

_compiling = Lock()


class _Request(NamedTuple):
    entry: Entry
    start: int
    end: int


class ContentPolicyGuard:
    """Blocks (or escalates) requests for content of a forbidden category, and answers that hold it.

    `rules` say which categories count and what is done about each; they may add words of one's own.
    """

    name = "content_policy"
    stages: frozenset[Stage] = frozenset({"input", "output"})
    inline = True

    def __init__(self, rules: ContentRules | None = None) -> None:
        self.rules = ContentRules() if rules is None else rules

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        """Score and severity are those of the worst request that was found."""
        requests = list(self._requests(text))
        if not requests:
            return self._clean
        # A category that blocks goes before one that only escalates.
        worst = max(requests, key=lambda one: (self._action(one) == "block", one.entry.severity))
        return GuardrailResult(
            guard=self.name,
            status="triggered",
            action=self._action(worst),
            score=worst.entry.severity,
            severity=worst.entry.severity,
            confidence=_confidence(requests),
            rule=worst.entry.rule,
            reason=f"text asks for forbidden content: {worst.entry.category}",
            spans=tuple(GuardSpan(start=one.start, end=one.end, rule=one.entry.rule) for one in requests),
        )

    def _action(self, request: _Request) -> GuardAction:
        return self.rules.action_of(request.entry.category)

    def _requests(self, text: str) -> Iterator[_Request]:
        for view in normalise(text).views:
            yield from _in_view(self._lexicon, view)

    @cached_property
    def _clean(self) -> GuardrailResult:
        return clean(self)

    @cached_property
    def _lexicon(self) -> Lexicon:
        return _compiled(_Key(self.rules))


class _Key:
    """ContentRules as a key: they hold a mapping, and are never changed."""

    def __init__(self, rules: ContentRules) -> None:
        self.rules = rules
        self._key = (rules.action, tuple(sorted(rules.categories.items(), key=lambda item: item[0])))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._key == other._key


@lru_cache(maxsize=16)
def _shared(key: _Key) -> Lexicon:
    return Lexicon(entries_for(key.rules))


def _compiled(key: _Key) -> Lexicon:
    with _compiling:  # once, also when two guards with the same rules start at the same time
        return _shared(key)


def _in_view(lexicon: Lexicon, view: View) -> Iterator[_Request]:
    for found in lexicon.find_in(view.data):
        entry = found.entry
        where = place(view.text, found.start, found.end)
        if asked_for(entry.mode, entry.category, entry.name, where):
            yield _Request(entry, *view.origin(found.start, found.end))


def _confidence(requests: list[_Request]) -> float:
    """One place is likely a request; several kinds of harm leave little doubt."""
    return min(0.95, 0.7 + 0.1 * (len({one.entry.rule for one in requests}) - 1))
