"""The words of a text, all at once, and the blocks that they stand in. Linear, in pieces of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.uint64]
    Places = NDArray[np.intp]

# Stretches without white space in a block.
BLOCK = 16
WHOLE = 8
_PIECE = 1 << 16
_SMALL = 1 << 16
_BEHIND = b" " * (WHOLE + 1)
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


class Piece(NamedTuple):
    """Words of a part of a text: where each begins, and eight bytes from there on; of `whole` only its own.

    `wide` and `wide_at`: the same for every character of a script without case, as no gap sets words apart there.
    `blocks`: where blocks begin; `before` blocks began in front of this part. All places are those of the text.
    """

    at: Places
    parts: Values
    whole: Values
    wide_at: Places
    wide: Values
    blocks: Places
    before: int

    def block_of(self, places: Places) -> Places:
        """The number of the block in the text that each place is in."""
        found: Places = self.blocks.searchsorted(places, "right")
        return found + (self.before - 1)


@cache
def _masks() -> Values:
    import numpy as np

    return np.array([(1 << (8 * size)) - 1 for size in range(WHOLE + 1)], np.uint64)


def pieces(data: bytes) -> Iterator[Piece] | tuple[Piece, ...]:
    """The words of a text, which is UTF-8."""
    return _of_small(data) if len(data) <= _SMALL else _pieces(data)


@lru_cache(maxsize=8)
def _of_small(data: bytes) -> tuple[Piece, ...]:
    # Several guards look at the same text.
    return tuple(_pieces(data))


def _pieces(data: bytes) -> Iterator[Piece]:
    stretches = blocks = 0
    for low in range(0, len(data), _PIECE):
        piece, count = _piece(data, low, min(low + _PIECE, len(data)), stretches, blocks)
        yield piece
        stretches, blocks = stretches + count, blocks + len(piece.blocks)


def _piece(data: bytes, low: int, high: int, stretches: int, before: int) -> tuple[Piece, int]:
    """The words that begin in `data[low:high]`, and how many stretches without white space do."""
    import numpy as np

    # One byte in front tells whether a word begins; those behind belong to words that do.
    text = (data[low - 1 : low] or b" ") + data[low : high + WHOLE] + _BEHIND
    raw = np.frombuffer(text.translate(_TABLE), np.uint8)
    size, offset = high - low + 1, low - 1
    values = np.ndarray(len(raw) - WHOLE + 1, "<u8", raw, strides=(1,)).copy()
    at, ends = _words(raw, size)
    parts = values.take(at)
    wide = at[:0] if data.isascii() else (raw[1:size] >= _FIRST_WIDE).nonzero()[0] + 1
    # Behind white space alone: a mark inside a word does not end it, else it could keep words apart.
    begins = ((raw[1:size] > _BLANK) & (raw[: size - 1] == _BLANK)).nonzero()[0]
    if not low and (not len(begins) or begins[0]):
        begins = np.concatenate(([0], begins))  # the first block begins where the text does
    blocks = begins[-stretches % BLOCK :: BLOCK] + low
    whole = parts & _masks().take(np.minimum(ends - at, WHOLE))
    return Piece(at + offset, parts, whole, wide + offset, values.take(wide), blocks, before), len(begins)


def _words(raw: NDArray[np.uint8], size: int) -> tuple[Places, Places]:
    """Where words begin and end; the first byte is one in front of the text, and words begin in front of `size`."""
    import numpy as np

    letters = (raw - np.uint8(_SIGN + 1)) < np.uint8(0x80 - _SIGN - 1)
    edges = (letters[1:] != letters[:-1]).nonzero()[0]
    edges = edges[int(letters[0]) :] + 1  # in front of this part a word began that ends in it
    count = int(edges[::2].searchsorted(size))
    return edges[: 2 * count : 2], edges[1 : 2 * count : 2]
