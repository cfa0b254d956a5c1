"""The kit finds what was planted, soon and small, and nothing where nothing was planted.

`AGENTSAFETY_LONG=1`: 15 seeds for each hole and 20,000 examples of the unharmed guard; the figures that are quoted come
from `benchmarks/fuzzing.py`.
"""

from __future__ import annotations

import os
from statistics import median

import pytest
from hypothesis import strategies as st

from benchmarks.lib.planted import ATTACKS, HOLES, PlantedGuard
from pytest_agentsafety.fuzz import Search, fuzz_guard, hunt, obfuscations
from pytest_agentsafety.fuzz.hunting import Hunted
from pytest_agentsafety.fuzz.oracles import GuardProbe, Obfuscated
from pytest_agentsafety.model.decisions import GuardContext

LONG = os.environ.get("AGENTSAFETY_LONG") == "1"
SEEDS = 15 if LONG else 3
UNHARMED = 20_000 if LONG else 300
# What of the chain has to do with the hole; other noise or layout may show the same one.
SHOWN_BY = {
    "zero_width": {"zero_width", "soft_hyphen", "bidi_marks"},
    "nested_base64": {"base64"},
    "spacing": {"spacing"},
}


def found(hole: str, seed: int) -> Hunted:
    probe = GuardProbe(PlantedGuard(hole), GuardContext(stage="input"))
    search = Search(oracle=Obfuscated(probe), originals=st.sampled_from(ATTACKS), chains=obfuscations())
    return hunt(search, max_examples=1000, seed=seed)


@pytest.mark.parametrize("hole", HOLES)
def test_a_planted_hole_is_found_within_100_examples_and_shrunk_to_two_steps(hole: str) -> None:
    hunts = [found(hole, seed) for seed in range(SEEDS)]
    assert median(told.first_at or 10_000 for told in hunts) <= 100
    for told in hunts:
        assert told.bypass is not None
        assert len(told.bypass.chain) <= 2
        names = {step.name for step in told.bypass.chain}
        assert names & (SHOWN_BY.get(hole, {hole}) | {"paragraphs"}), told.bypass.explain()


def test_there_are_twelve() -> None:
    assert len(HOLES) == 12


@pytest.mark.parametrize("oracle", ["obfuscation", "harmless", "chunking"])
def test_nothing_is_found_in_the_unharmed_guard(oracle: str) -> None:
    done = fuzz_guard(PlantedGuard(), attacks=st.sampled_from(ATTACKS), oracles=[oracle], max_examples=UNHARMED, seed=5)
    assert [bypass.explain() for bypass in done.bypasses] == []
    assert done.examples == UNHARMED
