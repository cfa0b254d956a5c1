"""Rules over text: the words that rules need (or a google-re2 Set) say which may match, and only those are tried.

Pattern language: RE2, case-insensitive, over folded text (no accents, ASCII quotes), with two shorthands.
A space is any white space (` ?` none or any); `~N ` stands for up to N words, each with the space behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from threading import Lock
from typing import Any, Literal, NamedTuple

import re2

from pytest_agentsafety.guards.blocks import words_by_block
from pytest_agentsafety.guards.prefilter import Need, Prefilter, Stretches, need_of, shipped_vocabulary
from pytest_agentsafety.text import Normalised, View

Unit = Literal["sentence", "paragraph"]

MAX_HITS = 100
_MEMORY = 64 << 20
# Matches at the end of any text, and only there: what matches at every byte makes the pass a third longer.
_END = r"\z"
_SHORTHAND = re.compile(r"\[(?:\\.|[^\]\\])*\](?P<maybe>\?)?|(?P<lead> ?)~(?P<words>\d) | \??")
# Lines may be quoted.
_BETWEEN = r"\s[\s>]*"
_WIDEST = 8
_LONG = 1 << 12
# Of each way, of each clause, of each word: its bytes, as bits.
_Letters = list[list[list[int]]]


class EngineError(RuntimeError):
    """The matcher gave no answer; whoever asked has to assume the worst."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`severity` in 0..1; severities of different families add up. `unit` is what a redaction takes away."""

    family: str
    name: str
    pattern: str
    severity: float = 0.6
    unit: Unit = "sentence"

    @property
    def id(self) -> str:
        return f"{self.family}.{self.name}"


class Hit(NamedTuple):
    """`start` and `end` are offsets of the original text; `view` names the reading in which it was found."""

    rule: Rule
    start: int
    end: int
    view: str


# Readable text in more layers, or in more pieces, than are decoded.
UNREAD = Rule(family="hidden", name="unread", pattern="", severity=0.6, unit="paragraph")


class RuleSet:
    """Compiled once, on first use, and safe to use from several threads."""

    def __init__(self, rules: Iterable[Rule], *, as_set: bool = False) -> None:
        """`as_set`: in texts that are not short matched all at once, also where the words that they need are known.
        Faster where these are common words, on text whose like was seen before."""
        self.rules: tuple[Rule, ...] = tuple(rules)
        self._as_set = as_set
        self._lock = Lock()

    def scan(self, text: Normalised) -> list[Hit]:
        """Hits in every view of the text, at most MAX_HITS per rule and view. Raises EngineError.

        A text that hides more than is read is a hit as a whole: nobody writes like that by accident.
        """
        hits = [hit for view in text.views for hit in self._in_words(view)]
        hits += [hit for view in text.joined for hit in self._letters.scan(view)]
        return [*hits, Hit(UNREAD, 0, len(text.source), "unread")] if text.unread else hits

    def _in_words(self, view: View) -> Iterator[Hit]:
        at_once = self._as_set and words_by_block(view.data) is None
        patterns = self._set if at_once else self._words
        for index, start, end in patterns.find(view.data, MAX_HITS):
            yield Hit(self.rules[index], *view.origin_of_bytes(start, end), view.name)

    @cached_property
    def _words(self) -> Patterns:
        with self._lock:
            return Patterns([rule.id for rule in self.rules], [expand(rule.pattern) for rule in self.rules])

    @cached_property
    def _set(self) -> Patterns:
        with self._lock:
            return Patterns([""] * len(self.rules), [expand(rule.pattern) for rule in self.rules])

    @cached_property
    def _letters(self) -> _OneByOne:
        """The same rules for text whose word gaps are lost. Gaps of free words would match too much there."""
        rules = [rule for rule in self.rules if rule.severity >= 0.5]
        with self._lock:
            needs = [need_of(rule.id, expand(rule.pattern)) for rule in rules]
            return _OneByOne(rules, [expand_joined(rule.pattern) for rule in rules], needs)


def expand(pattern: str) -> str:
    """RE2 source of a pattern."""
    return _SHORTHAND.sub(lambda m: _widen(m, _BETWEEN, rf"(?:[^\s.!?]+{_BETWEEN}){{{{0,{{}}}}}}"), pattern)


def expand_joined(pattern: str) -> str:
    """RE2 source of a pattern for text without word gaps."""
    joined = _SHORTHAND.sub(lambda m: _widen(m, r"\s*", r"[^\s.!?]{{0,{}0}}\s*"), pattern)
    return joined.replace(r"\b", "")


def _widen(match: re.Match[str], between: str, gap: str) -> str:
    text = match.group()
    if text[0] == "[":
        # A gap of words, if it may be one, may be as wide as any other.
        if match["maybe"] and " " in text:
            return text[:-1].replace(" ", r"\s>") + f"{{0,{_WIDEST}}}"
        return text.replace(" ", r"\s")
    if match["words"]:
        return (between if match["lead"] else "") + gap.format(match["words"])
    return r"\s*" if text == " ?" else between


class Patterns:
    """Expanded patterns of named rules. Those whose necessary words are known (`prefilter`) are tried where these
    stand; all others, and those without a name, are matched as one set."""

    def __init__(self, names: Sequence[str], patterns: Sequence[str]) -> None:
        self._patterns = patterns
        self._compiled: dict[int, Any] = {}
        needs = [need_of(name, pattern) for name, pattern in zip(names, patterns, strict=True)]
        known = {index: need for index, need in enumerate(needs) if need is not None}
        self._prefilter = Prefilter(known, shipped_vocabulary() if known else None)
        # Index 0 of the set always matches: its absence shows that the matcher ran out of memory and said nothing.
        self._in_set = (-1, *(index for index, need in enumerate(needs) if need is None))
        self._set = re2.Set.SearchSet(_options())
        for index in self._in_set:
            self._set.Add(_END if index < 0 else patterns[index])
        self._set.Compile()

    def find(self, data: bytes, most: int) -> Iterator[tuple[int, int, int]]:
        """Index, start and end of every match, pattern by pattern, at most so many of each. Raises EngineError."""
        stretches = self._prefilter.places(data)
        if len(self._in_set) > 1:
            stretches |= {index: [(0, len(data))] for index in self._matched(data)}
        for index in sorted(stretches):
            for start, end in islice(self.locate(index, data, stretches[index]), most):
                yield index, start, end

    def _matched(self, data: bytes) -> list[int]:
        matched = self._set.Match(data)
        if 0 not in matched:
            raise EngineError("the rule engine ran out of memory on this text")
        return [self._in_set[number] for number in matched if number]

    def locate(self, index: int, data: bytes, stretches: Stretches) -> Iterator[tuple[int, int]]:
        """Matches of one pattern in some stretches of the text."""
        pattern = self._compiled.get(index)
        if pattern is None:
            pattern = self._compiled[index] = re2.compile(self._patterns[index], _options())
        return (match.span() for low, high in stretches for match in pattern.finditer(data, low, high))


class _OneByOne:
    """Every pattern by itself: for patterns whose common automaton would be huge, and texts that are short.

    Longer texts mostly are runs of a few characters: there a rule has to find the letters of a word that it needs.
    """

    def __init__(self, rules: Sequence[Rule], patterns: Sequence[str], needs: Sequence[Need | None]) -> None:
        self._rules = rules
        options = _options()
        self._patterns = [re2.compile(pattern, options) for pattern in patterns]
        self._letters = [None if need is None else _letters_of(need) for need in needs]

    def scan(self, view: View) -> list[Hit]:
        return [hit for index in self._possible(view.data) for hit in self._locate(index, view)]

    def _possible(self, data: bytes) -> Iterable[int]:
        if len(data) <= _LONG:
            return range(len(self._rules))
        there = _bits(data.lower())
        return [index for index, letters in enumerate(self._letters) if letters is None or _are_in(letters, there)]

    def _locate(self, index: int, view: View) -> list[Hit]:
        rule = self._rules[index]
        matches = islice(self._patterns[index].finditer(view.data), MAX_HITS)
        return [Hit(rule, *view.origin_of_bytes(*match.span()), view.name) for match in matches]


def _letters_of(need: Need) -> _Letters:
    ways = need.ways
    return [[sorted({_bits(word.rstrip("*").lower().encode()) for word in clause}) for clause in way] for way in ways]


def _bits(data: bytes) -> int:
    """A bit for each byte that is in it."""
    return sum(1 << byte for byte in (set(data) if len(data) < _LONG else _different(data)))


def _different(data: bytes) -> Iterator[int]:
    while data:
        yield data[0]
        data = data.translate(None, data[:1])


def _are_in(letters: _Letters, there: int) -> bool:
    """Has any way a word of each clause that is made of these bytes?"""
    missing = ~there
    return any(all(any(not word & missing for word in clause) for clause in way) for way in letters)


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


def total_score(hits: Iterable[Hit]) -> float:
    """Combined severity in 0..1: the worst hit of each family, as independent evidence."""
    worst: dict[str, float] = {}
    for hit in hits:
        worst[hit.rule.family] = max(worst.get(hit.rule.family, 0.0), hit.rule.severity)
    doubt = 1.0
    for severity in worst.values():
        doubt *= 1.0 - severity
    return round(1.0 - doubt, 6)
