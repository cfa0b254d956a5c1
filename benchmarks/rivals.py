"""The public gates and ours on the same AgentDojo cases with the same obedient agent, side by side.

    pip install -r benchmarks/requirements-rivals.txt
    python benchmarks/rivals.py [--suites banking,workspace] [--every N] [--json FILE]

Everybody drafts a policy from the tools by their own means, untouched. Every few cases each contender takes its turn,
so that the machine's moods hit all of them. Asks count as refused. "us a decision" is the thread's CPU on the same
calls for all: those that our draft does not take for plain reads. Ours runs with all guards and, apart, with the
provenance alone; its text guards cost nothing there, since the times are those of the decisions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

# This folder holds an agentdojo.py of its own, which would hide the package of that name.
sys.path[:] = [str(Path(__file__).resolve().parents[1]), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from benchmarks.lib.figures import figures
from benchmarks.lib.names import names_in, suite_names
from benchmarks.lib.rivals import RIVALS
from benchmarks.lib.rows import Row
from benchmarks.lib.running import Bench, Choice, chunks

_TURN = 24
_ALONE = "provenance,approval"


def contenders(choice: Choice) -> dict[str, Choice]:
    """Ours and those rivals that are installed, by name."""
    found = {
        "ours, enforce": choice,
        "ours, provenance alone": replace(choice, guards=_ALONE),
        "ours, strict": replace(choice, provenance="strict"),
    }
    for name, rival in RIVALS.items():
        if find_spec(rival.package) is None:
            print(f"{name} is not installed: pip install -r benchmarks/requirements-rivals.txt", file=sys.stderr)
        else:
            tracker = f"{rival.__module__}:{rival.__name__}"
            found[name] = replace(choice, guards=_ALONE, tracker=tracker)
    return found


def compete(choices: dict[str, Choice], *, quiet: bool) -> dict[str, list[Row]]:
    """The rows of each contender."""
    first = next(iter(choices.values()))
    shared = Bench(first)
    benches = {name: Bench(choice, suites=shared.suites) for name, choice in choices.items()}
    rows: dict[str, list[Row]] = {name: [] for name in choices}
    units = shared.units()
    started, done = perf_counter(), 0
    for part in chunks(units, _TURN):
        for name, bench in benches.items():
            with bench.running() as run:
                rows[name] += [run(unit) for unit in part]
        done += len(part)
        if not quiet:
            took = perf_counter() - started
            print(f"{done}/{len(units)} cases x {len(benches)}, {took:.0f} s", file=sys.stderr, flush=True)
    return rows


def contender_table(rows: dict[str, list[Row]]) -> str:
    """A line for each contender."""
    lines = [
        _cells("", "attack success", "truth upstream", "benign utility", "under attack", "us a decision", "a result")
    ]
    for name, found in rows.items():
        told = figures(name, found)
        rates = (told.attacks, told.upstream, told.benign, told.utility_under_attack)
        times = (f"{median:.0f} / {p95:.0f}" for median, p95 in (told.decision_us, told.label_us))
        lines.append(_cells(name, *rates, *times) + f"{told.errors + told.inconclusive} undecided")
    return "\n".join(lines)


def _cells(*cells: object) -> str:
    return "".join(f"{cell!s:{width}}" for cell, width in zip(cells, (25, 30, 30, 29, 31, 15, 14), strict=True))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--suites", default="agentdojo", help="comma-separated: banking, workspace, travel, slack")
    parser.add_argument(
        "--foreign", nargs="?", const="dev", default="", help="also other people's: dev, held, all, NAME"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one case in N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    chosen = parser.parse_args(arguments)
    choice = Choice(
        suites=suite_names(chosen.suites), foreign=names_in(chosen.foreign), every=chosen.every, oracle=False
    )
    rows = compete(contenders(choice), quiet=chosen.quiet)
    suites = list(dict.fromkeys(row.suite for row in next(iter(rows.values()))))
    for suite in suites if len(suites) > 1 else ():
        of_suite = {name: [row for row in found if row.suite == suite] for name, found in rows.items()}
        print(f"\n{suite}\n{contender_table(of_suite)}")
    print(f"\nall, times as median / P95\n{contender_table(rows)}")
    if chosen.json:
        chosen.json.write_text(json.dumps({n: [row.to_dict() for row in of] for n, of in rows.items()}), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
