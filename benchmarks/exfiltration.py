"""What the exfiltration guard takes out of answers, with data in their links and with ordinary ones; and its time.

    PYTHONPATH=. python benchmarks/exfiltration.py [answers] [seed] [benign.jsonl.gz]

The texts are made by `benchmarks/lib/exfil_data.py`. A file of clean texts (`text` in each line) is looked through too.
Times are medians over 50 rounds of 10 KB of clean text, beside a bare google-re2 search of the same text each round.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

import re2

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.lib.exfil_data import carrying_answers, clean_answer
from benchmarks.lib.figures import Rate
from pytest_agentsafety.guards.exfiltration import ExfiltrationGuard
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.guards.pii_scan import find_pii
from pytest_agentsafety.model.decisions import GuardContext

GUARD, CONTEXT = ExfiltrationGuard(), GuardContext(stage="output")


def triggered(text: str) -> bool:
    return GUARD.check(text, CONTEXT).triggered


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e6


def timings(text: str) -> None:
    """Microseconds; `normalise` is shared by all guards of a stage, and has a row of its own."""
    bare, pii = re2.compile(r"\d{4}-\d{4}-\d{4}-\d{4}"), PiiGuard()
    sides: dict[str, Callable[[], object]] = {
        "one google-re2 search": lambda: bare.search(text.encode()),
        "find_pii": lambda: find_pii(text),
        "exfiltration guard": lambda: GUARD.check(text, CONTEXT),
        "PII guard, text normalised before": lambda: pii.check(text, CONTEXT),
        "normalise": lambda: (normalise.cache_clear(), normalise(text).views, normalise(text).joined),
    }
    took: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(50):
        for name, call in sides.items():
            took[name].append(timed(call))
    base = median(took["one google-re2 search"])
    for name, times in took.items():
        print(f"{name:36} {median(times):8.1f} us  {median(times) / base:6.1f}x")


def main(count: int, seed: int, files: list[str]) -> int:
    rng = random.Random(seed)
    clean = [clean_answer(rng) for _ in range(count)]
    print(f"{'clean answers of 12 links':36} {Rate(sum(map(triggered, clean)), count)}")
    for file in files:
        texts = [json.loads(line)["text"] for line in gzip.decompress(Path(file).read_bytes()).splitlines()]
        print(f"{'clean texts of ' + Path(file).name:36} {Rate(sum(map(triggered, texts)), len(texts))}")
    found: dict[str, list[bool]] = defaultdict(list)
    for shape, text in carrying_answers(rng, count):
        found[shape].append(triggered(text))
    for shape, hits in sorted(found.items()):
        print(f"{shape:36} {Rate(sum(hits), len(hits))}")
    timings("The order went out on Monday and will be there by noon. It weighs 3.5 kg; call us if not. " * 114)
    return 0


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    raise SystemExit(main(*[*numbers, *(400, 7)[len(numbers) :]], [a for a in sys.argv[1:] if not a.isdigit()]))
