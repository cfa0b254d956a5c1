"""The words that rules need, and where they stand in a text: looked up by their first bytes, all at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_agentsafety.guards.blocks import SLOT_BITS, SMALL, WHOLE, Blocks, Piece, pieces, slots_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_agentsafety.guards.blocks import Places, Values

    Hits = NDArray[np.int32]
    Numbers = NDArray[Any]

# Beginnings of words are looked up by so many bytes; a longer one by those that fit, a shorter one with each that may
# follow.
_STEM = 4
_CHARACTER = 3  # bytes of a character without case
_MANY = 1 << 12
_NO_TEXT = (1 << 64) - 1
_PATIENCE = 2.0
_KEPT = 2  # large texts: two guards are at work on the readings of one
# What a byte of a text is when its words are cut.
_BYTES = (*b"abcdefghijklmnopqrstuvwxyz0123456789", 0x1F, 0x20, 0x21, *range(0x80, 0x100))


class _Key(NamedTuple):
    """What is looked up: so many bytes; `wide` ones at every character, others at the start of a word."""

    wide: bool
    size: int
    value: int


class Seen:
    """Entries found in a text: which (`seen`), and of each place the block and the number among those seen.

    `starts` has where each block of the text begins. Most texts have no use for places, so these are made when asked.
    """

    def __init__(self, size: int, entries: Places, places: Callable[[], tuple[Numbers, ...]]) -> None:
        """`size` entries there are; `places` gives where blocks begin, and of each place the block and the entry."""
        import numpy as np

        marks = np.zeros(size, np.bool_)
        marks[entries] = True
        self.seen: Places = marks.nonzero()[0]
        self._size, self._places = size, places

    @cached_property
    def _where(self) -> tuple[Numbers, ...]:
        return self._places()

    @property
    def starts(self) -> Numbers:
        return self._where[0]

    @property
    def blocks(self) -> Numbers:
        return self._where[1]

    @cached_property
    def number(self) -> Places:
        import numpy as np

        places = np.empty(self._size, np.intp)
        places[self.seen] = np.arange(len(self.seen))
        return places.take(self._where[2])


class Vocabulary:
    """Words (`kill`) and beginnings of words (`kill*`) as entries of tables. Safe to use from several threads."""

    def __init__(self, words: Iterable[str]) -> None:
        self._of_word = {word: tuple(_keys(word)) for word in words}
        keys = sorted({key for some in self._of_word.values() for key in some})
        self._numbers = {key: number for number, key in enumerate(keys)}
        kinds: dict[int, dict[_Key, int]] = {}
        for key, number in self._numbers.items():
            kinds.setdefault(key.size if key.wide else 0, {})[key] = number
        self._tables = [_Wide(some) if size else _Starts(some) for size, some in sorted(kinds.items())]
        self._look = lru_cache(maxsize=8)(self._find)
        self._lock = Lock()
        self._large: deque[tuple[bytes, Seen]] = deque(maxlen=_KEPT)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._numbers)

    def entries_of(self, words: Iterable[str]) -> Iterator[int]:
        """Entries that tell of any of these words."""
        return (self._numbers[key] for word in words for key in self._of_word[word])

    def entries_in(self, word: bytes) -> Iterator[int]:
        """Entries found at a word of ASCII in lower case."""
        stem = (word + b" " * _STEM)[:_STEM]
        for size, start in ((WHOLE, word[:WHOLE]), (_STEM, stem)):
            number = self._numbers.get(_Key(False, size, int.from_bytes(start, "little")))
            if number is not None:
                yield number

    def look(self, data: bytes) -> Seen:
        """What stands in a text, which is UTF-8. Several guards ask for the same one, maybe at once."""
        if len(data) <= SMALL:
            return self._look(data)
        mine = self._lock.acquire(timeout=_PATIENCE)  # after a fork nobody may be left who gives it back
        try:
            for known, seen in tuple(self._large):
                if known == data:
                    return seen
            seen = self._find_in_parts(data)
            self._large.append((data, seen))
            return seen
        finally:
            if mine:
                self._lock.release()

    def _find(self, data: bytes) -> Seen:
        (piece,) = pieces(data)
        at, entries = self._in_piece(piece)
        return Seen(self.size, entries, lambda: (piece.blocks, *self._once(piece.numbered, at(), entries)))

    def _find_in_parts(self, data: bytes) -> Seen:
        import numpy as np

        found: list[tuple[Blocks, Numbers, Numbers]] = []
        for piece in pieces(data):
            at, entries = self._in_piece(piece)
            found.append((piece.numbered, at().astype(np.int32), entries.astype(np.int32)))

        def places() -> tuple[Numbers, ...]:
            parts = [(blocks.begins, *self._once(blocks, at, entries)) for blocks, at, entries in found]
            return tuple(map(np.concatenate, zip(*parts, strict=True)))

        return Seen(self.size, np.concatenate([entries for _, _, entries in found]), places)

    def _in_piece(self, piece: Piece) -> tuple[Callable[[], Places], Places]:
        """What gives the places of what was found, and which entries."""
        import numpy as np

        hits = [found for table in self._tables if (found := table.look(piece)) is not None]
        if not hits:
            return lambda: np.zeros(0, np.intp), np.zeros(0, np.intp)
        if len(hits) == 1:
            return hits[0]
        return lambda: np.concatenate([at() for at, _ in hits]), np.concatenate([entries for _, entries in hits])

    def _once(self, begins: Blocks, at: Numbers, entries: Numbers) -> tuple[Hits, Hits]:
        """The blocks of these places, and the entries."""
        import numpy as np

        blocks = begins.of(at)
        if len(at) > _MANY:  # a text that says the same over and over
            new = np.append(True, (blocks[1:] != blocks[:-1]) | (entries[1:] != entries[:-1]))
            blocks, entries = blocks.compress(new), entries.compress(new)
        if len(blocks) > _MANY:
            blocks, entries = self._sorted(blocks, entries)
        return blocks.astype(np.int32), entries.astype(np.int32)

    def _sorted(self, blocks: Places, entries: Numbers) -> tuple[Places, Places]:
        """Each pair once, in order: marked in a table, which is faster than sorting them."""
        import numpy as np

        number = np.zeros(self.size, np.intp)
        number[entries] = 1
        seen = number.nonzero()[0]
        number[seen] = np.arange(len(seen))
        first = int(blocks.min())
        marks = np.zeros(((int(blocks.max()) - first + 1), len(seen)), np.bool_)
        marks[blocks - first, number.take(entries)] = True
        at, which = marks.nonzero()
        return at + first, seen.take(which)


def _keys(word: str) -> Iterator[_Key]:
    stem = word.rstrip("*").encode()
    if not stem.isascii():
        size = _CHARACTER * min(len(stem) // _CHARACTER, 2)
        yield _key(stem[:size], wide=True)
    elif "*" not in word or len(stem) >= WHOLE:
        yield _Key(False, WHOLE, int.from_bytes(stem[:WHOLE], "little"))
    elif len(stem) >= _STEM:
        yield _key(stem[:_STEM])
    else:
        yield from (_key(stem + bytes([more])) for more in _BYTES)


def _key(start: bytes, *, wide: bool = False) -> _Key:
    return _Key(wide, len(start), int.from_bytes(start, "little"))


class _Table:
    """Entries: a slot says whether one may be meant, then a sorted list tells which."""

    def __init__(self, values: dict[int, int]) -> None:
        """`values` have the entry of each."""
        import numpy as np

        # The last one is no text: what is sorted behind all others finds it.
        self._values = np.array([*sorted(values), _NO_TEXT], np.uint64)
        self._entry = np.array([values[value] for value in sorted(values)], np.intp)
        slots = slots_of(self._values)
        self._slots = np.zeros(1 << SLOT_BITS, np.bool_)
        self._slots[slots] = True
        self._of_slot = np.zeros(1 << SLOT_BITS, np.intp)
        self._of_slot[slots] = np.arange(len(slots))
        self._shared = (np.bincount(slots, minlength=1 << SLOT_BITS) > 1).take(slots)

    def find(self, values: Values, slots: Places) -> tuple[Places, Places] | None:
        """Which of these values are there, and their entries. None if there are none."""
        at = self._slots.take(slots).nonzero()[0]
        if not len(at):
            return None
        which, same = self._known(values.take(at), slots.take(at))
        return at.compress(same), self._entry.take(which.compress(same))

    def _known(self, values: Values, slots: Places) -> tuple[Places, NDArray[np.bool_]]:
        """Which of the list each of these may be, and whether it is."""
        which: Places = self._of_slot.take(slots)
        same = self._values.take(which) == values
        others = (self._shared.take(which) & ~same).nonzero()[0]
        if len(others):
            which[others] = self._values.searchsorted(values.take(others))
            same = self._values.take(which) == values
        return which, same


def _tag(size: int) -> int:
    """Tells the first bytes of a word from a whole one: no word of ASCII has the highest bit."""
    return 0 if size == WHOLE else 1 << 63 | size << 56


class _Starts:
    """Entries at the start of a word: all of it, as far as it is looked at, and its first bytes."""

    def __init__(self, numbers: dict[_Key, int]) -> None:
        import numpy as np

        self._table = _Table({key.value | _tag(key.size): number for key, number in numbers.items()})
        sizes = sorted({key.size for key in numbers} - {WHOLE})
        self._parts = [(np.uint64((1 << 8 * size) - 1), np.uint64(_tag(size))) for size in sizes]

    def look(self, piece: Piece) -> tuple[Callable[[], Places], Places] | None:
        import numpy as np

        values = [piece.whole, *((piece.parts & mask) | tag for mask, tag in self._parts)]
        found = self._table.find(
            np.concatenate(values), np.concatenate([piece.slots, *(slots_of(parts) for parts in values[1:])])
        )
        if found is None:
            return None
        return lambda: np.concatenate([piece.at] * len(values)).take(found[0]), found[1]


class _Wide:
    """Entries at any character without case, of one length."""

    def __init__(self, numbers: dict[_Key, int]) -> None:
        import numpy as np

        self._table = _Table({key.value: number for key, number in numbers.items()})
        self._mask = np.uint64((1 << 8 * next(key.size for key in numbers)) - 1)

    def look(self, piece: Piece) -> tuple[Callable[[], Places], Places] | None:
        if not piece.may_be_wide or not len(piece.wide):
            return None
        values = piece.wide & self._mask
        found = self._table.find(values, slots_of(values))
        return None if found is None else (lambda: piece.wide_at.take(found[0]), found[1])
