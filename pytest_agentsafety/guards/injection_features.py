"""Features of the injection model: hashes of words, word pairs and pairs of concepts, in linear time.

A text is a sequence of words; each feature belongs to the last word it is made of. Words are hashed eight bytes at a
time, all words at once, so that none is ever cut out as a string. A concept is a group of words of one meaning in any
language; which word has which concept is part of the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_agentsafety.guards.blocks import SMALL, masks, pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint32]

MAX_BYTES = 1 << 16
# A word is its first 24 bytes, in parts of eight; one odd factor for each part.
_PART = 8
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_STEM_BYTES = 5
_WIDE = 0x80
# Rows of the same kind share their features: a pair counts alike at every distance.
_KINDS = (1, 2, 3, 4, 4, 4, 5)
_CONCEPT_KINDS = (6, 7, 7, 7, 8, 9)
_FAMILIES = len(_KINDS)
_CONCEPT_FAMILIES = len(_CONCEPT_KINDS)
REACH = 10  # words between the concepts of a pair
_NEAR = 3
_SPREAD = 0x01000193

# Letters and digits are words, in lower case; every byte of a character beyond ASCII is part of a word.
_LOWER = bytes(c if c >= _WIDE or (chr(c).isalnum() and c < _WIDE) else 32 for c in range(256)).lower()
# ASCII, which the table puts in lower case, and U+3000 to U+9FFF.
_WITHOUT_CASE = bytes((*range(0xC0), *range(0xE3, 0xEA)))
# First bytes of Chinese and Japanese characters in UTF-8: every one is a word of its own.
_IDEOGRAPHS = range(0xE3, 0xEA)


class Words(NamedTuple):
    """Words of a piece of text: byte offsets, hashes of the words and of their stems; `wide` beyond ASCII."""

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    hashes: Hashes
    stems: Hashes
    wide: bool


class Cut:
    """Words of a piece of text before they are hashed: byte offsets, the first eight bytes of each (`whole`).

    `values` gives the eight bytes from every position on; they begin `offset` bytes into the text.
    """

    def __init__(
        self,
        starts: NDArray[np.intp],
        ends: NDArray[np.intp],
        whole: NDArray[np.uint64],
        values: Callable[[], NDArray[np.uint64]],
        offset: int = 0,
        wide: NDArray[np.bool_] | None = None,
        slots: NDArray[np.intp] | None = None,
    ) -> None:
        """`wide` says which words begin beyond ASCII; None where none does. `slots` are those of `whole`, if known."""
        self.starts, self.ends, self.whole, self.slots = starts, ends, whole, slots
        self._values, self._offset, self._wide = values, offset, wide

    def words(self, chosen: NDArray[np.intp] | None = None) -> Words:
        """All words, or some of them, with their hashes."""
        import numpy as np

        starts, ends, whole, wide = self.starts, self.ends, self.whole, self._wide
        if chosen is not None:
            starts, ends, whole = starts.take(chosen), ends.take(chosen), whole.take(chosen)
            wide = None if wide is None else wide.take(chosen)
        sizes = ends - starts
        hashes = _hash(whole)
        for number in range(1, len(_FACTORS)):
            longer = (sizes > number * _PART).nonzero()[0]
            if len(longer):
                at = starts.take(longer) + number * _PART
                more = self._values().take(at - self._offset) & masks().take(ends.take(longer) - at, mode="clip")
                hashes[longer] += _hash(more, number)
        # Beyond ASCII a letter has two or three bytes.
        stem: Any = _STEM_BYTES if wide is None else np.where(wide, _PART, _STEM_BYTES)
        stems = _hash(whole & masks().take(np.minimum(sizes, stem)))
        return Words(starts, ends, hashes, stems, wide is not None)


class _Constants(NamedTuple):
    seeds: Hashes
    concept_seeds: Hashes


@cache
def _constants() -> _Constants:
    """numpy is loaded here, on first use."""
    import numpy as np

    def seeds(kinds: tuple[int, ...]) -> Hashes:
        return np.array([[0x3C6EF372 * kind & 0xFFFFFFFF] for kind in kinds], np.uint32)

    return _Constants(seeds(_KINDS), seeds(_CONCEPT_KINDS))


def to_bytes(text: str) -> bytes:
    """What the words are looked for in: lower case, a blank for everything that is no word."""
    data = text.encode("utf-8", "surrogatepass")
    if data.translate(None, _WITHOUT_CASE):
        data = text.lower().encode("utf-8", "surrogatepass")
    return data.translate(_LOWER)


def words(data: bytes) -> Words:
    """The words of at most MAX_BYTES bytes, as `to_bytes` gives them."""
    return cut(data).words()


def cut(data: bytes) -> Cut:
    """The same, not hashed yet."""
    import numpy as np

    raw = np.frombuffer(data, np.uint8)
    inside = raw != 32
    wide = not data.isascii()
    starts, ends = _split_wide(raw, inside) if wide else _split(inside)
    # The eight bytes from every position on, copied because gathering from places that overlap is slow.
    values = np.ndarray(len(data) + 1, "<u8", data + bytes(_PART), strides=(1,)).copy()
    whole = values.take(starts, mode="clip") & masks().take(ends - starts, mode="clip")
    return Cut(starts, ends, whole, lambda: values, wide=raw.take(starts) >= _WIDE if wide else None)


def cut_before(data: bytes) -> Cut | None:
    """The same for a text of ASCII that is not large, from what the rules have cut already. None for others."""
    if len(data) > SMALL or not data.isascii() or not data:
        return None
    (piece,) = pieces(data)
    return Cut(piece.at, piece.ends, piece.whole, lambda: piece.values, piece.offset, slots=piece.slots)


def _hash(part: NDArray[np.uint64], number: int = 0) -> Hashes:
    """Hashes of up to eight bytes each, which are the given part of a word."""
    import numpy as np

    return ((part * np.uint64(_FACTORS[number])) >> np.uint64(32)).astype(np.uint32)


def _split(inside: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    import numpy as np

    padded = np.zeros(len(inside) + 2, np.int8)
    padded[1:-1] = inside
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[0::2], edges[1::2]


def _split_wide(raw: NDArray[np.uint8], inside: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """As `_split`, with every ideograph apart."""
    import numpy as np

    first = raw - np.uint8(_IDEOGRAPHS.start) < np.uint8(len(_IDEOGRAPHS))
    if not first.any():
        return _split(inside)
    behind = np.zeros_like(first)
    behind[3:] = first[:-3]
    before = np.zeros_like(inside)
    before[1:] = inside[:-1]
    begins = inside & (first | behind | ~before)
    after = np.zeros_like(inside)
    after[:-1] = inside[1:] & ~begins[1:]
    return np.flatnonzero(begins), np.flatnonzero(inside & ~after) + 1


def mix(values: Hashes) -> Hashes:
    """Spread a hash over its upper bits, in place."""
    import numpy as np

    np.bitwise_xor(values, values >> np.uint32(15), out=values)
    values *= np.uint32(0x2C1B3C6D)
    np.bitwise_xor(values, values >> np.uint32(12), out=values)
    values *= np.uint32(0x297A2D39)
    return values


def pair_keys(hashes: Hashes) -> Hashes:
    """A hash of each two neighbours."""
    import numpy as np

    keys: Hashes = hashes[:-1] * np.uint32(_SPREAD) + hashes[1:]
    return keys


def text_features(found: Words) -> Hashes:
    """Hashes, one row per kind of feature, one column per word; words before the first count as empty.

    Kinds: word, stem, pair of words, pairs of stems one, two and three apart (alike), three words.
    """
    import numpy as np

    keys = np.zeros((_FAMILIES, len(found.hashes)), np.uint32)
    word, stem, spread = found.hashes, found.stems, np.uint32(_SPREAD)
    keys[0] = word
    keys[1] = stem
    keys[2, 1:] = pair_keys(word)
    led = stem * spread
    for row, gap in ((3, 1), (4, 2), (5, 3)):
        keys[row, gap:] = led[:-gap] + stem[gap:]
    keys[6, 2:] = keys[2, 1:-1] * spread + word[2:]
    np.bitwise_xor(keys, _constants().seeds, out=keys)
    return mix(keys)


def concept_features(at: NDArray[np.intp], concepts: Hashes) -> Hashes:
    """Hashes for the words at the positions `at` that have a concept, as in `text_features`; 0 where there is none.

    Kinds: the concept, it with each of the three before it in reach, with its direct neighbour, three in a row.
    """
    import numpy as np

    keys = np.zeros((_CONCEPT_FAMILIES, len(concepts)), np.uint32)
    there = np.zeros(keys.shape, np.bool_)
    keys[0], there[0] = concepts, True
    spread = np.uint32(_SPREAD)
    led = concepts * spread
    for row in (1, 2, 3):
        keys[row, row:] = led[:-row] + concepts[row:]
        there[row, row:] = at[row:] - at[:-row] <= REACH
    keys[4] = keys[1]
    there[4, 1:] = at[1:] - at[:-1] <= _NEAR
    keys[5, 2:] = keys[1, 1:-1] * spread + concepts[2:]
    there[5] = there[2]
    np.bitwise_xor(keys, _constants().concept_seeds, out=keys)
    mixed = mix(keys)
    mixed *= there
    return mixed
