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

from pytest_agentsafety.guards.blocks import BLOCK, words_by_block
from pytest_agentsafety.guards.rule_vocabulary import Vocabulary
from pytest_agentsafety.text.views import merged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_agentsafety.guards.blocks import Places
    from pytest_agentsafety.guards.rule_vocabulary import Seen

    Bits = NDArray[np.uint64]
    Hits = NDArray[np.int32]

WORDS = "rule_words.json"
CLAUSES = 2
_WIDE = 2  # a match of more gaps than a block has lies in so many blocks and one, or anywhere
_AT_ONCE = 1 << 14
_NEAR_ENOUGH = 12  # two calls of the engine cost more than some blocks in between
# So many ways are looked at one by one.
_FEW, _FEW_SEEN = 6, 128
# In a text of so many bytes finding out where a rule may match costs more than trying it everywhere.
_AS_ONE = 1 << 14
_MAX_REMEMBERED, _LONGEST = 1 << 14, 24

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
def shipped_vocabulary() -> Vocabulary:
    """Of all shipped rules: what one guard has looked up another need not look up again."""
    known = _shipped().values()
    return Vocabulary(word for need in known for way in need["ways"] for clause in way for word in clause)


@cache
def _shipped() -> dict[str, Any]:
    text = files("pytest_agentsafety.guards").joinpath(WORDS).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


class Prefilter:
    """Of numbered rules, those that may match, and where. Safe to use from several threads."""

    def __init__(self, needs: Mapping[int, Need], vocabulary: Vocabulary | None = None) -> None:
        """`vocabulary` has to hold all words that are needed; one of these alone by default."""
        import numpy as np

        self._rules = list(needs)
        ways = [(rule, way) for rule, need in enumerate(needs.values()) for way in need.ways]
        words = (word for _, way in ways for clause in way for word in clause)
        self._vocabulary = Vocabulary(words) if vocabulary is None else vocabulary
        width = -(-len(ways) // 64)
        self._rule_of = np.array([rule for rule, _ in ways], np.intp)
        self._without = np.zeros((CLAUSES, width), np.uint64)  # the clauses that ways do not have
        self._near, self._wide, self._far = np.zeros((3, width), np.uint64)
        self._users = np.zeros((self._vocabulary.size, CLAUSES, width), np.uint64)
        for column, (rule, way) in enumerate(ways):
            word, bit = column // 64, np.uint64(1 << column % 64)
            self._reach(needs[self._rules[rule]].span)[word] |= bit
            self._without[len(way) :, word] |= bit
            for number, clause in enumerate(way):
                for entry in self._vocabulary.entries_of(clause):
                    self._users[entry, number, word] |= bit
        self._short = _Short(self._vocabulary, self._users, self._without, (self._near, self._wide, self._far))

    def _reach(self, span: int | None) -> Bits:
        if span is None or span > BLOCK * _WIDE:
            return self._far
        return self._near if span <= BLOCK else self._wide

    def places(self, data: bytes) -> dict[int, Stretches]:
        """For each rule that may match, parts of `data` (folded UTF-8) that hold its matches whole. None overlap."""
        import numpy as np

        if not self._rules or not data:
            return {}
        blocks = words_by_block(data)
        if blocks is not None:
            rules = {int(self._rule_of[way]) for way in self._short.ways(blocks)}
            return {self._rules[rule]: [(0, len(data))] for rule in sorted(rules)}
        found = self._vocabulary.look(data)
        if not len(found.seen):
            return {}
        alone = len(data) <= _AS_ONE and len(found.seen) <= _FEW_SEEN
        ways = self._short.few(found.seen.tolist()) if alone else None
        if ways is not None:
            return {self._rules[rule]: [(0, len(data))] for rule in sorted({int(self._rule_of[way]) for way in ways})}
        users = self._users.take(found.seen, axis=0)
        clauses = np.bitwise_or.reduce(users, axis=0)
        clauses |= self._without
        possible = np.bitwise_and(*clauses)
        words = possible.nonzero()[0]
        if not len(words):
            return {}
        if len(words) <= _FEW:
            few = self._one_by_one(found, users, possible, len(data))
            if few is not None:
                return few
        # Only what may lead to something is looked at block by block.
        users = users.take(words, axis=2)
        users &= possible.take(words)
        hits = users.any(axis=(1, 2)).take(found.number).nonzero()[0]
        bits = np.zeros((len(found.starts) + _WIDE, CLAUSES, len(words)), np.uint64)
        _spread(bits, found.blocks.take(hits), users, found.number.take(hits))
        starts = [0, *found.starts[1:].tolist(), *[len(data)] * (_WIDE + 2)]
        return self._stretches(bits, words, possible, starts)

    def _one_by_one(self, found: Seen, users: Bits, possible: Bits, size: int) -> dict[int, Stretches] | None:
        """The same where few ways are possible. None where they are many."""
        import numpy as np

        ways = np.unpackbits(possible.view(np.uint8), bitorder="little").nonzero()[0]
        if len(ways) > _FEW:
            return None
        starts = [0, *found.starts[1:].tolist(), *[size] * (_WIDE + 2)]
        spans: dict[int, Stretches] = {}
        for way in ways.tolist():
            word, bit = way >> 6, np.uint64(1 << (way & 63))
            if self._far[word] & bit:
                stretches = [(0, size)]
            else:
                reach = 1 if self._near[word] & bit else _WIDE
                blocks = self._blocks_of(found, (users[:, :, word] & bit).astype(np.bool_), word, bit, reach)
                stretches = [(starts[low], starts[high + reach + 1]) for low, high in _near(blocks, reach)]
            if stretches:
                spans.setdefault(self._rules[self._rule_of[way]], []).extend(stretches)
        return {rule: merged(spans[rule]) for rule in sorted(spans)}

    def _blocks_of(self, found: Seen, users: Bits, word: int, bit: Any, reach: int) -> Places:
        """Blocks from which on, with so many behind each, a way has a word of each clause."""
        import numpy as np

        count = len(found.starts)
        enough = np.ones(count, np.bool_)
        for number in range(CLAUSES):
            if self._without[number, word] & bit:
                continue
            marks = np.zeros(count + _WIDE, np.bool_)
            marks[found.blocks.take(users[:, number].take(found.number).nonzero()[0])] = True
            near = marks[:count] | marks[1 : count + 1]
            enough &= near if reach == 1 else near | marks[2 : count + 2]
        return enough.nonzero()[0]

    def _stretches(self, bits: Bits, words: Places, possible: Bits, starts: list[int]) -> dict[int, Stretches]:
        import numpy as np

        found: dict[int, Stretches] = {}
        possible = possible.take(words)
        without = self._without.take(words, axis=1)
        for reach, rules in enumerate((self._near, self._wide), 1):
            some = possible & rules.take(words)
            if some.any():
                together = bits[:-reach] | bits[reach:] if reach == 1 else bits[:-2] | bits[1:-1] | bits[2:]
                enough = np.bitwise_and.reduce(together | without, axis=1) & some
                self._add(found, enough, words, reach, starts)
        some = possible & self._far.take(words)
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


def _near(blocks: Places, reach: int) -> list[tuple[int, int]]:
    """The first and the last of blocks that are near each other, each with so many behind it."""
    import numpy as np

    if not len(blocks):
        return []
    last = np.append(blocks[1:] - blocks[:-1] > reach + _NEAR_ENOUGH, True)
    first = np.append(True, last[:-1])
    return list(zip(blocks.compress(first).tolist(), blocks.compress(last).tolist(), strict=True))


class _Short:
    """The same for a short text: bits of whole numbers, a loop over the words, and a memory of words."""

    def __init__(self, vocabulary: Vocabulary, users: Bits, without: Bits, reaches: tuple[Bits, Bits, Bits]) -> None:
        self._vocabulary = vocabulary
        self._size = 64 * int(users.shape[2])
        self._all = (1 << self._size) - 1
        self._users = [_whole(row) for row in users]
        self._without: int = _whole(without)
        self._near, self._wide, self._far = map(_whole, reaches)
        self._known: dict[bytes, int] = {}

    def ways(self, blocks: tuple[list[bytes], ...]) -> Iterator[int]:
        """Which ways some neighbouring blocks hold a word of each clause of."""
        bits = [self._of(block) for block in blocks]
        every = self._possible(bits)
        if not every:
            return
        found = every & self._far
        for reach, those in enumerate((self._near, self._wide), 1):
            if every & those:
                for at in range(len(bits)):
                    found |= self._possible(bits[at : at + reach + 1]) & those
        yield from _bits(found)

    def few(self, entries: list[int]) -> list[int] | None:
        """The ways that have a word of each clause among these entries, where they are not many."""
        users, bits = self._users, self._without
        for entry in entries:
            bits |= users[entry]
        possible = self._together(bits)
        return list(_bits(possible)) if possible.bit_count() <= _FEW else None

    def _possible(self, some: list[int]) -> int:
        bits = self._without
        for one in some:
            bits |= one
        return self._together(bits)

    def _together(self, bits: int) -> int:
        for _ in range(CLAUSES - 1):
            bits &= bits >> self._size
        return bits & self._all

    def _of(self, block: list[bytes]) -> int:
        bits, known = 0, self._known
        for word in block:
            of_word = known.get(word)
            bits |= self._learn(word) if of_word is None else of_word
        return bits

    def _learn(self, word: bytes) -> int:
        bits = 0
        for entry in self._vocabulary.entries_in(word):
            bits |= self._users[entry]
        if len(self._known) < _MAX_REMEMBERED and len(word) <= _LONGEST:
            self._known[word] = bits
        return bits


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _whole(bits: Bits) -> int:
    """All bits of a row, the lowest first."""
    return int.from_bytes(bits.astype("<u8").tobytes(), "little")


def _spread(bits: Bits, blocks: Hits, users: Bits, number: Places) -> None:
    """Add to the bits of each block the users of all words that stand in it."""
    import numpy as np

    order = blocks.argsort(kind="stable")
    for low in range(0, len(order), _AT_ONCE):
        some = order[low : low + _AT_ONCE]
        block = blocks.take(some)
        firsts = np.concatenate(([0], (block[1:] != block[:-1]).nonzero()[0] + 1))
        bits[block.take(firsts)] |= np.bitwise_or.reduceat(users.take(number.take(some), axis=0), firsts)
