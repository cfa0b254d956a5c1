"""Fit of the model: windows of texts as sparse rows, a logistic regression, whole numbers as weights."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from benchmarks.injection.corpus import Item
from pytest_agentsafety.guards.injection_features import MAX_BYTES, concept_features, text_features, to_bytes, words
from pytest_agentsafety.guards.injection_model import MAGIC, TABLE_BITS, HashedModel, Lexicon, parse

_MAX_WINDOWS = 30
UNIT = 1 / 24


@dataclass(frozen=True)
class Settings:
    """What was tried; the defaults are what is shipped."""

    window: int = 20
    strength: float = 0.1
    cap: int = 600
    rounds: int = 2
    min_sources: int = 2
    min_count: int = 3
    features: int = 40_000
    dilution: float = 0.0
    iterations: int = 60
    shift: float = 0.0
    worth: float = -1.4


@dataclass(frozen=True)
class Rows:
    """Windows of all texts: features as hashes (`ends` marks where a row ends), and the text each belongs to."""

    keys: np.ndarray
    ends: np.ndarray
    item: np.ndarray

    @property
    def row_of_key(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.item)), np.diff(self.ends))


def rows(texts: Sequence[str], lexicon: Lexicon, window: int) -> Rows:
    """Every window of every text, half a window apart, with the library's own features."""
    parts: list[np.ndarray] = []
    item: list[int] = []
    for number, text in enumerate(texts):
        for part in _windows(text, lexicon, window):
            parts.append(part)
            item.append(number)
    ends = np.concatenate(([0], np.cumsum([len(part) for part in parts])))
    return Rows(np.concatenate(parts), ends, np.array(item))


def _windows(text: str, lexicon: Lexicon, window: int) -> list[np.ndarray]:
    found = words(to_bytes(text)[: MAX_BYTES // 4])
    count = len(found.starts)
    if not count:
        return [np.zeros(0, np.uint32)]
    plain = text_features(found)
    at, concepts = lexicon.find(found)
    extra = concept_features(at, concepts) if len(at) else np.zeros((1, 0), np.uint32)
    out = []
    for start in _starts(count, window):
        mine = extra[:, (at >= start) & (at < start + window)].ravel()
        out.append(np.concatenate((plain[:, start : start + window].ravel(), mine[mine > 0])))
    return out


def _starts(count: int, window: int) -> list[int]:
    if count <= window:
        return [0]
    starts = [*range(0, count - window, max(window // 2, 1)), count - window]
    return starts[:: -(-len(starts) // _MAX_WINDOWS)]


def weights_of(items: Sequence[Item], cap: int) -> np.ndarray:
    """Weight of each text: a source with more than `cap` texts of a label counts as the root of the excess more."""
    groups = np.array([f"{item.source}/{item.attack}" for item in items])
    _names, inverse, counts = np.unique(groups, return_inverse=True, return_counts=True)
    weight: np.ndarray = np.minimum(1.0, (cap / counts) ** 0.5)[inverse]
    return weight


@dataclass(frozen=True)
class Fitted:
    """Features (sorted hashes), their weights and the bias in log odds; what `hunch` found."""

    keys: np.ndarray
    weights: np.ndarray
    bias: float
    hunch: tuple[np.ndarray, int] | None = None


def fit(items: Sequence[Item], all_rows: Rows, chosen: np.ndarray, settings: Settings) -> Fitted:
    """A model from the texts at `chosen`.

    Of an attack only one window counts as one: the first at first, then the one with the highest score.
    """
    attack = np.array([item.attack for item in items])
    by_item = np.zeros(len(items))
    by_item[chosen] = weights_of([items[i] for i in chosen], settings.cap)
    used = by_item[all_rows.item] > 0
    keys, matrix = _matrix(items, all_rows, used, settings)
    many = np.bincount(all_rows.item, minlength=len(items))
    picked = np.zeros(len(all_rows.item), bool)
    picked[np.unique(all_rows.item, return_index=True)[1]] = True
    weights, bias = np.zeros(len(keys)), 0.0
    model = LogisticRegression(C=settings.strength, max_iter=settings.iterations, tol=1e-3, warm_start=True)
    for turn in range(settings.rounds):
        take = np.flatnonzero(used & (~attack[all_rows.item] | picked))
        label = attack[all_rows.item[take]]
        dilute = np.where(label, 1.0, many[all_rows.item[take]] ** -settings.dilution)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the limit of iterations is meant
            model.fit(matrix[take], label, sample_weight=by_item[all_rows.item[take]] * dilute)
        weights, bias = model.coef_[0], float(model.intercept_[0])
        if turn + 1 < settings.rounds:
            picked = _best(all_rows.item, matrix @ weights)
    return _prune(Fitted(keys, weights, bias), matrix, settings.features)


def _matrix(
    items: Sequence[Item], rows: Rows, used: np.ndarray, settings: Settings
) -> tuple[np.ndarray, sp.csr_matrix]:
    """Features that several sources have (what one alone has is its style), and their counts in each row."""
    names = sorted({item.source for item in items})
    source = np.array([names.index(item.source) for item in items], np.uint64)[rows.item]
    of_key = rows.row_of_key
    seen = np.unique((rows.keys.astype(np.uint64) << np.uint64(8) | source[of_key])[used[of_key]])
    keys, sources = np.unique((seen >> np.uint64(8)).astype(np.uint32), return_counts=True)
    keys = keys[sources >= settings.min_sources]
    column = np.minimum(np.searchsorted(keys, rows.keys), len(keys) - 1)
    known = keys[column] == rows.keys
    ends = np.concatenate(([0], np.cumsum(known)))[rows.ends]
    shape = (len(rows.item), len(keys))
    matrix = sp.csr_matrix((np.ones(int(known.sum())), column[known], ends), shape=shape)
    matrix.sum_duplicates()
    often = np.flatnonzero(np.diff(matrix[np.flatnonzero(used)].tocsc().indptr) >= settings.min_count)
    return keys[often], matrix[:, often]


def _best(item: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The row with the highest score of each text."""
    order = np.lexsort((-scores, item))
    best = np.zeros(len(scores), bool)
    best[order[np.unique(item[order], return_index=True)[1]]] = True
    return best


def _prune(fitted: Fitted, matrix: sp.csr_matrix, features: int) -> Fitted:
    """Only the features that move most: large weights, often seen."""
    moves = np.abs(fitted.weights) * np.sqrt(np.diff(matrix.tocsc().indptr))
    kept = np.sort(np.argsort(-moves, kind="stable")[:features])
    return Fitted(fitted.keys[kept], fitted.weights[kept], fitted.bias)


def cells(fitted: Fitted) -> np.ndarray:
    """The table of the file; of features that fall into one cell the one with the largest weight stays."""
    whole = np.clip(np.rint(fitted.weights / UNIT), -127, 127).astype(int)
    out = np.full(1 << TABLE_BITS, 128, np.uint16)
    for number in np.argsort(np.abs(whole), kind="stable"):
        key = int(fitted.keys[number])
        if whole[number]:
            out[key >> (32 - TABLE_BITS)] = (key & 0xFF00) | (whole[number] + 128)
    return out


def export(models: Mapping[str, tuple[Fitted, Settings]], hashes: np.ndarray, ids: np.ndarray) -> bytes:
    """The file that `parse` reads. `shift` of the settings moves the point where the score is 0.5."""
    described = {
        stage: {"unit": UNIT, "bias": round(fitted.bias - settings.shift, 4), "window": settings.window}
        for stage, (fitted, settings) in models.items()
    }
    hunches = {stage: fitted.hunch for stage, (fitted, _) in models.items() if fitted.hunch is not None}
    for stage, (_, limit) in hunches.items():
        described[stage]["limit"] = limit
    header = {"words": len(hashes), "models": described}
    tables = b"".join(cells(models[stage][0]).astype("<u2").tobytes() for stage in sorted(models))
    words_part = hashes.astype("<u4").tobytes() + ids.astype(np.uint8).tobytes()
    more = b"".join(hunches[stage][0].tobytes() for stage in sorted(hunches))
    return MAGIC + json.dumps(header, sort_keys=True).encode() + b"\n" + words_part + tables + more


def model(fitted: Fitted, settings: Settings, hashes: np.ndarray, ids: np.ndarray) -> HashedModel:
    """A model as it would be after shipping."""
    return parse(export({"input": (fitted, settings)}, hashes, ids))["input"]
