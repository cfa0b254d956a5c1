"""The text guards' speed, their worst cases, and what disguises do to them.

    python benchmarks/text_guards.py speed [--rivals PYTHON]
    python benchmarks/text_guards.py worst [--size BYTES]
    python benchmarks/text_guards.py robust FOLDER [--per-source N] [--chains]

`speed`: the default guards of a stage over clean texts of 10,000 bytes, beside a bare google-re2 Set in the same
run, and over texts never seen before; `--rivals` is an interpreter with the packages of `requirements-guards.txt`.
`worst`: hostile texts against clean
ones of the same size, in time per byte, in memory, and against a tenth of the size. `robust`: of the attacks in FOLDER
(`injections_direct.jsonl.gz`) that the injection guard finds as they are, how many it still finds in each disguise;
and how often it fires on `benign.jsonl.gz`. Times are medians of the process's CPU. Exits 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import statistics
import subprocess
import sys
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

import re2

from benchmarks.lib.disguises import DISGUISES, chains
from benchmarks.lib.figures import Rate
from benchmarks.lib.hostile import ROOT, clean, worst
from pytest_agentsafety.guards import InjectionGuard, StageRunner, default_guardrails
from pytest_agentsafety.guards.engine import expand
from pytest_agentsafety.guards.injection_rules import BYPASS, COMMAND, LEAK, MARKUP, OVERRIDE, PERSONA
from pytest_agentsafety.model.decisions import GuardContext, Stage
from pytest_agentsafety.model.policy import Policy

STAGES: tuple[Stage, ...] = ("input", "tool_result", "output")
SIZE = 10_000
MAX_MS, MAX_RATIO = 0.3, 20.0
MAX_SLOWER, MAX_MEMORY, MAX_GROWTH = 3.0, 20.0, 12.0
MIN_KEPT, MAX_FALSE = 0.95, {"hard_negative_encoded": 0.02, "code": 0.01, "doc": 0.01}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True)
    speed_parser = parts.add_parser("speed")
    speed_parser.add_argument("--rivals", type=Path)
    speed_parser.set_defaults(run=lambda chosen: speed(chosen.rivals))
    worst_parser = parts.add_parser("worst")
    worst_parser.add_argument("--size", type=int, default=1_000_000)
    worst_parser.set_defaults(run=lambda chosen: worst_cases(chosen.size))
    robust_parser = parts.add_parser("robust")
    robust_parser.add_argument("folder", type=Path)
    robust_parser.add_argument("--per-source", type=int, default=60)
    robust_parser.add_argument("--chains", action="store_true")
    robust_parser.set_defaults(run=lambda chosen: robust(chosen.folder, chosen.per_source, with_chains=chosen.chains))
    chosen = parser.parse_args(arguments)
    return 0 if chosen.run(chosen) else 1


def median_us(call: Callable[[str], object], texts: list[str]) -> float:
    """Each text once for warmth, then five times for the clock, of which the best counts: other work on the machine
    only ever adds to it. A number in front makes it new each time: whole texts are remembered. Microseconds."""
    for text in texts:
        call(text)
    best = dict.fromkeys(texts, float("inf"))
    for turn in range(5):
        for text in texts:
            fresh = f"{turn} {text}"
            began = process_time()
            call(fresh)
            best[text] = min(best[text], process_time() - began)
    return statistics.median(best.values()) * 1e6


def _turned(text: str, count: int) -> list[str]:
    """Texts of the same words that are no two alike, so that nothing is remembered."""
    step = len(text) // (count + 1) or 1
    return [text[i * step :] + text[: i * step] for i in range(count)]


def _runner(stage: Stage) -> tuple[StageRunner, GuardContext]:
    return StageRunner(default_guardrails(Policy())), GuardContext(stage=stage, source="user", task="")


def speed(rivals: Path | None) -> bool:
    """The input stage, and the others, beside a bare set of the same patterns."""
    bare = re2.Set.SearchSet()
    for rule in (*OVERRIDE, *PERSONA, *LEAK, *BYPASS, *MARKUP, *COMMAND):
        bare.Add(f"(?i){expand(rule.pattern)}")
    bare.Compile()
    print(f"{SIZE:,} bytes of clean text, CPU, median of 60 texts, no two alike, each the best of five times")
    print(f"{'':16}{'input':>10}{'tool_result':>13}{'output':>10}{'bare Set':>10}{'input / Set':>13}")
    good = True
    for name, text in clean(SIZE).items():
        texts = _turned(text, 60)
        stages = [median_us(_checking(stage), texts) for stage in STAGES]
        alone = median_us(lambda text: bare.Match(text.encode()), texts)
        good &= stages[0] <= MAX_MS * 1000 and stages[0] <= MAX_RATIO * alone
        cells = "".join(
            f"{us / 1000:>{width}.3f}" for us, width in zip((*stages, alone), (10, 13, 10, 10), strict=True)
        )
        print(f"{name:16}{cells}{stages[0] / alone:>12.1f}x")
    print("ms a text")
    fresh()
    if rivals is not None:
        print(
            subprocess.run(
                [rivals, "-c", RIVALS, clean(SIZE)["English"]], check=True, capture_output=True, text=True
            ).stdout
        )
    return good


def fresh() -> None:
    """The input stage on what it never saw: words of this repository's documents in random order."""
    words = [
        word for name in ("README.md", "ARCHITECTURE.md") for word in (ROOT / name).read_text(encoding="utf-8").split()
    ]
    rnd = random.Random(5)
    check = _checking("input")
    times = []
    for _ in range(40):
        text = " ".join(rnd.choices(words, k=SIZE // 4))[:SIZE]
        began = process_time()
        check(text)
        times.append((process_time() - began) * 1e3)
    print(
        f"{SIZE:,} bytes never seen before, input, ms a text: the first {times[0]:.0f}, the next nine "
        f"{statistics.mean(times[1:10]):.2f}, thirty more {statistics.mean(times[10:]):.2f}"
    )


def _checking(stage: Stage) -> Callable[[str], object]:
    runner, context = _runner(stage)
    return lambda text: runner.run(stage, text, context)


RIVALS = """
import statistics, sys, time, warnings
warnings.simplefilter("ignore")
text = sys.argv[1]
def median_ms(call):
    call(text)
    times = []
    for _ in range(20):
        began = time.process_time(); call(text); times.append(time.process_time() - began)
    return statistics.median(times) * 1e3
try:
    from llm_guard.input_scanners import Regex
    words = ["ignore", "disregard", "system prompt", "jailbreak", "pretend", "reveal"]
    patterns = [rf"(?i){a}.{{0,40}}{b}" for a in words for b in words][:36] + [r"[A-Za-z0-9+/]{40,}", r"\\\\bDAN\\\\b"]
    print("llm-guard Regex, 38 patterns", round(median_ms(Regex(patterns=patterns).scan), 3), "ms")
except ImportError as error:
    print("llm-guard does not install here:", error)
try:
    from nemoguardrails.library.regex.actions import detect_regex_pattern
    print("NeMo regex rail is importable")
except ImportError as error:
    print("nemoguardrails does not install here:", error)
"""


def worst_cases(size: int) -> bool:
    """Every stage over every hostile text, against clean English of the same size."""
    english = clean(size)["English"]
    good = True
    for stage in STAGES:
        check = _checking(stage)
        base = _best(check, english, 5)
        print(f"\n{stage}: clean English of {size:,} bytes takes {base * 1e3:.1f} ms")
        print(f"{'':44}{'ms':>9}{'x clean':>9}{'x a tenth':>11}{'memory':>9}")
        small = dict(worst(size // 10))
        for name, text in worst(size):
            took, tenth = _best(check, text, 2), _best(check, small[name], 2)
            slower, growth, memory = took / base, took / tenth, _memory(check, text, size)
            missed = slower > MAX_SLOWER or (growth > MAX_GROWTH and slower > 1) or memory > MAX_MEMORY
            good &= not missed
            mark = "  MISSED" if missed else ""
            print(f"{name:44}{took * 1e3:9.1f}{slower:9.2f}{growth:11.1f}{memory:8.1f}x{mark}")
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nhighest resident memory of the whole process: {resident:.0f} MB")
    return good


def _best(check: Callable[[str], object], text: str, times: int) -> float:
    """Seconds of CPU, the shortest of some runs, none of which knows the text from before."""
    best = float("inf")
    for i in range(times + 1):
        fresh = f"{'abcdefgh'[i]} {text}"
        began = process_time()
        check(fresh)
        best = min(best, process_time() - began)
    return best


def _memory(check: Callable[[str], object], text: str, size: int) -> float:
    """Peak beyond what was there before, by the size of the text."""
    fresh = f"z {text}"
    tracemalloc.start()
    check(fresh)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / size


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def robust(folder: Path, per_source: int, *, with_chains: bool) -> bool:
    """Attacks of every source that are found plain, in every disguise; and benign texts."""
    guard, context = InjectionGuard(), GuardContext(stage="input", source="user", task="")
    attacks = _found_plain(folder, per_source, lambda text: guard.check(text, context).triggered)
    print({source: len(texts) for source, texts in attacks.items()})
    rnd = random.Random(11)
    texts = [text for found in attacks.values() for text in found]
    good = True
    ways: list[tuple[str, Callable[[str], str]]] = [
        (name, lambda text, name=name: DISGUISES[name](text, rnd))
        for name in DISGUISES  # type: ignore[misc]
    ]
    if with_chains:
        ways += [
            (f"{a} > {b}", lambda text, a=a, b=b: DISGUISES[b](DISGUISES[a](text, rnd), rnd))  # type: ignore[misc]
            for a, b in chains()
        ]
    total = {"one": [0, 0], "two": [0, 0]}
    for name, disguise in ways:
        some = texts if ">" not in name else rnd.sample(texts, min(60, len(texts)))
        kept = sum(guard.check(disguise(text), context).triggered for text in some)
        sums = total["two" if ">" in name else "one"]
        sums[0], sums[1] = sums[0] + kept, sums[1] + len(some)
        print(f"{name:40}{Rate(kept, len(some))}{'' if kept >= MIN_KEPT * len(some) else '  below 95 %'}")
    for name, (kept, n) in total.items():
        if n:
            print(f"all disguises of {name}: {Rate(kept, n)}")
            good &= kept >= MIN_KEPT * n
    return _benign(folder, lambda text: guard.check(text, context).triggered) and good


def _found_plain(folder: Path, per_source: int, found: Callable[[str], bool]) -> dict[str, list[str]]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for row in rows(folder / "injections_direct.jsonl.gz"):
        if not row["kind"].startswith("obfuscat"):
            by_source[row["source"]].append(row["text"])
    rnd = random.Random(7)
    chosen: dict[str, list[str]] = {}
    for source, texts in by_source.items():
        rnd.shuffle(texts)
        chosen[source] = [text for text in texts if len(text) < 2000 and found(text)][:per_source]
    return chosen


def _benign(folder: Path, found: Callable[[str], bool]) -> bool:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows(folder / "benign.jsonl.gz"):
        kind = counts[row["kind"].partition(":")[0]]
        kind[0] += found(row["text"])
        kind[1] += 1
    print("\nfires on benign texts")
    for kind, (fired, n) in sorted(counts.items()):
        print(f"{kind:40}{Rate(fired, n)}")
    return all(counts[kind][0] <= share * counts[kind][1] for kind, share in MAX_FALSE.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
