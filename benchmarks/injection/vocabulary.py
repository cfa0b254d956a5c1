"""Words and their concepts: `concepts.txt`, spread over the words that occur."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pytest_agentsafety.guards.injection_features import pair_keys, to_bytes, words
from pytest_agentsafety.guards.injection_model import slots
from pytest_agentsafety.text.fold import fold

_FILE = Path(__file__).with_name("concepts.txt")
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "ly", "ion", "ions", "e", "er")
_ENGLISH_ENDS = "# Deutsch"
_MIN_STEM = 3


def patterns() -> tuple[list[str], dict[str, int], dict[str, int], int]:
    """Names of the concepts, whole words and stems with their concept, and how many stems are English.

    What comes first wins.
    """
    names: list[str] = []
    whole: dict[str, int] = {}
    stems: dict[str, int] = {}
    english = 0
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        english = len(stems) if line.startswith(_ENGLISH_ENDS) else english
        if line.startswith("#") or not line.strip():
            continue
        name, *entries = line.split()
        if name not in names:
            names.append(name)
        for entry in entries:
            kind = stems if entry.endswith("*") else whole
            kind.setdefault(fold(entry.rstrip("*")).lower(), names.index(name))
    return names, whole, stems, english


def lexicon(vocabulary: Iterable[str]) -> dict[str, int]:
    """Concept of each word of the vocabulary, and of the usual forms of the stems, by number from 1."""
    _names, whole, stems, english = patterns()
    candidates = {*vocabulary, *(stem + ending for stem in list(stems)[:english] for ending in _ENDINGS)}
    found = {word: number for word in candidates if (number := _concept(word, whole, stems)) is not None}
    return {word: number + 1 for word, number in sorted({**found, **whole}.items())}


def _concept(word: str, whole: dict[str, int], stems: dict[str, int]) -> int | None:
    if word in whole:
        return whole[word]
    lengths = range(len(word), _MIN_STEM - 1, -1)
    return next((stems[word[:size]] for size in lengths if word[:size] in stems), None)


def table(lexicon: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Hashes and concepts, sorted by hash; of words that would stand in one place the first stays."""
    hashes: dict[int, int] = {}
    for word, number in lexicon.items():
        found = words(to_bytes(word))
        if len(found.hashes) == 1:
            hashes.setdefault(int(found.hashes[0]), number)
        elif len(found.hashes) == 2:
            hashes.setdefault(int(pair_keys(found.hashes)[0]), number)
    keys = np.array(sorted(hashes), np.uint32)
    kept = np.unique(slots(keys))
    keys = keys[kept[kept >= 0]]
    return keys, np.array([hashes[int(key)] for key in keys], np.uint8)
