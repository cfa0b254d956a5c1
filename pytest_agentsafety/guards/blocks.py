"""The words of a text, all at once, and the blocks that they stand in. Linear, in pieces of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.uint64]
    Places = NDArray[np.intp]

# Stretches without white space in a block.
BLOCK = 16
WHOLE = 8
# Up to so many bytes a loop over the words costs less than passes over arrays.
SHORT = 1 << 11
SLOT_BITS = 16
_FACTOR = 0x9E3779B97F4A7C15
_LEFT_OVER = (1 << 64) - 1
SMALL = 1 << 16
# Of a large text: several guards may be at it at once, and all that is known of the words of a piece takes 60 times it.
_PIECE = 1 << 15
_MANY = 1 << 12
_BEHIND = b" " * (WHOLE + 1)
_SHORT_WORDS = 5  # bytes of a word and the gap behind it, where words are short
_MARK, _BLANK, _SIGN, _FIRST_WIDE = 0x1F, 0x20, 0x21, 0xE2


def _folded(code: int) -> int:
    """Letters and digits of ASCII in lower case, white space, signs; from 0x80 on the byte itself.

    The mark of a quoted line is none of these: words on several such lines are as near as on one.
    """
    if code >= 0x80:
        return code
    char = chr(code)
    if char.isalnum():
        return ord(char.lower())
    if char == ">":
        return _MARK
    return _BLANK if char.isspace() else _SIGN


_TABLE = bytes(map(_folded, range(256)))


class Piece:
    """Words of a part of a text: where each begins and ends, and eight bytes from there on; of `whole` only its own.

    `wide` and `wide_at`: the same for every character of a script without case, as no gap sets words apart there.
    `blocks`: where blocks begin; `before` blocks began in front of this part. All places are those of the text, but
    in `values`, which has the eight bytes from `offset` on, and so on. What not every text needs is made when asked.
    """

    def __init__(
        self,
        raw: NDArray[np.uint8],
        size: int,
        low: int,
        stretches: int,
        before: int,
        *,
        wide: bool,
        once: bool = False,
    ) -> None:
        """`raw` has one byte in front of the part, which ends at `size`; the part begins at `low` in the text.

        `once`: without words that are like the one before, in the same block, where these are most of them.
        """
        import numpy as np

        self._raw, self._size, self._low, self._stretches, self.before = raw, size, low, stretches, before
        self.offset = low - 1
        at, ends = _words(raw, size)
        self.at, self.ends = (at + low, ends + low) if low else (at, ends)
        self.parts: Values = np.ndarray(len(raw) - WHOLE, "<u8", raw, offset=1, strides=(1,)).take(at)
        self.whole = self.parts & masks().take(ends - at, mode="clip")
        if once and len(at) * _SHORT_WORDS > size:
            self._drop_repeated()
        # A place in a table for each of them.
        self.slots = slots_of(self.whole)
        self.may_be_wide = wide

    def _drop_repeated(self) -> None:
        import numpy as np

        # Of a short word the byte behind it counts, too.
        starts = self.parts.astype(np.uint32)
        new = np.ones(len(self.at), np.bool_)
        new[1:] = (self.whole[1:] != self.whole[:-1]) | (starts[1:] != starts[:-1])
        first = self.at.searchsorted(self.blocks)
        new[first.compress(first < len(new))] = True
        if int(np.count_nonzero(new)) * 2 < len(new):
            self.at, self.ends = self.at.compress(new), self.ends.compress(new)
            self.parts, self.whole = self.parts.compress(new), self.whole.compress(new)

    @cached_property
    def values(self) -> Values:
        """Copied, since gathering much from places that overlap is slow."""
        import numpy as np

        return np.ndarray(len(self._raw) - WHOLE + 1, "<u8", self._raw, strides=(1,)).copy()

    @cached_property
    def begins(self) -> Places:
        """Where stretches begin, counted from the start of this part."""
        import numpy as np

        raw, size = self._raw, self._size
        # Behind white space alone: a mark inside a word does not end it, else it could keep words apart.
        begins: Places = ((raw[1:size] > _BLANK) & (raw[: size - 1] == _BLANK)).nonzero()[0]
        if not self._low and (not len(begins) or begins[0]):
            begins = np.concatenate(([0], begins))  # the first block begins where the text does
        return begins

    @cached_property
    def blocks(self) -> Places:
        return self.begins[-self._stretches % BLOCK :: BLOCK] + self._low

    @cached_property
    def wide_at(self) -> Places:
        return self._wide + self.offset

    @cached_property
    def wide(self) -> Values:
        return self.values.take(self._wide)

    @cached_property
    def _wide(self) -> Places:
        wide: Places = (self._raw[1 : self._size] >= _FIRST_WIDE).nonzero()[0]
        return wide + 1

    @property
    def numbered(self) -> Blocks:
        return Blocks(self.blocks, self.before, self._low, self._size)


class Blocks(NamedTuple):
    """Where the blocks of a part of a text begin. `before` others begin in front of it; it begins at `low`."""

    begins: Places
    before: int
    low: int
    size: int

    def of(self, places: Places) -> Places:
        """The number of the block in the text that each place is in."""
        import numpy as np

        if len(places) <= _MANY:
            found: Places = self.begins.searchsorted(places, "right")
            return found + (self.before - 1)
        begins = np.concatenate((self.begins, [self.low + self.size]))
        numbers = np.arange(self.before, self.before + len(self.begins)).repeat(begins[1:] - begins[:-1])
        # What is in front of the first block belongs to the one before.
        before = np.full(begins[0] - self.low + 1, self.before - 1)
        return np.concatenate((before, numbers)).take(places - (self.low - 1))


def slots_of(values: Values) -> Places:
    """The upper SLOT_BITS of a hash of each value."""
    import numpy as np

    hashes = values * np.uint64(_FACTOR)
    hashes >>= np.uint64(64 - SLOT_BITS)
    return hashes.view(np.int64).astype(np.intp, copy=False)  # small ones, so they are the same


def slot_of(word: bytes) -> int:
    """The same for one word of ASCII."""
    return (int.from_bytes(word[:WHOLE], "little") * _FACTOR & _LEFT_OVER) >> (64 - SLOT_BITS)


_WORDS = bytes(c if chr(c).isalnum() and c < 0x80 else _BLANK for c in range(256)).lower()


@lru_cache(maxsize=8)
def words_by_block(data: bytes) -> tuple[list[bytes], ...] | None:
    """The words of a short text of ASCII, block by block. None for any other text."""
    if len(data) > SHORT or not data.isascii() or b">" in data:
        return None
    stretches = data.split()
    blocks = (stretches[at : at + BLOCK] for at in range(0, len(stretches), BLOCK))
    return tuple(b" ".join(block).translate(_WORDS).split() for block in blocks)


@cache
def masks() -> Values:
    import numpy as np

    return np.array([(1 << (8 * size)) - 1 for size in range(WHOLE + 1)], np.uint64)


def pieces(data: bytes) -> Iterator[Piece] | tuple[Piece, ...]:
    """The words of a text, which is UTF-8; those of one that is not large are remembered for a while."""
    return _of_small(data) if len(data) <= SMALL else _pieces(data)


@lru_cache(maxsize=8)
def _of_small(data: bytes) -> tuple[Piece, ...]:
    # Several guards look at the same text.
    return tuple(_pieces(data))


def _pieces(data: bytes) -> Iterator[Piece]:
    stretches = blocks = 0
    size = SMALL if len(data) <= SMALL else _PIECE
    for low in range(0, len(data), size):
        piece = _piece(data, low, min(low + size, len(data)), stretches, blocks)
        yield piece
        if low + size < len(data):
            stretches, blocks = stretches + len(piece.begins), blocks + len(piece.blocks)


def _piece(data: bytes, low: int, high: int, stretches: int, before: int) -> Piece:
    """The words that begin in `data[low:high]`."""
    import numpy as np

    # One byte in front tells whether a word begins; those behind belong to words that do.
    text = (data[low - 1 : low] or b" ") + data[low : high + WHOLE] + _BEHIND
    raw = np.frombuffer(text.translate(_TABLE), np.uint8)
    large = high - low < len(data)
    return Piece(raw, high - low + 1, low, stretches, before, wide=not text.isascii(), once=large)


def _words(raw: NDArray[np.uint8], size: int) -> tuple[Places, Places]:
    """Where words begin and end, counted from the second byte: the first one is in front of the text.

    Words begin in front of `size`.
    """
    import numpy as np

    letters = (raw - np.uint8(_SIGN + 1)) < np.uint8(0x80 - _SIGN - 1)
    edges = (letters[1:] != letters[:-1]).nonzero()[0]
    edges = edges[int(letters[0]) :]  # in front of this part a word began that ends in it
    at, ends = edges[::2], edges[1::2]
    if len(at) and at[-1] >= size - 1:
        count = int(at.searchsorted(size - 1))
        return at[:count], ends[:count]
    return at, ends
