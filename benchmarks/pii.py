"""What the PII guard finds, per type, and what it finds in clean texts.

    PYTHONPATH=. python benchmarks/pii.py [rows a type] [seed] [--misses]

The texts are made by `benchmarks/lib/pii_data.py`, which needs `pip install python-stdnum` for the check digits of
persons' numbers (left out without it). Any overlap: something of the value was found. Exact: one finding is the value,
no more and no less. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.lib.figures import Rate
from benchmarks.lib.pii_data import Row, clean_rows, rows
from pytest_agentsafety.guards.pii_scan import Finding, find_pii


def covers(row: Row, findings: Iterable[Finding]) -> tuple[bool, bool]:
    """Is there a finding that overlaps the value, and one that is the value?"""
    spans = [(f.start, f.end) for f in findings]
    return any(s < row.end and row.start < e for s, e in spans), (row.start, row.end) in spans


def main(each: int, seed: int, misses: bool) -> int:
    rng = random.Random(seed)
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    missed: dict[str, list[str]] = defaultdict(list)
    for row in rows(rng, each, persons=find_spec("stdnum") is not None):
        found[row.kind].append(covers(row, find_pii(row.text)))
        if not found[row.kind][-1][1]:
            missed[row.kind].append(row.text)
    for kind, results in found.items():
        overlap = Rate(sum(any_ for any_, _ in results), len(results))
        exact = Rate(sum(exact for _, exact in results), len(results))
        print(f"{kind:32} any overlap {overlap!s:32} exact {exact}")
        for text in missed[kind][:3] if misses else ():
            print(f"      {text!r}")
    everything = [result for results in found.values() for result in results]
    overlap = Rate(sum(a for a, _ in everything), len(everything))
    print(f"{'all':32} any overlap {overlap!s:32} exact {Rate(sum(e for _, e in everything), len(everything))}")
    clean = list(clean_rows(rng, each))
    flagged = [(row.text, findings) for row in clean if (findings := find_pii(row.text))]
    print(f"{'clean texts flagged':32} {Rate(len(flagged), len(clean))}")
    for text, findings in flagged[:40] if misses else ():
        print(f"      {[(f.kind, text[f.start : f.end]) for f in findings]} in {text!r}")
    return 0


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    raise SystemExit(main(*[*numbers, *(60, 7)[len(numbers) :]], "--misses" in sys.argv))
