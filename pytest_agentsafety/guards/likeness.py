"""How like a text is to examples: words and pieces of words, weighed by how few examples have them. Deterministic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log, sqrt

_PIECE = 4
_LONGEST = 4_000
# What two texts share by chance; below it they are not like each other at all.
_ALIKE = 0.12
_CLOSE = 0.25
# How much nearer to the one side than to the other counts.
_MARGIN = 0.03

Vector = Mapping[str, float]
Stems = Callable[[str], frozenset[str]]


class Likeness:
    """Examples that are in and examples that are out, and where a text stands between them.

    A text's vector: its stems (weight 1), pairs of neighbouring stems are not kept, and pieces of four characters
    (weight 1/4), so that typing errors and unknown forms are like too. Cosine of vectors weighed by inverse frequency.
    """

    def __init__(self, inside: Sequence[str], outside: Sequence[str], stems: Stems) -> None:
        self._stems = stems
        bags = [_bag(text, stems(text)) for text in (*inside, *outside)]
        counts = Counter(feature for bag in bags for feature in bag)
        self._rarity = {feature: log((1 + len(bags)) / (1 + n)) + 1.0 for feature, n in counts.items()}
        vectors = [self._vector(bag) for bag in bags]
        self._inside, self._outside = vectors[: len(inside)], vectors[len(inside) :]

    def out_by(self, text: str, stems: frozenset[str]) -> float:
        """How much nearer the text is to what is out, 0 or less where it is not."""
        vector = self._vector(_bag(text, stems))
        inside, outside = _nearest(vector, self._inside), _nearest(vector, self._outside)
        return outside - inside - _MARGIN if outside >= _ALIKE else 0.0

    def is_in(self, text: str, stems: frozenset[str]) -> bool:
        """Is the text clearly like an example that is in?"""
        vector = self._vector(_bag(text, stems))
        return _nearest(vector, self._inside) >= _CLOSE

    def _vector(self, bag: Mapping[str, float]) -> Vector:
        unknown = max(self._rarity.values(), default=1.0)
        vector = {feature: weight * self._rarity.get(feature, unknown) for feature, weight in bag.items()}
        length = sqrt(sum(value * value for value in vector.values()))
        return {feature: value / length for feature, value in vector.items()} if length else {}


def _bag(text: str, stems: Iterable[str]) -> dict[str, float]:
    bag: dict[str, float] = {f"w {stem}": 1.0 for stem in stems}
    for word in text.casefold()[:_LONGEST].split():
        padded = f"_{word}_"
        for start in range(len(padded) - _PIECE + 1):
            bag[padded[start : start + _PIECE]] = 0.25
    return bag


def _nearest(vector: Vector, others: Sequence[Vector]) -> float:
    return max((_product(vector, other) for other in others), default=0.0)


def _product(one: Vector, other: Vector) -> float:
    if len(other) < len(one):
        one, other = other, one
    return sum(value * other.get(feature, 0.0) for feature, value in one.items())
