"""The words of a text, and runs of them so long that no two texts share one by chance."""

from __future__ import annotations

from functools import cached_property, lru_cache

from pytest_agentsafety.provenance.normal import spaced
from pytest_agentsafety.provenance.together import SEARCHED

_PASSAGE, _MAX_PASSAGES = 7, 100_000  # words; how many passages of one text are looked for


class Words:
    """The words of a text, with a space between and around them, and each once."""

    def __init__(self, flat: str) -> None:
        self.spaced = spaced(flat)

    @cached_property
    def all(self) -> frozenset[str]:
        return frozenset(self.spaced.split())


def words_of(flat: str) -> Words:
    """The same results are read in one task after the other."""
    return _remembered(flat) if len(flat) <= SEARCHED else Words(flat)


_remembered = lru_cache(maxsize=32)(Words)


def passages_of(words: str, step: int = _PASSAGE // 2) -> list[str]:
    """Runs of words so long that no two texts share one by chance, evenly over a text of words only."""
    parts = words.split()
    step = max(step, len(parts) // _MAX_PASSAGES)
    return [f" {' '.join(parts[at : at + _PASSAGE])} " for at in range(0, len(parts) - _PASSAGE + 1, step)]
