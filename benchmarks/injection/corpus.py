"""The texts of the training and of the measurements: development files, and what the grammars make."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.injection.grammar import Sample, grammars
from pytest_agentsafety.guards.normalise import normalise

FILES = ("injections_direct", "injections_indirect", "benign")
# Texts made from other lines of the same files: measured, never trained on.
DERIVED = "own transform"
_WORD = re.compile(r"[^\W_]+")
_EACH = 60
_EACH_BENIGN = 180
_RICH = ("gen-benign", "gen-mention")
_MIXED = 0.12
_STORIES = ("persona", "freedom", "authority", "payload", "override")


@dataclass(frozen=True)
class Item:
    """A text as the guard reads it (`text`, folded) and as it is (`raw`).

    `stage` is where it would arrive: "input", or "tool_result" for documents and orders inside them.
    """

    text: str
    raw: str
    attack: bool
    source: str
    kind: str
    stage: str

    @property
    def generated(self) -> bool:
        return self.source.startswith("gen-")


def development(folder: Path) -> Iterator[Item]:
    """Lines of the development files in a folder; a source is named by its first word."""
    for name in FILES:
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield Item(
                    text=normalise(row["text"]).text,
                    raw=row["text"],
                    attack=bool(row["label"]) and row["kind"] != "control",
                    source="derived" if row["source"].startswith(DERIVED) else row["source"].split()[0],
                    kind=row["kind"],
                    stage=_stage(name, row["kind"]),
                )


def mentions() -> dict[str, list[str]]:
    """Harmless texts with the words of attacks, written by hand; neither half is trained on."""
    lines = Path(__file__).with_name("mentions.txt").read_text(encoding="utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("# ")]
    return {"tuned": texts[0::2], "held back": texts[1::2]}


def _stage(name: str, kind: str) -> str:
    documents = ("code", "doc", "clean_code", "clean_email", "clean_table")
    return "tool_result" if name == "injections_indirect" or kind in documents else "input"


def generated(seed: int = 1) -> Iterator[Item]:
    """Texts of the grammars, roughened as people write: other case, no full stop, an attack behind a harmless text."""
    rng = Random(f"{seed}/noise")
    samples = [s for g in grammars() for s in g.samples(_EACH_BENIGN if g.name in _RICH else _EACH, seed)]
    samples = _thinned(samples)
    harmless = [s.text for s in samples if s.source == "gen-benign"]
    for sample in samples:
        text = _rough(sample.text, rng)
        if sample.source == "gen-attack" and rng.random() < _MIXED:
            other = rng.choice(harmless)
            text = f"{other} {text}" if rng.random() < 0.6 else f"{text} {other}"
        stage = "tool_result" if sample.label in ("indirect", "doc") else "input"
        yield Item(normalise(text).text, text, sample.attack, sample.source, sample.label, stage)


def _thinned(samples: list[Sample]) -> list[Sample]:
    """Fewer of the other languages' mentions of attacks: they are many for the few attacks there."""
    return [s for at, s in enumerate(samples) if s.family != "mention" or at % 3 != 0]


def long_texts(seed: int = 1, count: int = 1500) -> Iterator[Item]:
    """Harmless documents: lines of one family of one grammar, one after the other."""
    rng = Random(f"{seed}/long")
    families: dict[tuple[str, str], list[str]] = {}
    for grammar in grammars():
        for sample in grammar.samples(_EACH, seed):
            if not sample.attack:
                family = sample.family if grammar.name == "gen-docs" else ""
                families.setdefault((sample.source, family), []).append(sample.text)
    names = sorted(families)
    for _ in range(count):
        source, family = rng.choice(names)
        lines = rng.choices(families[source, family], k=rng.randint(4, 30))
        text = rng.choice(("\n", " ", " ", "\n\n")).join(lines)
        yield Item(normalise(text).text, text, False, f"{source}-long", "doc", "tool_result")


def long_attacks(seed: int = 1, count: int = 600) -> Iterator[Item]:
    """Long attacks: several of the sentences that build a persona, plead or press, with harmless ones between."""
    rng = Random(f"{seed}/long attacks")
    by_name = {grammar.name: list(grammar.samples(_EACH, seed)) for grammar in grammars()}
    parts = [s.text for s in by_name["gen-attack"] if s.family in _STORIES]
    harmless = [s.text for s in by_name["gen-benign"]]
    for _ in range(count):
        lines = [rng.choice(harmless if rng.random() < 0.25 else parts) for _ in range(rng.randint(3, 10))]
        text = rng.choice((" ", " ", "\n")).join([rng.choice(parts), *lines])
        yield Item(normalise(text).text, text, True, "gen-attack-long", "attack", "input")


def _rough(text: str, rng: Random) -> str:
    chance = rng.random()
    if chance < 0.25:
        text = text.lower()
    elif chance < 0.28:
        text = text.upper()
    return text.rstrip(".!?") if rng.random() < 0.3 else text


def vocabulary(items: list[Item]) -> set[str]:
    """Words of the texts."""
    return {word for item in items for word in _WORD.findall(item.text.lower())}
