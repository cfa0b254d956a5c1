"""Which windows of a text are worth the model: a weight for each word alone, the sum over the window.

The sums cost a tenth of the model, and most windows of most texts are far below the limit. What is below it has no
score; `benchmarks/DETECTION.md` says what that costs.
"""

from __future__ import annotations

from itertools import accumulate, chain
from typing import TYPE_CHECKING

from pytest_agentsafety.guards.blocks import slot_of, slots_of, words_by_block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAX_REMEMBERED = 1 << 14
_LONGEST = 24
# Taking some words out costs more than it spares where they are most of them.
_MOST = 0.75


class Hunch:
    """Safe to use from several threads."""

    def __init__(self, weights: NDArray[np.int8], limit: int) -> None:
        """`weights` by the slots of words (`guards.blocks`); a window is worth it from a sum of `limit` up."""
        self._weights, self._limit = weights.astype("i4"), limit  # small ones would be made larger again and again
        self._one_by_one = memoryview(weights.tobytes()).cast("b")
        self._known: dict[bytes, int] = {}

    def none_in(self, data: bytes, window: int) -> bool:
        """Whether a short text of ASCII has no window worth it. False where that is not known: ask `places`."""
        blocks = words_by_block(data)
        if blocks is None:
            return False
        known = self._known
        weights = [known[word] if word in known else self._weight(word) for word in chain.from_iterable(blocks)]
        if sum(weight for weight in weights if weight > 0) < self._limit:
            return True
        sums = list(accumulate(weights, initial=0))
        size = min(window, len(weights))
        return all(high - low < self._limit for low, high in zip(sums, sums[size:], strict=False))

    def _weight(self, word: bytes) -> int:
        weight = self._one_by_one[slot_of(word)]
        if len(self._known) < _MAX_REMEMBERED and len(word) <= _LONGEST:
            self._known[word] = weight
        return weight

    def places(
        self, words: NDArray[np.uint64], size: int, before: int, slots: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.intp] | None]:
        """Where windows of so many words begin that are worth it; and their words with so many before each of them.

        None for the words where nearly all would be among them. `slots` are those of the words, if they are known.
        """
        import numpy as np

        sums = np.zeros(len(words) + 1, np.int32)
        self._weights.take(slots_of(words) if slots is None else slots).cumsum(out=sums[1:])
        worth = sums[size:] - sums[:-size] >= self._limit
        first = worth.nonzero()[0]
        if not len(first):
            return first, None
        # A word is needed if a window that is worth it begins among the words up to `before` behind it.
        begun = np.zeros(len(words) + before + size + 1, np.int32)
        np.cumsum(worth, out=begun[size : size + len(worth)])
        begun[size + len(worth) :] = len(first)
        needed = begun[size + before : size + before + len(words)] > begun[: len(words)]
        count = int(np.count_nonzero(needed))
        return first, None if count > _MOST * len(words) else needed.nonzero()[0]
