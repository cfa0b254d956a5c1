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
CLAUSES = 3
_WIDE = 4  # a match of more gaps than a block has lies in so many blocks and one, or anywhere
# Beginnings of words are looked up by so many bytes; a longer one by those that fit.
_STEMS = (3, 4, 6)
_CHARACTER = 3  # bytes of a character without case
_SLOT_BITS = 14
_FACTOR = 0x9E3779B97F4A7C15

Stretches = list[tuple[int, int]]


class Need(NamedTuple):
    """Of each clause a match holds one word (`kill`, or the beginning `kill*`); `span` bounds the gaps in a match."""

    words: tuple[tuple[str, ...], ...]
    span: int | None


def fingerprint(pattern: str) -> str:
    """Tells a pattern from an older one of the same rule."""
    return sha256(pattern.encode()).hexdigest()[:16]


def need_of(rule: str, pattern: str) -> Need | None:
    """What a shipped rule needs. None for any other, and for one that was changed since its needs were written."""
    known = _shipped().get(rule)
    if known is None or known["of"] != fingerprint(pattern) or not known["words"]:
        return None
    return Need(tuple(map(tuple, known["words"])), known["span"])


@cache
def _shipped() -> dict[str, Any]:
    text = files("pytest_agentsafety.guards").joinpath(WORDS).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


class Prefilter:
    """Of numbered rules, those that may match, and where. Safe to use from several threads."""

    def __init__(self, needs: Mapping[int, Need]) -> None:
        import numpy as np

        self._rules = sorted(needs)
        width = -(-len(self._rules) // 64)
        self._without = np.zeros((CLAUSES, width), np.uint64)  # the clauses that rules do not have
        self._near, self._wide, self._far = np.zeros((3, width), np.uint64)
        users: dict[_Key, Bits] = {}
        for column, rule in enumerate(self._rules):
            word, bit = column // 64, np.uint64(1 << column % 64)
            self._reach(needs[rule].span)[word] |= bit
            self._without[len(needs[rule].words) :, word] |= bit
            for number, clause in enumerate(needs[rule].words):
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

        if not self._rules:
            return {}
        found = [(piece.blocks, *self._look(piece)) for piece in pieces(data)]
        starts = np.concatenate([blocks for blocks, _, _ in found])
        bits = np.zeros((len(starts) + _WIDE, *self._without.shape), np.uint64)
        for _, blocks, users in found:
            bits[blocks] |= users
        return self._stretches(bits, [0, *starts[1:].tolist(), *[len(data)] * (_WIDE + 2)])

    def _look(self, piece: Piece) -> tuple[Places, Bits]:
        """Blocks in which words stand, and whose clauses these are."""
        import numpy as np

        hits = [table.look(piece) for table in self._tables]
        places = np.concatenate([at for at, _ in hits])
        order = places.argsort(kind="stable")
        blocks = piece.block_of(places[order])
        firsts = np.flatnonzero(np.diff(blocks, prepend=-1))
        users = np.concatenate([users for _, users in hits])[order]
        return blocks[firsts], np.bitwise_or.reduceat(users, firsts) if len(firsts) else users

    def _stretches(self, bits: Bits, starts: list[int]) -> dict[int, Stretches]:
        found: dict[int, Stretches] = {}
        for reach, rules in ((1, self._near), (_WIDE, self._wide)):
            if not rules.any():
                continue
            together = bits[: len(bits) - reach].copy()
            for step in range(1, reach + 1):
                together |= bits[step : len(bits) - reach + step]
            for block, rule in self._fulfilled(together, rules):
                _add(found.setdefault(rule, []), starts[block], starts[block + reach + 1])
        if self._far.any():
            import numpy as np

            for _, rule in self._fulfilled(np.bitwise_or.reduce(bits, axis=0, keepdims=True), self._far):
                found[rule] = [(0, starts[-1])]
        return found

    def _fulfilled(self, together: Bits, rules: Bits) -> Iterator[tuple[int, int]]:
        """Places whose words are enough for a rule, in their order."""
        import numpy as np

        together |= self._without
        enough = np.bitwise_and.reduce(together, axis=1) & rules
        for block, word in zip(*(where.tolist() for where in np.nonzero(enough)), strict=True):
            left = int(enough[block, word])
            while left:
                lowest = left & -left
                yield block, self._rules[64 * word + lowest.bit_length() - 1]
                left ^= lowest


def _add(stretches: Stretches, low: int, high: int) -> None:
    if stretches and low <= stretches[-1][1]:
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
        self._values = np.array([key.value for key in keys], np.uint64)
        self._users = np.stack([users[key] for key in keys])
        self._mask = np.uint64((1 << 8 * self._size) - 1)
        self._slots = np.zeros(1 << _SLOT_BITS, np.bool_)
        self._slots[_slot(self._values)] = True

    def look(self, piece: Piece) -> tuple[Places, Bits]:
        """Where words stand, and who needs them."""
        import numpy as np

        places = piece.wide_at if self._wide else piece.at
        values = self._masked(piece)
        at = np.flatnonzero(self._slots.take(_slot(values)))
        values = values.take(at)
        which = np.minimum(self._values.searchsorted(values), len(self._values) - 1)
        same = self._values.take(which) == values
        return places.take(at[same]), self._users.take(which[same], axis=0)

    def _masked(self, piece: Piece) -> Values:
        if self._size == WHOLE:
            return piece.whole
        return (piece.wide if self._wide else piece.parts) & self._mask


def _slot(values: Values) -> Places:
    import numpy as np

    return ((values * np.uint64(_FACTOR)) >> np.uint64(64 - _SLOT_BITS)).astype(np.intp)
