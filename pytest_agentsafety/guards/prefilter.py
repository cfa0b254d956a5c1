"""Where in a text a rule may match at all: only where the words that it needs stand together.

The first bytes of all words are looked up in tables of the words that the rules need (`rule_words.json`). A rule is
worth trying in two neighbouring blocks of the text that hold a word of each of its clauses. That costs a few passes
over arrays, however many words are found, and no automaton that a text could make grow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_agentsafety.guards.blocks import BLOCK, WHOLE, Piece, pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_agentsafety.guards.blocks import Places, Values

    Bits = NDArray[np.uint64]

WORDS = "rule_words.json"
CLAUSES = 2
_WIDE = 2  # a match of more gaps than a block has lies in so many blocks and one, or anywhere
# Beginnings of words are looked up by so many bytes; a longer one by those that fit.
_STEMS = (3, 4)
_CHARACTER = 3  # bytes of a character without case
_NO_TEXT = (1 << 64) - 1
_NEAR_ENOUGH = 800
_SLOT_BITS = 14
_FACTOR = 0x9E3779B97F4A7C15

Stretches = list[tuple[int, int]]


Way = tuple[tuple[str, ...], ...]


class Need(NamedTuple):
    """A match is of one of the ways; of each of its clauses it holds a word (`kill`, or a beginning, `kill*`).

    `span` bounds the number of gaps between words in a match.
    """

    ways: tuple[Way, ...]
    span: int | None


def fingerprint(pattern: str) -> str:
    """Tells a pattern from an older one of the same rule."""
    return sha256(pattern.encode()).hexdigest()[:16]


def need_of(rule: str, pattern: str) -> Need | None:
    """What a shipped rule needs. None for any other, and for one that was changed since its needs were written."""
    known = _shipped().get(rule)
    if known is None or known["of"] != fingerprint(pattern) or not known["ways"]:
        return None
    return Need(known["ways"], known["span"])


@cache
def _shipped() -> dict[str, Any]:
    text = files("pytest_agentsafety.guards").joinpath(WORDS).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


class Prefilter:
    """Of numbered rules, those that may match, and where. Safe to use from several threads."""

    def __init__(self, needs: Mapping[int, Need]) -> None:
        import numpy as np

        ways = [(rule, way) for rule in sorted(needs) for way in needs[rule].ways]
        self._rules = [rule for rule, _ in ways]
        width = -(-len(ways) // 64)
        self._without = np.zeros((CLAUSES, width), np.uint64)  # the clauses that ways do not have
        self._near, self._wide, self._far = np.zeros((3, width), np.uint64)
        users: dict[_Key, Bits] = {}
        for column, (rule, way) in enumerate(ways):
            word, bit = column // 64, np.uint64(1 << column % 64)
            self._reach(needs[rule].span)[word] |= bit
            self._without[len(way) :, word] |= bit
            for number, clause in enumerate(way):
                for key in map(_key, clause):
                    users.setdefault(key, np.zeros((CLAUSES, width), np.uint64))[number, word] |= bit
        self._tables = [_Table(kind, users) for kind in sorted({(key.wide, key.size) for key in users})]

    def _reach(self, span: int | None) -> Bits:
        if span is None or span > BLOCK * _WIDE:
            return self._far
        return self._near if span <= BLOCK else self._wide

    def places(self, data: bytes) -> dict[int, Stretches]:
        """For each rule that may match, parts of `data` (folded UTF-8) that hold its matches whole. None overlap."""
        import numpy as np

        if not self._rules or not data:
            return {}
        found = [(piece.blocks, *self._look(piece)) for piece in pieces(data)]
        starts = found[0][0] if len(found) == 1 else np.concatenate([blocks for blocks, _, _ in found])
        bits = np.zeros((len(starts) + _WIDE, *self._without.shape), np.uint64)
        for _, blocks, users in found:
            bits[blocks] |= users
        return self._stretches(bits, [0, *starts[1:].tolist(), *[len(data)] * (_WIDE + 2)])

    def _look(self, piece: Piece) -> tuple[Places, Bits]:
        """Blocks in which words stand, and whose clauses these are."""
        import numpy as np

        hits = [found for table in self._tables if (found := table.look(piece)) is not None]
        if not hits:
            return piece.at[:0], np.zeros((0, *self._without.shape), np.uint64)
        places = np.concatenate([at for at, _ in hits])
        order = places.argsort(kind="stable")
        blocks = piece.block_of(places.take(order))
        firsts = np.flatnonzero(blocks[1:] != blocks[:-1])
        firsts = np.concatenate(([0], firsts + 1))
        users = np.concatenate([users for _, users in hits]).take(order, axis=0)
        return blocks.take(firsts), np.bitwise_or.reduceat(users, firsts)

    def _stretches(self, bits: Bits, starts: list[int]) -> dict[int, Stretches]:
        import numpy as np

        whole = np.bitwise_or.reduce(bits, axis=0) | self._without
        possible = np.bitwise_and.reduce(whole, axis=0)
        found = {rule: [(0, starts[-1])] for _, rule in self._rules_of((possible & self._far)[np.newaxis])}
        together = bits[:-1] | bits[1:]
        for reach, rules in ((1, self._near), (_WIDE, self._wide)):
            rules = rules & possible
            if not rules.any():
                continue
            for step in range(2, reach + 1):
                together = together[:-1] | bits[step:]
            enough = np.bitwise_and.reduce(together | self._without, axis=1) & rules
            for block, rule in self._rules_of(enough):
                _add(found.setdefault(rule, []), starts[block], starts[block + reach + 1])
        return found

    def _rules_of(self, enough: Bits) -> Iterator[tuple[int, int]]:
        """Row and rule of each bit, row by row."""
        for row, word in zip(*(where.tolist() for where in enough.nonzero()), strict=True):
            left = int(enough[row, word])
            while left:
                lowest = left & -left
                yield row, self._rules[64 * word + lowest.bit_length() - 1]
                left ^= lowest


def _add(stretches: Stretches, low: int, high: int) -> None:
    # Two calls of the engine cost more than some text in between.
    if stretches and low <= stretches[-1][1] + _NEAR_ENOUGH:
        low = stretches.pop()[0]
    stretches.append((low, high))


class _Key(NamedTuple):
    """What is looked up: so many bytes; `wide` ones at every character, others at the start of a word."""

    wide: bool
    size: int
    value: int


def _key(word: str) -> _Key:
    stem = word.rstrip("*").encode()
    if not stem.isascii():
        size = _CHARACTER * min(len(stem) // _CHARACTER, 2)
        return _Key(True, size, int.from_bytes(stem[:size], "little"))
    size = max(size for size in _STEMS if size <= len(stem)) if "*" in word and len(stem) < WHOLE else WHOLE
    return _Key(False, size, int.from_bytes(stem[:size], "little"))


class _Table:
    """Words of one length: a slot says whether one may be meant, then a sorted list tells which."""

    def __init__(self, kind: tuple[bool, int], users: Mapping[_Key, Bits]) -> None:
        import numpy as np

        self._wide, self._size = kind
        keys = sorted(key for key in users if key[:2] == kind)
        # The last one is no text: what is sorted behind all others finds it.
        self._values = np.array([*(key.value for key in keys), _NO_TEXT], np.uint64)
        self._users = np.stack([*(users[key] for key in keys), np.zeros_like(users[keys[0]])])
        self._mask = np.uint64((1 << 8 * self._size) - 1)
        self._slots = np.zeros(1 << _SLOT_BITS, np.bool_)
        self._slots[_slot(self._values)] = True

    def look(self, piece: Piece) -> tuple[Places, Bits] | None:
        """Where words stand, and who needs them. None if there are none."""
        places = piece.wide_at if self._wide else piece.at
        if not len(places):
            return None
        values = self._masked(piece)
        at = self._slots.take(_slot(values)).nonzero()[0]
        values = values.take(at)
        which = self._values.searchsorted(values)
        same = (self._values.take(which) == values).nonzero()[0]
        if not len(same):
            return None
        return places.take(at.take(same)), self._users.take(which.take(same), axis=0)

    def _masked(self, piece: Piece) -> Values:
        if self._size == WHOLE:
            return piece.whole
        return (piece.wide if self._wide else piece.parts) & self._mask


def _slot(values: Values) -> Places:
    import numpy as np

    return ((values * np.uint64(_FACTOR)) >> np.uint64(64 - _SLOT_BITS)).astype(np.intp)
