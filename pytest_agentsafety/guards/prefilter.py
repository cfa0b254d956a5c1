"""Where in a text a rule may match at all: only where the words that it needs stand together.

The first bytes of all words are looked up in tables of the words that the rules need (`rule_words.json`). A rule is
worth trying in two neighbouring blocks of the text that hold a word of each of its clauses. That costs a few passes
over arrays, however many words are found, and no automaton that a text could make grow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    Hits = NDArray[np.int32]

WORDS = "rule_words.json"
CLAUSES = 2
_WIDE = 2  # a match of more gaps than a block has lies in so many blocks and one, or anywhere
# Beginnings of words are looked up by so many bytes; a longer one by those that fit.
_STEMS = (3, 4)
_CHARACTER = 3  # bytes of a character without case
_AT_ONCE, _MANY = 1 << 14, 1 << 12
_NO_TEXT = (1 << 64) - 1
_NEAR_ENOUGH = 6  # two calls of the engine cost more than some blocks in between
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

        self._rules = list(needs)
        ways = [(rule, way) for rule, need in enumerate(needs.values()) for way in need.ways]
        width = -(-len(ways) // 64)
        self._rule_of = np.array([rule for rule, _ in ways], np.intp)
        self._without = np.zeros((CLAUSES, width), np.uint64)  # the clauses that ways do not have
        self._near, self._wide, self._far = np.zeros((3, width), np.uint64)
        users: dict[_Key, Bits] = {}
        for column, (rule, way) in enumerate(ways):
            word, bit = column // 64, np.uint64(1 << column % 64)
            self._reach(needs[self._rules[rule]].span)[word] |= bit
            self._without[len(way) :, word] |= bit
            for number, clause in enumerate(way):
                for key in map(_key, clause):
                    users.setdefault(key, np.zeros((CLAUSES, width), np.uint64))[number, word] |= bit
        keys = sorted(users)
        self._users = np.stack([users[key] for key in keys]) if keys else np.zeros((0, CLAUSES, width), np.uint64)
        self._tables = [_Table(kind, keys) for kind in sorted({(key.wide, key.size) for key in keys})]

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
        starts, blocks, keys = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
        seen, number = self._numbered(keys)
        users = self._users.take(seen, axis=0)
        possible = np.bitwise_and.reduce(np.bitwise_or.reduce(users, axis=0) | self._without, axis=0)
        words = possible.nonzero()[0]
        if not len(words):
            return {}
        # Only what may lead to something is looked at block by block.
        users = (users & possible).take(words, axis=2)
        hits = users.any(axis=(1, 2)).take(number).nonzero()[0]
        bits = np.zeros((len(starts) + _WIDE, CLAUSES, len(words)), np.uint64)
        _spread(bits, blocks.take(hits), users, number.take(hits))
        return self._stretches(bits, words, possible, [0, *starts[1:].tolist(), *[len(data)] * (_WIDE + 2)])

    def _look(self, piece: Piece) -> tuple[Hits, Hits]:
        """The blocks of the words that were found, and the numbers of these in the list of all keys."""
        import numpy as np

        hits = [found for table in self._tables if (found := table.look(piece)) is not None]
        if not hits:
            return np.zeros(0, np.int32), np.zeros(0, np.int32)
        at, keys = (np.concatenate(parts) for parts in zip(*hits, strict=True))
        blocks = piece.block_of(at)
        if len(at) > _MANY:  # a text that says the same over and over
            blocks, keys = np.divmod(np.unique(blocks * len(self._users) + keys), len(self._users))
        return blocks.astype(np.int32), keys.astype(np.int32)

    def _numbered(self, keys: Hits) -> tuple[Places, Places]:
        """The different keys, and of each key its place among these."""
        import numpy as np

        marks = np.zeros(len(self._users), np.bool_)
        marks[keys] = True
        seen = marks.nonzero()[0]
        places = np.empty(len(marks), np.intp)
        places[seen] = np.arange(len(seen))
        return seen, places.take(keys)

    def _stretches(self, bits: Bits, words: Places, possible: Bits, starts: list[int]) -> dict[int, Stretches]:
        import numpy as np

        found: dict[int, Stretches] = {}
        together, without = bits, self._without.take(words, axis=1)
        for reach, rules in enumerate((self._near, self._wide), 1):
            together = together[:-1] | bits[reach:]
            some = (possible & rules).take(words)
            if some.any():
                enough = np.bitwise_and.reduce(together | without, axis=1) & some
                self._add(found, enough, words, reach, starts)
        some = (possible & self._far).take(words)
        if some.any():
            self._add(found, some[np.newaxis], words, len(starts) - 2, starts)
        return found

    def _add(self, found: dict[int, Stretches], enough: Bits, words: Places, reach: int, starts: list[int]) -> None:
        """From the blocks in which rules may match, each with so many behind it; near ones are one stretch."""
        import numpy as np

        near = reach + _NEAR_ENOUGH
        size = len(starts) + near  # so that the last block of a rule is not near the first one of the next
        filled = enough.ravel().nonzero()[0]
        if not len(filled):
            return
        bits = np.unpackbits(enough.ravel().take(filled).view(np.uint8), bitorder="little").view(np.bool_).nonzero()[0]
        rows, column = np.divmod(filled.take(bits >> 6), len(words))
        where = self._rule_of.take((words.take(column) << 6) + (bits & 63)) * size + rows
        where.sort()
        ends = (where[1:] - where[:-1] > near).nonzero()[0]
        lows = where[np.concatenate(([0], ends + 1))]
        highs = where[np.concatenate((ends, [len(where) - 1]))]
        for low, high in zip(lows.tolist(), highs.tolist(), strict=True):
            stretch = starts[low % size], starts[high % size + reach + 1]
            found.setdefault(self._rules[low // size], []).append(stretch)


def _spread(bits: Bits, blocks: Hits, users: Bits, number: Places) -> None:
    """Add to the bits of each block the users of all words that stand in it."""
    import numpy as np

    order = blocks.argsort(kind="stable")
    for low in range(0, len(order), _AT_ONCE):
        some = order[low : low + _AT_ONCE]
        block = blocks.take(some)
        firsts = np.concatenate(([0], (block[1:] != block[:-1]).nonzero()[0] + 1))
        bits[block.take(firsts)] |= np.bitwise_or.reduceat(users.take(number.take(some), axis=0), firsts)


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

    def __init__(self, kind: tuple[bool, int], keys: list[_Key]) -> None:
        import numpy as np

        self._wide, self._size = kind
        own = [number for number, key in enumerate(keys) if key[:2] == kind]
        self._first = own[0]
        # The last one is no text: what is sorted behind all others finds it.
        self._values = np.array([*(keys[number].value for number in own), _NO_TEXT], np.uint64)
        self._mask = np.uint64((1 << 8 * self._size) - 1)
        self._slots = np.zeros(1 << _SLOT_BITS, np.bool_)
        self._slots[_slot(self._values)] = True

    def look(self, piece: Piece) -> tuple[Places, Places] | None:
        """Where words stand, and their numbers in the list of all keys. None if there are none."""
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
        return places.take(at.take(same)), which.take(same) + self._first

    def _masked(self, piece: Piece) -> Values:
        if self._size == WHOLE:
            return piece.whole
        return (piece.wide if self._wide else piece.parts) & self._mask


def _slot(values: Values) -> Places:
    import numpy as np

    return ((values * np.uint64(_FACTOR)) >> np.uint64(64 - _SLOT_BITS)).astype(np.intp)
