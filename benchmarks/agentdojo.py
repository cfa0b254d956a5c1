"""AgentDojo against an agent that obeys every injected order: what still succeeds, and what the user still gets.

    python benchmarks/agentdojo.py [--suites banking,workspace] [--provenance strict] [--every N] [--jobs N] ...

949 pairs of user task and injection task and 97 benign tasks, in `hijacked` mode through the project's own runner: the
real SDK loop, both doors, AgentDojo's own tools and checks. Policies are the automatic drafts, untouched. Rates are
k/n with Wilson's 95 % interval; errors and inconclusive cases are in no rate. "ground truth upstream" leaves out the
injection tasks for which AgentDojo itself knows no tool calls. Needs `pytest-agentsafety[agentdojo]`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

# This folder holds an agentdojo.py of its own, which would hide the package of that name.
sys.path[:] = [str(Path(__file__).resolve().parents[1]), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from benchmarks.lib.attackers import names_like
from benchmarks.lib.figures import by_suite
from benchmarks.lib.names import names_in, suite_names
from benchmarks.lib.pool import run_all
from benchmarks.lib.rows import STOCK, Row, read_rows, write_rows
from benchmarks.lib.running import Choice
from benchmarks.lib.tables import changes, line_table, listing, table
from benchmarks.lib.words import WORDS


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    made.add_argument("--suites", default="agentdojo", help="comma-separated: banking, workspace, travel, slack, ...")
    made.add_argument("--foreign", nargs="?", const="dev", default="", help="also other people's: dev, held, all, NAME")
    made.add_argument("--attack", default=STOCK, help="name or glob, e.g. 'adaptive-*', 'paraphrase-1', 'words'")
    made.add_argument("--provenance", default="enforce", choices=("enforce", "strict", "off"))
    made.add_argument("--guards", default="all", help="as --agent-safety-guards")
    made.add_argument("--off", default="", help="comma-separated mechanisms of the provenance to take out")
    made.add_argument("--off-each", metavar="LIST", help="run once as it is and once without each of these mechanisms")
    made.add_argument("--case", action="append", default=[], metavar="GLOB", help="repeatable; cases by id")
    made.add_argument("--every", type=int, default=1, metavar="N", help="each N-th case only")
    made.add_argument("--benign-only", action="store_true")
    made.add_argument("--no-oracle", action="store_true", help="leave out the runs with the oracle approver")
    made.add_argument("--jobs", type=int, default=1, metavar="N", help="processes; timings are better with one")
    made.add_argument("--limit", type=int, metavar="N", help="lines of each listing")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the rows")
    made.add_argument("--against", type=Path, metavar="FILE", help="rows of an earlier run to compare with")
    made.add_argument("--quiet", action="store_true", help="no progress")
    return made


def choice_of(chosen: argparse.Namespace, attack: str = STOCK) -> Choice:
    """The choice that the options say, for one attack."""
    return Choice(
        suites=suite_names(chosen.suites),
        foreign=names_in(chosen.foreign),
        attack=attack,
        provenance=chosen.provenance,
        guards=chosen.guards,
        off=frozenset(names_in(chosen.off)),
        cases=tuple(chosen.case),
        every=chosen.every,
        benign_only=chosen.benign_only,
        oracle=not chosen.no_oracle,
    )


def report(rows: Sequence[Row], *, limit: int | None = None) -> str:
    """The table and the listings."""
    return f"{table(by_suite(rows))}\n{listing(rows, limit=limit)}"


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    started = perf_counter()
    rows = run_knock_outs(chosen) if chosen.off_each else run_attacks(chosen)
    took = perf_counter() - started
    if chosen.against:
        print(changes(read_rows(chosen.against), rows))
    print(f"\n{len(rows)} cases in {took:.1f} s with imports, {chosen.jobs} process(es)")
    if chosen.json:
        write_rows(chosen.json, rows, {"options": sys.argv[1:] if arguments is None else list(arguments)})
    return 1 if any(row.verdict == "error" for row in rows) else 0


def run_attacks(chosen: argparse.Namespace) -> list[Row]:
    """Every attack that is meant, one after the other; the benign tasks run with the first one only."""
    attacks = names_like(chosen.attack, (STOCK, WORDS))
    found: dict[str, list[Row]] = {}
    for number, attack in enumerate(attacks):
        choice = replace(choice_of(chosen, attack), attacks_only=number > 0)
        found[attack] = run_all(choice, jobs=chosen.jobs, quiet=chosen.quiet)
    rows = [row for part in found.values() for row in part]
    if len(attacks) == 1:
        print(report(rows, limit=chosen.limit))
    else:
        print(f"{line_table('attack', found)}\n{listing(rows, limit=chosen.limit)}")
    return rows


def run_knock_outs(chosen: argparse.Namespace) -> list[Row]:
    """Everything on, then each mechanism off in turn. The rows are those of the first run."""
    (attack,) = names_like(chosen.attack, (STOCK, WORDS))
    choice = choice_of(chosen, attack)
    sides = {"as it is": choice}
    sides |= {f"without {name}": replace(choice, off=choice.off | {name}) for name in names_in(chosen.off_each)}
    found = {name: run_all(side, jobs=chosen.jobs, quiet=chosen.quiet) for name, side in sides.items()}
    print(line_table("knock-out", found))
    return found["as it is"]


if __name__ == "__main__":
    sys.exit(main())
