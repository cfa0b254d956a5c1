"""The small model beside the injection rules: a weight for each feature, the highest sum over a window of words.

Weights are integers, so a text has the same score on every machine. `MODEL_CARD.md` says what it was trained on.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from pytest_agentsafety.guards.blocks import SLOT_BITS
from pytest_agentsafety.guards.injection_features import (
    MAX_BYTES,
    REACH,
    Cut,
    Words,
    concept_features,
    cut,
    cut_before,
    pair_keys,
    text_features,
    to_bytes,
)
from pytest_agentsafety.guards.injection_hunch import Hunch
from pytest_agentsafety.model.decisions import Stage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_agentsafety.text import View

MAGIC = b"agentsafety injection model 1\n"
WEIGHTS = "injection_model.bin"
TABLE_BITS = 16
# A cell of the table: the upper byte tells features apart that fall into one cell, the lower one is weight + 128.
_CHECK = 0xFF00
_ZERO = 128
_SLOT_BITS = 16
_SLOT_SPREAD = 0x85EBCA6B
_SHARP = 30.0
# Where no window is worth a look the score is so much lower, in log odds, than that of no known word.
_FAR = 5.0
_REPEATS = 6
_MANY = 1 << 12
# Where but one word in so many is new, the features of these are made alone; they reach over so many words before.
_FEW, _BEFORE = 4, 3
# Pieces of a long text share this many bytes, more than a window of ordinary words has.
_OVERLAP = 4096


@runtime_checkable
class InjectionScorer(Protocol):
    """A model for `InjectionGuard(model=...)`: how much a text is an order to the model, in 0..1.

    It is asked for every reading of a text (plain, decoded, spaced letters closed), already folded. An exception, or a
    value outside 0..1, counts as a crash of the guard.
    """

    def score(self, text: str) -> float: ...


class Window(NamedTuple):
    """The part of a text with the highest score: offsets in characters, the score in units of log odds."""

    logit: float
    start: int
    end: int


class HashedModel:
    """A table of weights and the words that have a concept. Safe to use from several threads."""

    def __init__(
        self,
        cells: NDArray[np.uint16],
        lexicon: Lexicon,
        *,
        unit: float,
        bias: float,
        window: int,
        hunch: Hunch | None = None,
    ) -> None:
        """`unit` is what 1 in the table adds to the log odds, `bias` their value at 0, `window` in words.

        With a `hunch` only the windows are scored that it finds worth it; a text without one is far from an order.
        """
        self._cells, self._lexicon, self._hunch = cells, lexicon, hunch
        self._unit, self._bias, self._window = unit, bias, window
        self._nothing = bias if hunch is None else bias - _FAR

    def score(self, text: str) -> float:
        """0..1; from 0.5 up it is an order."""
        return squash(self.best(text).logit)

    def best(self, text: str) -> Window:
        """The window with the highest score. Linear in the text, memory bounded by pieces of it."""
        return self._best(text, text.encode("utf-8", "surrogatepass"))

    def score_of(self, view: View) -> float:
        """The score of a reading: its bytes are there already."""
        return squash(self._best(None if view.data.isascii() else view.text, view.data).logit)

    def _best(self, text: str | None, raw: bytes) -> Window:
        if self._hunch is not None and self._hunch.none_in(raw, self._window):
            return Window(self._nothing, 0, len(raw))
        cut_words = cut_before(raw)
        if cut_words is not None:
            return self._window_of(self._piece(cut_words), 0, len(raw))
        text = raw.decode("utf-8", "surrogatepass") if text is None else text
        data = to_bytes(text)
        best, top = Window(self._nothing, 0, len(data)), None
        for start in range(0, max(len(data), 1), MAX_BYTES - _OVERLAP):
            found = self._piece(cut(data[start : start + MAX_BYTES]))
            if found is not None and (top is None or found[0] > top):
                best, top = self._window_of(found, start, len(data)), found[0]
            if start + MAX_BYTES >= len(data):
                break
        return best if len(data) == len(text) else _in_characters(best, data)

    def log_odds(self, score: int) -> float:
        """Of a sum of weights."""
        return self._bias + score * self._unit

    def _window_of(self, found: tuple[int, int, int] | None, start: int, size: int) -> Window:
        if found is None:
            return Window(self._nothing, 0, size)
        score, first, last = found
        return Window(self.log_odds(score), start + first, start + last)

    def _piece(self, found: Cut) -> tuple[int, int, int] | None:
        """Highest sum in a piece, and the bytes it comes from; None without words, or without a window worth it."""
        import numpy as np

        count = len(found.starts)
        if not count:
            return None
        size = min(self._window, count)
        first = chosen = None
        if self._hunch is not None:
            first, chosen = self._hunch.places(found.whole, size, REACH, found.slots)
            if not len(first):
                return None
        words = found.words(chosen)
        sums = np.zeros(len(words.hashes) + 1, np.int32)
        np.cumsum(self.contributions(words), out=sums[1:])
        at = np.arange(count - size + 1) if first is None else first
        # Where the words of a window begin among those chosen.
        scores = sums[size:] - sums[:-size]
        if first is not None:
            scores = scores.take(at if chosen is None else chosen.searchsorted(at))
        best = int(scores.argmax())
        low = int(at[best])
        return int(scores[best]), int(found.starts[low]), int(found.ends[low + size - 1])

    def contributions(self, found: Words) -> NDArray[np.int16]:
        """What each word adds to the score of a window it is in, in units."""
        import numpy as np

        # The training knows no text that says one word over and over; lists and tables do.
        new = _new(found.hashes)
        at, concepts = self._lexicon.find(found)
        if int(np.count_nonzero(new)) * _FEW < len(new):
            return self._of_few(found, new, at, concepts)
        out = weights(self._cells, text_features(found))
        if len(at):
            out[at] += weights(self._cells, concept_features(at, concepts))
        out *= new
        return out

    def _of_few(
        self, found: Words, new: NDArray[np.bool_], at: NDArray[np.intp], concepts: NDArray[np.uint32]
    ) -> NDArray[np.int16]:
        """The same where most words add nothing."""
        import numpy as np

        out = np.zeros(len(new), np.int16)
        chosen, near = _with_before(new)
        some = found._replace(hashes=found.hashes.take(near), stems=found.stems.take(near))
        out[chosen] = weights(self._cells, text_features(some)).take(near.searchsorted(chosen))
        chosen, near = _with_before(new.take(at))
        if len(chosen):
            added = weights(self._cells, concept_features(at.take(near), concepts.take(near)))
            out[at.take(chosen)] += added.take(near.searchsorted(chosen))
        return out


def _with_before(chosen: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The places of those chosen, and these with all that a feature of one of them is made of."""
    import numpy as np

    at = chosen.nonzero()[0]
    near = np.zeros(len(chosen) + _BEFORE, np.bool_)
    for gap in range(_BEFORE + 1):
        near[at + gap] = True
    return at, near[_BEFORE:].nonzero()[0]


class Lexicon:
    """Words with a concept, sorted by hash."""

    def __init__(self, hashes: NDArray[np.uint32], concepts: NDArray[np.uint32]) -> None:
        self._hashes, self._concepts = hashes, concepts
        self._slots = slots(hashes)

    def find(self, found: Words) -> tuple[NDArray[np.intp], NDArray[np.uint32]]:
        """Positions of the words that have a concept, and the concepts; of two ideographs the second has it."""
        import numpy as np

        at, concepts = self._lookup(found.hashes)
        if not found.wide:
            return at, concepts
        more, others = self._lookup(pair_keys(found.hashes))
        more += 1
        have, concept = np.zeros(len(found.hashes), np.bool_), np.empty(len(found.hashes), np.uint32)
        have[more], concept[more] = True, others
        have[at], concept[at] = True, concepts  # a word's own goes first
        at = have.nonzero()[0]
        return at, concept.take(at)

    def _lookup(self, keys: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.uint32]]:
        import numpy as np

        entry = self._slots.take(_slot(keys), mode="clip")
        at = np.flatnonzero(entry >= 0)
        entry = entry[at]
        same = self._hashes[entry] == keys[at]
        return at[same], self._concepts[entry[same]]


def _new(hashes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which words are none of the few before them."""
    import numpy as np

    new = np.ones(len(hashes), np.bool_)
    for gap in range(1, min(_REPEATS, len(hashes) - 1) + 1):
        new[gap:] &= hashes[gap:] != hashes[:-gap]
    return new


def weights(cells: NDArray[np.uint16], keys: NDArray[np.uint32]) -> NDArray[np.int16]:
    """Sum of the weights of each column of features; a feature that the table does not have counts nothing."""
    import numpy as np

    if keys.shape[1] > _MANY and len(keys) > 1:  # row by row, which takes less room
        return sum(weights(cells, keys[row : row + 1]) for row in range(len(keys)))  # type: ignore[return-value]
    # An index of another type than this one is converted element by element.
    cell = cells.take((keys >> np.uint32(32 - TABLE_BITS)).astype(np.intp), mode="clip")
    np.bitwise_xor(cell, keys.astype(np.uint16) & np.uint16(_CHECK), out=cell)
    known = cell <= np.uint16(0xFF)
    weight = cell.view(np.int16)
    weight -= np.int16(_ZERO)
    weight *= known
    total: NDArray[np.int16] = weight.sum(axis=0, dtype=np.int16)
    return total


def parse(data: bytes) -> dict[str, HashedModel]:
    """The models of a file, by the stage they are for. Raises ValueError when it is none of this version."""
    import numpy as np

    if not data.startswith(MAGIC):
        raise ValueError("not the weights of an injection model of this version")
    line, _, body = data[len(MAGIC) :].partition(b"\n")
    header: dict[str, Any] = json.loads(line)
    count, cells = header["words"], 2 << TABLE_BITS
    limits = {stage: settings.pop("limit") for stage, settings in header["models"].items() if "limit" in settings}
    if len(body) != 5 * count + cells * len(header["models"]) + (len(limits) << SLOT_BITS):
        raise ValueError("the weights of the injection model are cut off")
    concepts = np.frombuffer(body, np.uint8, count, 4 * count).astype(np.uint32)
    lexicon = Lexicon(np.frombuffer(body, "<u4", count).astype(np.uint32), concepts)
    tables = np.frombuffer(body, "<u2", len(header["models"]) << TABLE_BITS, 5 * count).astype(np.uint16)
    hunches = {
        stage: Hunch(np.frombuffer(body, np.int8, 1 << SLOT_BITS, len(body) - (place << SLOT_BITS)), limits[stage])
        for place, stage in enumerate(sorted(limits, reverse=True), 1)
    }
    stages = sorted(header["models"].items())
    return {
        stage: HashedModel(table, lexicon, hunch=hunches.get(stage), **settings)
        for (stage, settings), table in zip(stages, tables.reshape(-1, 1 << TABLE_BITS), strict=True)
    }


def slots(hashes: NDArray[np.uint32]) -> NDArray[np.int16]:
    """Where in the list of words a hash may stand: -1 for nowhere."""
    import numpy as np

    table = np.full(1 << _SLOT_BITS, -1, np.int16)
    table[_slot(hashes)] = np.arange(len(hashes), dtype=np.int16)
    return table


def _slot(hashes: NDArray[np.uint32]) -> NDArray[np.intp]:
    import numpy as np

    return ((hashes * np.uint32(_SLOT_SPREAD)) >> np.uint32(32 - _SLOT_BITS)).astype(np.intp)


def _in_characters(window: Window, data: bytes) -> Window:
    """Offsets of bytes as offsets of characters: a character begins with a byte that continues none."""
    import numpy as np

    begins = (np.frombuffer(data, np.uint8) & 0xC0) != 0x80
    start = int(np.count_nonzero(begins[: window.start]))
    return Window(window.logit, start, start + int(np.count_nonzero(begins[window.start : window.end])))


def squash(logit: float) -> float:
    """Log odds as a probability, to four digits: the last bits of `exp` differ between machines."""
    if abs(logit) > _SHARP:
        return 1.0 if logit > 0 else 0.0
    return round(1.0 / (1.0 + math.exp(-logit)), 4)


def scored(model: InjectionScorer, view: View) -> float:
    """The model's score of a reading. Raises ValueError for what is none: a broken model is not silent."""
    score = model.score_of(view) if isinstance(model, HashedModel) else model.score(view.text)
    if not 0.0 <= score <= 1.0:
        raise ValueError(f"the model's score is {score!r}, expected 0..1")
    return score


def locate(model: InjectionScorer, text: str) -> tuple[int, int]:
    """Where in the text the model saw it: all of it when the model cannot tell."""
    if isinstance(model, HashedModel):
        found = model.best(text)
        return found.start, found.end
    return 0, len(text)


def bundled(stage: Stage) -> HashedModel:
    """The shipped model for a stage."""
    return _shipped()["tool_result" if stage == "tool_result" else "input"]


@cache
def _shipped() -> dict[str, HashedModel]:
    return parse(files(__package__).joinpath(WEIGHTS).read_bytes())
