"""Values of a call that nobody calls critical, and that the task does not give: a choice among few, a figure."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from pytest_agentsafety import lexicon
from pytest_agentsafety.model.policy import ProvenanceMode, ToolRule
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.provenance.arithmetic import counts_in, scales
from pytest_agentsafety.provenance.choosing import numbers_of
from pytest_agentsafety.provenance.codes import left_to_a_text
from pytest_agentsafety.provenance.dates import clock_of
from pytest_agentsafety.provenance.endorse import Endorser
from pytest_agentsafety.provenance.heard import Heard, Place
from pytest_agentsafety.provenance.leaves import Leaf, is_critical
from pytest_agentsafety.provenance.phrases import COUNTS
from pytest_agentsafety.provenance.reading import Reading

_SHORTEST = 3  # letters
_COUNTED = re.compile(r"(?i)amount|price|count|quantity|qty|pieces|hours?|days?|minutes?|percent|level|size|capacity")
_HOW_MANY = re.compile(r"(?i)count|quantity|qty|pieces|copies|how_?many")
_NAMED_BY = frozenset({"", "name", "title"})


class Doubt(NamedTuple):
    """A value to ask about, why, and where it was seen."""

    leaf: Leaf
    why: str
    origin: str | None = None


class Picks:
    """Looks at the choices and figures of one task's calls."""

    def __init__(self, endorser: Endorser, user: Reading, heard: Heard, mode: ProvenanceMode) -> None:
        self._endorser, self._user, self._heard, self._mode = endorser, user, heard, mode

    def doubt(self, found: list[Leaf], rule: ToolRule) -> Doubt | None:
        """The first value to ask about, None where there is none."""
        if rule.effect == "egress":
            return next((doubt for leaf in found if (doubt := self._choice(leaf)) is not None), None)
        if rule.effect != "write":
            return None
        other = next((doubt for leaf in found if (doubt := self._another(leaf) or self._hour(leaf)) is not None), None)
        if other is not None or not rule.drafted:
            return other
        return next((doubt for leaf in found if (doubt := self._figure(leaf, rule)) is not None), None)

    def _choice(self, leaf: Leaf) -> Doubt | None:
        """A choice among few ("admin") in a call that reaches others: not one that only a result speaks of."""
        word = leaf.value
        if leaf.role != "flag" or not isinstance(word, str) or len(word) < _SHORTEST or self._user.states(word):
            return None
        return self._spoken_of(leaf)

    def _spoken_of(self, leaf: Leaf) -> Doubt | None:
        block = self._heard.mentioned(leaf.value)
        if block is None:
            return None
        tool = one_line(block.source.tool)
        return Doubt(leaf, f"is spoken of in the result of {tool}, not in your task", f"tool:{block.source.tool}")

    def _another(self, leaf: Leaf) -> Doubt | None:
        """A choice that is the name of one thing in a list, where the task names another one of them."""
        if leaf.role != "flag" or not isinstance(leaf.value, str) or self._mode == "strict":
            return None
        if self._user.states(leaf.value):
            return None
        for place in self._heard.places(leaf.value):
            source = place.source
            if place.field.key in _NAMED_BY and source.surely and not source.mark(place.record).meant:
                return Doubt(leaf, f"is in {source.shown}, where your task names another one", f"tool:{source.tool}")
        return None

    def _hour(self, leaf: Leaf) -> Doubt | None:
        """An hour that only a text of others speaks of, where the task leaves nothing to such a text."""
        if leaf.role != "time" or not isinstance(leaf.value, str) or left_to_a_text(self._user.text):
            return None
        clock = clock_of(leaf.value)
        if clock is None or clock in self._user.clocks or self._user.states(leaf.value) or self._user.delegates:
            return None
        fields = (place for written in (clock, leaf.value) for place in self._heard.places(written))
        if any(place.source.pointed for place in fields):
            return None
        block = self._heard.mentioned(clock)
        if block is None or not block.source.outside or block.source.mark(block.record).surely:
            return None
        return self._spoken_of(leaf._replace(value=clock))

    @cached_property
    def _counts_something(self) -> bool:
        """Does the task give any number, in digits or as a word?"""
        return bool(self._user.spoken.numbers) or not COUNTS.keys().isdisjoint(lexicon.words(self._user.text))

    def _changes_a_known_one(self, leaf: Leaf) -> bool:
        """Is it to take the place of a figure in the record that the task means, though the task gives figures?"""
        if not self._user.spoken.numbers and not self._user.computes:
            return False
        key = leaf.where.lower()
        return any(
            mark.surely and any(item.key == key and item.kind == "number" for item in record.fields)
            for source in self._heard.sources
            for record, mark in source.marks.items()
        )

    def _unmeant(self, leaf: Leaf, rule: ToolRule) -> bool:
        """Is a whole number what records go by under the very name of the parameter ("plot": 7), and none is meant?"""
        if not isinstance(leaf.value, int) or self._mode == "strict" or _COUNTED.search(leaf.where):
            return False
        given = numbers_of(self._user.text, leaf.where)
        if given and str(leaf.value) not in given:
            return True
        places = [place for place in self._heard.places(leaf.value) if place.field.key == leaf.where.lower()]
        if any(place.source.surely for place in places) and not any(map(self._may_be_meant, places)):
            return True
        return bool(places) and not self._endorser.judge(leaf._replace(role="identifier"), rule, frozenset()).good

    def _may_be_meant(self, place: Place) -> bool:
        mark, things = place.source.mark(place.record), place.source.things
        return mark.meant or mark.extreme or self._user.says_all_of(things)

    def _figure(self, leaf: Leaf, rule: ToolRule) -> Doubt | None:
        """A figure of a change: not one that only somebody's text speaks of, nor another than the task leads to."""
        value = leaf.value
        if is_critical(leaf, rule) or isinstance(value, str) or leaf.role in ("time", "content"):
            return None
        if self._user.states(value, "amount"):
            return None
        if self._unmeant(leaf, rule):
            return Doubt(leaf, "is the number of something that your task does not mean")
        if self._endorser.judge(leaf, rule, frozenset()).good:
            return None
        if self._changes_a_known_one(leaf) or (_HOW_MANY.search(leaf.where) and self._counts_something):
            return Doubt(leaf, "does not follow from your task")
        units = re.split(r"[^A-Za-z]+", leaf.where)
        if scales(self._user.text) or any(counts_in(self._user.text, unit) for unit in units):
            return Doubt(leaf, "does not follow from your task")
        return self._spoken_of(leaf)
