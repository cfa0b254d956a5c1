"""From texts to the two shipped models, and to models that have not seen a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.injection.corpus import Item, development, generated, long_attacks, long_texts, vocabulary
from benchmarks.injection.fit import Fitted, Rows, Settings, export, fit, model, rows
from benchmarks.injection.hunch import hunch
from benchmarks.injection.vocabulary import lexicon, table
from pytest_agentsafety.guards.injection_model import HashedModel, Lexicon

# `shift` is where 0.5 lies, in log odds: set on sources that were held back, see benchmarks/DETECTION.md.
SETTINGS = {"input": Settings(shift=1.85), "tool_result": Settings(shift=3.5)}
# Orders in the middle of a document that only the reader's task tells from the document: measured, not learned.
_NOT_LEARNED = ("derived",)


@dataclass
class Trainer:
    """Texts of a stage with their features, made once."""

    items: list[Item]
    rows: Rows
    hashes: np.ndarray
    ids: np.ndarray
    settings: Settings

    @classmethod
    def of(cls, everything: Sequence[Item], stage: str, settings: Settings | None = None) -> Trainer:
        """What a stage learns from, out of all texts."""
        settings = settings or SETTINGS[stage]
        items = [item for item in everything if learned(item, stage)]
        hashes, ids = table(lexicon(sorted(vocabulary(list(everything)))))
        found = rows([item.text for item in items], Lexicon(hashes, ids.astype(np.uint32)), settings.window)
        return cls(items, found, hashes, ids, settings)

    def fit(self, without: Iterable[str] = ()) -> Fitted:
        """Weights from all sources but some."""
        left_out = set(without)
        chosen = np.array([i for i, item in enumerate(self.items) if item.source not in left_out])
        fitted = fit(self.items, self.rows, chosen, self.settings)
        items = [self.items[i] for i in chosen]
        return replace(fitted, hunch=hunch(self.model(fitted), items, self.settings.window, self.settings.worth))

    def model(self, fitted: Fitted) -> HashedModel:
        """The model as it would be shipped."""
        return model(fitted, self.settings, self.hashes, self.ids)


def learned(item: Item, stage: str) -> bool:
    """Input: orders typed by a user. Tool results: those and orders inside documents. Harmless texts: all."""
    if item.source in _NOT_LEARNED:
        return False
    if not item.attack:
        return True
    return item.source != "BIPIA" and (stage == "tool_result" or item.stage == "input")


def texts(folder: Path, seed: int = 1) -> list[Item]:
    """Everything there is to learn from and to measure on."""
    return [*development(folder), *generated(seed), *long_texts(seed), *long_attacks(seed)]


def shipped(everything: Sequence[Item], say: Callable[[str], None]) -> bytes:
    """The file with both models."""
    found = {}
    for stage in SETTINGS:
        trainer = Trainer.of(everything, stage)
        say(f"{stage}: {len(trainer.items)} texts, {len(trainer.rows.item)} windows")
        found[stage] = (trainer.fit(), trainer.settings)
    return export(found, trainer.hashes, trainer.ids)
