"""Many texts that are searched as one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from pytest_agentsafety.provenance.normal import is_token, whole_places

SEARCHED = 20_000  # characters up to which a search is quicker than a set, and two texts are joined
BETWEEN = " \n "  # no token goes across it
_MOST, _SMALL = 200, 2 * SEARCHED + 10  # places in one text; characters of texts that are joined
_LABEL = re.compile(r"(?:\b(?:ids?|no|nr|number|num|index|ref|reference|code|called|named)\W{1,4}|['\"#])$")
_LABEL_SIZE = 16

T = TypeVar("T")


class _Part(NamedTuple, Generic[T]):
    """Some texts as one, and where each starts."""

    text: str
    starts: tuple[int, ...]
    owners: tuple[T, ...]


class _Now(NamedTuple, Generic[T]):
    """All texts, and what is known of them."""

    parts: tuple[_Part[T], ...]
    held: dict[str, bool]
    places: dict[tuple[str, bool], dict[T, list[int]]]


class Together(Generic[T]):
    """Many texts, searched at once: small ones are joined, so that a search costs what they are long, however many."""

    def __init__(self) -> None:
        self._full: tuple[_Part[T], ...] = ()
        self._open: _Part[T] = _Part("", (), ())
        self._now: _Now[T] = _Now((), {}, {})
        self._lock = Lock()

    def add(self, text: str, owner: T) -> None:
        """`owner`: whose text it is. Nobody has two."""
        with self._lock:
            if len(text) > SEARCHED:
                self._full += (_Part(text, (0,), (owner,)),)
            elif text:
                before, starts, owners = self._open
                start = len(before) + len(BETWEEN)
                self._open = _Part(f"{before}{BETWEEN}{text}", (*starts, start), (*owners, owner))
            if len(self._open.text) > SEARCHED:
                self._full, self._open = (*self._full, self._open), _Part("", (), ())
            self._now = _Now((*self._full, self._open), {}, {})

    def holds(self, words: str) -> bool:
        """Do they stand in any of the texts, if only inside a longer word?"""
        parts, held, _ = self._now
        found = held.get(words)
        if found is None:
            found = held[words] = any([words in part.text for part in parts])
        return found

    def places(self, token: str, *, labelled: bool = False) -> Mapping[T, Sequence[int]]:
        """Where it stands as a whole, by owner; `labelled`: only where a word before it makes an id of it.

        Of what stands very often in one text the first places will do.
        """
        parts, _, known = self._now
        found: dict[T, list[int]] | None = known.get((token, labelled))
        if found is None:
            found = known[token, labelled] = {}
            for part in parts:
                if len(part.text) <= _SMALL:
                    found |= _in_small(part, token, labelled=labelled)
                elif places := _in_large(part.text, token, labelled=labelled):
                    found[part.owners[0]] = places
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


def _in_small(part: _Part[T], token: str, *, labelled: bool) -> dict[T, list[int]]:
    """The places of a token in each text of one part."""
    text, starts, owners = part
    found: dict[T, list[int]] = {}
    for place in whole_places(text, token):
        at = bisect_right(starts, place) - 1
        if not labelled or _is_labelled(text, starts[at], place):
            found.setdefault(owners[at], []).append(place - starts[at])
    return {owner: places[:_MOST] for owner, places in found.items()}


def _is_labelled(text: str, first: int, place: int) -> bool:
    return _LABEL.search(text, max(first, place - _LABEL_SIZE), place) is not None
