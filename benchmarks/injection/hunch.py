"""The weights that tell which windows the model has to look at: a logistic regression over single words.

It learns from what the model says, not from the labels alone: the window of an attack that the model nearly finds, or
finds, against windows of harmless texts.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from benchmarks.injection.corpus import Item
from pytest_agentsafety.guards.blocks import SLOT_BITS, slots_of
from pytest_agentsafety.guards.injection_features import MAX_BYTES, cut, to_bytes
from pytest_agentsafety.guards.injection_model import HashedModel

# In log odds: attacks that the model scores lower than this are no example.
_NEARLY = -0.5
# An attack that is lost costs more than a window that is looked at for nothing.
_WEIGHT = 3.0
_MAX_WINDOWS = 40
_STRENGTH, _ITERATIONS = 1.0, 40
_LOST = 0.005
UNIT = 1 / 24


def hunch(model: HashedModel, items: Sequence[Item], window: int, limit: float) -> tuple[np.ndarray, int]:
    """Weights by slot, in UNIT, and the sum from which on a window is worth it: `limit` in log odds of this fit."""
    rows: list[np.ndarray] = []
    labels: list[bool] = []
    for item in items:
        for row in _windows(model, item, window):
            rows.append(row)
            labels.append(item.attack)
    ends = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    matrix = sp.csr_matrix((np.ones(ends[-1]), np.concatenate(rows), ends), shape=(len(rows), 1 << SLOT_BITS))
    matrix.sum_duplicates()
    label = np.array(labels)
    fitted = LogisticRegression(C=_STRENGTH, max_iter=_ITERATIONS, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the limit of iterations is meant
        fitted.fit(matrix, label, sample_weight=np.where(label, _WEIGHT, 1.0))
    whole = np.clip(np.rint(fitted.coef_[0] / UNIT), -127, 127).astype(np.int8)
    # From few texts little is learned: then the limit is where nearly all attacks that were learned from are above it.
    lowest = np.quantile(matrix[np.flatnonzero(label)] @ whole.astype(np.int64), _LOST) if label.any() else 0
    return whole, min(round((limit - float(fitted.intercept_[0])) / UNIT), int(lowest))


def _windows(model: HashedModel, item: Item, window: int) -> list[np.ndarray]:
    """Slots of the words: of the best window of an attack, or of windows half a window apart."""
    found = cut(to_bytes(item.text)[:MAX_BYTES])
    count = len(found.starts)
    if not count:
        return []
    slots, size = slots_of(found.whole), min(window, count)
    if item.attack:
        sums = np.concatenate(([0], np.cumsum(model.contributions(found.words()), dtype=np.int64)))
        scores = sums[size:] - sums[:-size]
        best = int(scores.argmax())
        return [slots[best : best + size]] if model.log_odds(int(scores[best])) >= _NEARLY else []
    starts = [*range(0, count - size, max(size // 2, 1)), count - size]
    return [slots[start : start + size] for start in starts[:: -(-len(starts) // _MAX_WINDOWS)]]
