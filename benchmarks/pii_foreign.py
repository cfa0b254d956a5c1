"""What the PII guard finds of values that other generators made, in prose, files and logs, and flags of clean texts.

    pip install 'mimesis<19'
    PYTHONPATH=. python benchmarks/pii_foreign.py mimesis [values a type] [seed] [--misses]
    pip install presidio-analyzer exrex detect-secrets
    PYTHONPATH=. python benchmarks/pii_foreign.py presidio [values a type] [seed] [--misses]
    PYTHONPATH=. python benchmarks/pii_foreign.py detect-secrets [values a pattern] [seed] [--misses]
    pip install oneport-secretscan exrex
    PYTHONPATH=. python benchmarks/pii_foreign.py oneport [values a pattern] [seed] [--misses]
    npm install --prefix FOLDER @faker-js/faker chance @ngneat/falso casual mockjs @snaplet/copycat fakerator
    FAKER_JS=FOLDER PYTHONPATH=. python benchmarks/pii_foreign.py faker-js|chance|more-js [values a type] [seed]
    apt-get install ruby ruby-faker
    PYTHONPATH=. python benchmarks/pii_foreign.py ruby-faker [values a type] [seed] [--misses]
    PYTHONPATH=. python benchmarks/pii_foreign.py clean [texts a kind] [seed] [--misses]

What a source needs and where it is not installed, the script says so and ends with 0. Nothing of a generator is kept in
the repository: the values are made when the script runs. Each is in a setting of `benchmarks/lib/pii_settings.py`,
and what no form tells only in one that names it. All is measured at the guard (`PiiGuard().check`). Any overlap:
something of the value was found. Exact: one finding is the value. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.lib.figures import Rate
from benchmarks.lib.pii_clean import hard_negatives
from benchmarks.lib.pii_settings import Set, any_setting
from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.model.decisions import GuardContext, GuardSpan

# Source -> what makes its values (and `clean` texts, where it has any), what has to be installed.
SOURCES = {
    "mimesis": ("benchmarks.lib.pii_mimesis", ("mimesis",), "pip install 'mimesis<19'"),
    "presidio": ("benchmarks.lib.pii_presidio", ("presidio_analyzer", "exrex"), "pip install presidio-analyzer exrex"),
    "detect-secrets": (
        "benchmarks.lib.pii_detect_secrets",
        ("detect_secrets", "exrex"),
        "pip install detect-secrets exrex",
    ),
    "oneport": ("benchmarks.lib.pii_oneport", ("secretscan", "exrex"), "pip install oneport-secretscan exrex"),
    "chance": ("benchmarks.lib.pii_chance", (), "npm install --prefix FOLDER chance @ngneat/falso, FAKER_JS=FOLDER"),
    "more-js": (
        "benchmarks.lib.pii_morejs",
        (),
        "npm install --prefix FOLDER casual mockjs @snaplet/copycat fakerator, FAKER_JS=FOLDER",
    ),
    "ruby-faker": ("benchmarks.lib.pii_rubyfaker", (), "ruby and its gem faker (Debian: ruby ruby-faker)"),
    "faker-js": ("benchmarks.lib.pii_fakerjs", (), "npm install --prefix FOLDER @faker-js/faker, FAKER_JS=FOLDER"),
}
_GUARD = PiiGuard()
_CONTEXT = GuardContext(stage="output", task="")


def spans(text: str) -> tuple[GuardSpan, ...]:
    return tuple(_GUARD.check(text, _CONTEXT).spans)


def _hit(placed: Set, found: Iterable[GuardSpan]) -> tuple[bool, bool]:
    """Does something overlap the value, and is something the value, no more and no less?"""
    places = [(span.start, span.end) for span in found]
    return any(s < placed.end and placed.start < e for s, e in places), (placed.start, placed.end) in places


def recall(source: str, each: int, seed: int, misses: bool) -> None:
    rng = random.Random(seed)
    module = importlib.import_module(SOURCES[source][0])
    by_type: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    by_setting: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    missed: dict[str, list[Set]] = defaultdict(list)
    for type_, placed in _placed(module, rng, each):
        hit = _hit(placed, spans(placed.text))
        by_type[type_].append(hit)
        by_setting[placed.setting].append(hit)
        if not hit[1]:
            missed[type_ + ("" if hit[0] else " MISSED")].append(placed)
    for title, table in (("types", by_type), ("settings", by_setting)):
        print(f"-- {title}")
        for name, hits in table.items():
            print(_line(name, hits))
    print(_line("all", [hit for hits in by_type.values() for hit in hits]))
    if misses:
        for name, placements in sorted(missed.items()):
            print(f"-- {name}: {len(placements)}")
            for placed in placements[:12]:
                found = [(s.rule, placed.text[s.start : s.end]) for s in spans(placed.text)]
                print(f"   {placed.text[placed.start : placed.end]!r} in [{placed.setting}] {placed.text!r} {found}")


def _placed(module: Any, rng: random.Random, each: int) -> Iterator[tuple[str, Set]]:
    if hasattr(module, "placed"):
        yield from module.placed(rng, each)
        return
    for value in module.values(rng, each):
        yield value.type, any_setting(rng, value.called, value.value, named=value.named)


def _line(name: str, hits: list[tuple[bool, bool]]) -> str:
    overlap, exact = (Rate(sum(hit[i] for hit in hits), len(hits)) for i in (0, 1))
    return f"{name:34} any overlap {overlap!s:34} exact {exact}"


def false_positives(texts: Iterator[tuple[str, str]], misses: bool) -> None:
    by_kind: dict[str, list[bool]] = defaultdict(list)
    shown: list[str] = []
    for kind, text in texts:
        found = spans(text)
        by_kind[kind].append(bool(found))
        if found:
            shown.append(f"   [{kind}] {[(s.rule, text[s.start : s.end]) for s in found]} in {text[:300]!r}")
    for kind, flags in by_kind.items():
        if any(flags):
            print(f"{kind:34} {Rate(sum(flags), len(flags))}")
    print(f"{'clean texts flagged':34} {Rate(sum(map(sum, by_kind.values())), sum(map(len, by_kind.values())))}")
    print("\n".join(shown[:400]) if misses else "")


def main(source: str, each: int, seed: int, misses: bool) -> int:
    if source == "clean":
        false_positives(hard_negatives(random.Random(seed), each), misses)
        return 0
    name, needed, install = SOURCES[source]
    module = importlib.import_module(name)
    if not all(map(importlib.util.find_spec, needed)) or not getattr(module, "installed", lambda: True)():
        print(f"{source}: not measured, it needs `{install}`")
        return 0
    recall(source, each, seed, misses)
    if clean := getattr(importlib.import_module(SOURCES[source][0]), "clean", None):
        false_positives(clean(random.Random(seed), max(1, each // 10)), misses)
    return 0


if __name__ == "__main__":
    words = [a for a in sys.argv[1:] if not a.startswith("--")]
    numbers = [int(a) for a in words[1:]]
    raise SystemExit(main(words[0], *[*numbers, *(60, 7)[len(numbers) :]], "--misses" in sys.argv))
