"""Many texts that are searched as one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from pytest_agentsafety.provenance.normal import is_token, whole_places

SEARCHED = 20_000  # characters up to which a search is quicker than a set, and two texts are joined
BETWEEN = " \n "  # no token goes across it
_MOST = 200
_DIGITS = re.compile(r"[0-9]+")
_LABELS = ["ids", "id", "no", "nr", "number", "num", "index", "ref", "reference", "code", "called", "named"]
# Read backwards, so that it is only looked for at one place.
_LABEL = re.compile(rf"\W{{1,4}}(?:{'|'.join(label[::-1] for label in _LABELS)})\b|['\"#]")
_LABEL_SIZE = 16

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Part(Generic[T]):
    """Some texts as one, where each starts, and the numbers that stand there or in a text added since; of a large text
    by itself these are not known."""

    text: str = ""
    starts: tuple[int, ...] = ()
    owners: tuple[T, ...] = ()
    numbers: set[str] | None = field(default_factory=set)

    def and_also(self, text: str, owner: T) -> _Part[T]:
        """With one more text."""
        if self.numbers is not None:
            self.numbers.update(_DIGITS.findall(text))
        start = len(self.text) + len(BETWEEN)
        return _Part(f"{self.text}{BETWEEN}{text}", (*self.starts, start), (*self.owners, owner), self.numbers)


class _Now(Generic[T]):
    """All texts, and what is known of them."""

    def __init__(self, parts: tuple[_Part[T], ...] = ()) -> None:
        self.parts = parts
        self.large = any(part.numbers is None for part in parts)
        self.held: dict[str, bool] = {}
        self.whole: dict[str, list[tuple[_Part[T], list[int]]]] = {}
        self.places: dict[tuple[str, bool], Mapping[T, Sequence[int]]] = {}


class Together(Generic[T]):
    """Many texts, searched at once: small ones are joined, so that a search costs what they are long, however many."""

    def __init__(self) -> None:
        self._full: tuple[_Part[T], ...] = ()
        self._open = _Part[T]()
        self._now = _Now[T]()
        self._lock = Lock()

    def add(self, text: str, owner: T) -> None:
        """`owner`: whose text it is. Nobody has two."""
        with self._lock:
            if len(text) > SEARCHED:
                self._full += (_Part(text, (0,), (owner,), None),)
            elif text:
                self._open = self._open.and_also(text, owner)
            if len(self._open.text) > SEARCHED:
                self._full, self._open = (*self._full, self._open), _Part[T]()
            self._now = _Now((*self._full, self._open))

    def holds(self, words: str) -> bool:
        """Do they stand in any of the texts, if only inside a longer word?"""
        now = self._now
        found = now.held.get(words)
        if found is None:
            found = now.held[words] = any(words in part.text for part in now.parts)
        return found

    def places(self, token: str, *, labelled: bool = False) -> Mapping[T, Sequence[int]]:
        """Where it stands as a whole, by owner; `labelled`: only where a word before it makes an id of it.

        Of what stands very often in one text the first places will do.
        """
        now = self._now
        known = now.places.get((token, labelled))
        if known is None:
            found: dict[T, Sequence[int]] = {}
            for part, places in _in_small(now, token):
                _divide(found, part, places, labelled=labelled)
            if now.large:
                for part in now.parts:
                    if part.numbers is None and (large := _in_large(part.text, token, labelled=labelled)):
                        found[part.owners[0]] = large
            known = now.places[token, labelled] = found
        return known


def _in_small(now: _Now[T], token: str) -> list[tuple[_Part[T], list[int]]]:
    """The places of a token in all that is not large."""
    found = now.whole.get(token)
    if found is None:
        found = []
        # The digits that a number starts with are a number there, wherever it stands.
        digits = _DIGITS.match(token)
        for part in now.parts:
            if part.numbers is not None and (digits is None or digits[0] in part.numbers):
                places = whole_places(part.text, token)
                if places:
                    found.append((part, places))
        now.whole[token] = found
    return found


def _in_large(text: str, token: str, *, labelled: bool) -> list[int]:
    """The places of a token in one text, no more of them than are needed."""
    found: list[int] = []
    place = text.find(token)
    while place >= 0 and len(found) < _MOST:
        behind = place + len(token)
        if is_token(text, place, behind) and (not labelled or _is_labelled(text, 0, place)):
            found.append(place)
        place = text.find(token, behind)
    return found


def _divide(found: dict[T, Sequence[int]], part: _Part[T], places: Sequence[int], *, labelled: bool) -> None:
    """Put the places of a part into `found`, by the text that they are in: of each no more than are needed."""
    starts, some, latest = part.starts, list[int](), -2
    for place in places:  # in order, so those of one text follow each other
        at = bisect_right(starts, place) - 1
        if not labelled or _is_labelled(part.text, starts[at], place):
            if at != latest:
                some, latest = [], at
                found[part.owners[at]] = some
            if len(some) < _MOST:
                some.append(place - starts[at])


def _is_labelled(text: str, first: int, place: int) -> bool:
    return _LABEL.match(text[max(first, place - _LABEL_SIZE) : place][::-1]) is not None
