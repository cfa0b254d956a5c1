"""The fuzzing kit: how fast it is, and how soon it finds what was planted.

    python benchmarks/fuzzing.py [--seeds 15] [--unharmed 20000] [--skip-unharmed]

Speed: examples per second with a guard that costs next to nothing, beside a bare Hypothesis loop of the same number of
draws in the same run; the ratio is what counts, and the rate by the processor's clock where others use the machine
too. Holes: for each of twelve, in how many examples the first bypass was
found (median and worst of the seeds) and to how many steps it was shrunk. Unharmed: bypasses in the guard without a
hole, and in our own injection guard.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from benchmarks.lib.blinded import BLINDERS, BlindedGuard
from benchmarks.lib.planted import ATTACKS, HOLES, PlantedGuard
from pytest_agentsafety.fuzz import Search, attack_texts, fuzz_guard, hunt, obfuscations
from pytest_agentsafety.fuzz.oracles import GuardProbe, Obfuscated
from pytest_agentsafety.fuzz.texts import attacks as attack_list
from pytest_agentsafety.guards import InjectionGuard
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult

CONTEXT = GuardContext(stage="input")
ROUNDS = 5
EXAMPLES = 3000
MOST = 2000
# Two orders in our own words: what matters is how they are written, and each is detected plain.
OURS = [text for text in attack_list() if text.startswith(("Ignore all", "Disregard"))]


class Cheap:
    """Blocks everything, and looks at the text once: a guard of a few microseconds."""

    name = "cheap"
    stages = frozenset({"input"})

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        return GuardrailResult(guard="cheap", status="triggered", action="block", score=float("e" in text or 1))


class Working(Cheap):
    """As much work as our injection guard does for each text, and nothing that gets past it."""

    name = "injection"

    def __init__(self) -> None:
        self._guard = InjectionGuard()

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        self._guard.check(text, context)
        return super().check(text, context)


Rate = tuple[float, float]


def rate_of(examples: int, began: Rate) -> Rate:
    """Examples for each second of the clock, and of the processor (which other processes do not slow down)."""
    return examples / (time.perf_counter() - began[0]), examples / (time.process_time() - began[1])


def now() -> Rate:
    return time.perf_counter(), time.process_time()


def bare() -> Rate:
    """The rate of a loop that only draws: a pick for the text, a number for the chain."""
    drawn = st.tuples(st.sampled_from(range(78)), st.integers(0, 2**24 - 1))
    options = settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    began = now()
    with suppress(NoSuchExample):
        find(drawn, lambda _: False, settings=options, random=Random(1))
    return rate_of(EXAMPLES, began)


def ours(guard: object) -> tuple[Rate, float]:
    """The rate of a hunt, and what the guard itself cost of each example, in milliseconds."""
    spent = 0.0

    class Timed(GuardProbe):
        def check(self, text: str) -> GuardrailResult:
            nonlocal spent
            began = time.perf_counter()
            result = super().check(text)
            spent += time.perf_counter() - began
            return result

    search = Search(oracle=Obfuscated(Timed(guard, CONTEXT)), originals=attack_texts(), chains=obfuscations())
    began = now()
    told = hunt(search, max_examples=EXAMPLES, seed=1)
    assert told.examples >= EXAMPLES, told
    return rate_of(told.examples, began), 1000 * spent / told.examples


def speed() -> None:
    print(f"speed: examples a second, median of {ROUNDS} rounds of {EXAMPLES:,}, both sides in turn")
    for guard in (Cheap(), Working()):
        loops, hunts, costs = zip(*((bare(), *ours(guard)) for _ in range(ROUNDS)), strict=True)
        loop, loop_cpu = (median(column) for column in zip(*loops, strict=True))
        rate, rate_cpu = (median(column) for column in zip(*hunts, strict=True))
        print(f"  bare Hypothesis loop, same draws         {loop:7,.0f}/s   {loop_cpu:7,.0f} a CPU second")
        shown = f"hunt, {guard.name}, guard of {median(costs):.3f} ms"
        ratios = f"ratio {rate / loop:.2f}, {rate_cpu / loop_cpu:.2f}"
        print(f"  {shown:<40} {rate:7,.0f}/s   {rate_cpu:7,.0f} a CPU second   {ratios}")


def holes(seeds: int) -> bool:
    """Both kinds of harmed guard; were all holes of the small one found in time and made small enough?"""
    print(f"holes: examples until the first bypass, and steps after shrinking, over {seeds} seeds")
    small = [hole_of(hole, PlantedGuard(hole), ATTACKS, seeds) for hole in HOLES]
    print("the same in our injection guard with one normalisation taken away (its own holes are found too)")
    for hole in HOLES:
        if hole in BLINDERS:
            hole_of(hole, BlindedGuard(hole), OURS, seeds)
    return all(first <= 100 and steps <= 2 for first, steps in small)


def hole_of(hole: str, guard: object, attacks: list[str], seeds: int) -> tuple[float, int]:
    """The median of the examples, the most steps."""
    hunts = [hunt(search_of(guard, st.sampled_from(attacks)), max_examples=MOST, seed=seed) for seed in range(seeds)]
    first = [told.first_at or MOST + 1 for told in hunts]
    steps = [len(told.bypass.chain) if told.bypass else 99 for told in hunts]
    names = {step.name for told in hunts if told.bypass for step in told.bypass.chain}
    shown = f"median {median(first):5.0f}, worst {max(first):5}; steps median {median(steps):.0f}, worst {max(steps)}"
    print(f"  {hole:<15} {shown}; by {', '.join(sorted(names))}", flush=True)
    return median(first), max(steps)


def search_of(guard: object, attacks: st.SearchStrategy[str]) -> Search:
    return Search(oracle=Obfuscated(GuardProbe(guard, CONTEXT)), originals=attacks, chains=obfuscations())


def unharmed(examples: int) -> None:
    print(f"unharmed: {examples:,} examples for each oracle")
    for guard, attacks in ((PlantedGuard(), st.sampled_from(ATTACKS)), (InjectionGuard(), None)):
        done = fuzz_guard(guard, attacks=attacks, max_examples=examples, seed=11, oracles=("obfuscation",))
        print(f"  {guard.name}: {done.examples:,} examples, {len(done.bypasses)} bypasses in {done.seconds:.0f} s")
        for found in done.bypasses:
            print(f"    {found.oracle}: {' then '.join(map(str, found.chain))}: {found.attack[:60]!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=15)
    parser.add_argument("--unharmed", type=int, default=20_000)
    parser.add_argument("--skip-unharmed", action="store_true")
    given = parser.parse_args()
    speed()
    good = holes(given.seeds)
    if not given.skip_unharmed:
        unharmed(given.unharmed)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
