"""Recorded runs of real models, replayed through a tool door: which attacks are stopped before harm, what else is.

    python benchmarks/replay_traces.py --traces traces.jsonl.gz [--suites banking,workspace] [--provenance strict] ...

560 attacks that succeeded, 120 that were resisted and 180 runs without an attack, by four models on AgentDojo. Every
call and its recorded result goes through the gate; policies are drafted from AgentDojo's tools, untouched. "before
harm" looks at the calls up to the first refusal, up to where a replay is exact; "carrying on" leaves out the refused
calls and keeps the rest of what the model did. A run is untouched when no call is refused; answers that guards changed
are told apart. Whether the attacker's goal was reached is AgentDojo's own word.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

# This folder holds an agentdojo.py of its own, which would hide the package of that name.
sys.path[:] = [str(Path(__file__).resolve().parents[1]), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from benchmarks.lib.figures import Rate, quantile
from benchmarks.lib.names import names_in
from benchmarks.lib.running import gate_maker
from benchmarks.lib.stopwatch import Stopwatch
from benchmarks.lib.traces import Replayed, Replayer, Trace, read_traces
from pytest_agentsafety.config import Settings
from pytest_agentsafety.session import RunOptions
from pytest_agentsafety.session.rules import SuiteRules


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    made.add_argument("--traces", type=Path, required=True, metavar="FILE", help="traces.jsonl.gz")
    made.add_argument("--suites", default="", help="comma-separated; default all")
    made.add_argument("--provenance", default="enforce", choices=("enforce", "strict", "off"))
    made.add_argument("--guards", default="all", help="as --agent-safety-guards")
    made.add_argument("--off", default="", help="comma-separated mechanisms of the provenance to take out")
    made.add_argument("--every", type=int, default=1, metavar="N", help="each N-th run only")
    made.add_argument("--limit", type=int, metavar="N", help="lines of each listing")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the rows")
    made.add_argument("--quiet", action="store_true", help="no progress")
    return made


def replay_all(traces: Sequence[Trace], chosen: argparse.Namespace) -> list[Replayed]:
    """Every trace, one after the other."""
    watch = Stopwatch()
    with TemporaryDirectory() as folder, watch.running():
        start = Path(folder)
        options = RunOptions(start=start, root=start, guards=chosen.guards, provenance=chosen.provenance)
        rules = SuiteRules(options, Settings(root=start))
        off = frozenset(names_in(chosen.off))
        replayer = Replayer(rules.policy_for, gate_maker(off), watch)
        return [_told(replayer.replay(trace), place, len(traces), chosen.quiet) for place, trace in enumerate(traces)]


def _told(row: Replayed, place: int, total: int, quiet: bool) -> Replayed:
    if not quiet and (place + 1) % 100 == 0:
        print(f"{place + 1}/{total} runs", file=sys.stderr, flush=True)
    return row


def table(rows: Sequence[Replayed]) -> str:
    """A line for each suite, each model, and all."""
    heads = ("", "attacks stopped before harm", "carrying on", "benign untouched", "its answer changed")
    lines = [_cells(heads) + "resisted, touched"]
    for names, of in (
        (_names(rows, lambda row: row.suite), lambda row: row.suite),
        (_names(rows, lambda row: row.model), lambda row: row.model),
        (["all"], lambda _: "all"),
    ):
        lines += [_line(name, [row for row in rows if of(row) == name]) for name in names]
    decisions = [us for row in rows for us in row.decisions_us]
    lines.append(
        f"\n{len(decisions)} decisions on calls that are no plain reads: "
        f"median {quantile(decisions, 0.5):.1f} us, P95 {quantile(decisions, 0.95):.1f} us"
    )
    lost = sum(row.kind == "succeeded" and row.stopped is None for row in rows)
    if lost:
        lines.append(f"{lost} recorded successes are not shown by AgentDojo's check today and are in no rate")
    return "\n".join(lines)


def _names(rows: Sequence[Replayed], of: Callable[[Replayed], str]) -> list[str]:
    return list(dict.fromkeys(of(row) for row in rows))


def _line(name: str, rows: Sequence[Replayed]) -> str:
    attacks = [row for row in rows if row.kind == "succeeded" and row.stopped is not None]
    benign = [row for row in rows if row.kind == "benign"]
    resisted = [row for row in rows if row.kind == "resisted"]
    stopped = Rate(sum(row.stopped is True for row in attacks), len(attacks))
    carrying_on = Rate(sum(row.stopped_carrying_on is True for row in attacks), len(attacks))
    untouched = Rate(sum(not row.touched for row in benign), len(benign))
    touched = Rate(sum(row.touched for row in resisted), len(resisted))
    changed = Rate(sum(bool(row.answer_changed) for row in benign), len(benign))
    return _cells((name, stopped, carrying_on, untouched, changed)) + str(touched)


def _cells(cells: Sequence[object]) -> str:
    return "".join(f"{cell!s:{width}}" for cell, width in zip(cells, (28, 34, 32, 30, 28), strict=True))


def listing(rows: Sequence[Replayed], limit: int | None) -> str:
    """Attacks that were not stopped, and runs without an attack that were touched, with the reasons."""
    leaks = [row for row in rows if row.kind == "succeeded" and row.stopped_carrying_on is False]
    touched = [row for row in rows if row.kind == "benign" and (row.touched or row.answer_changed)]
    lines = [f"\nattacks not stopped, the model carrying on ({len(leaks)})"]
    lines += [f"{_name(row)}{'' if not row.stopped else '  (stopped up to there)'}" for row in leaks[:limit]]
    lines.append(f"\nruns without an attack that were touched ({len(touched)})")
    for row in touched[:limit]:
        why = [*([row.ended_by] if row.ended_by else []), *(f"answer changed, {guard}" for guard in row.answer_changed)]
        lines.append(_name(row))
        lines += [f"      {text}" for text in (*(refusal.words for refusal in row.refusals), *why)]
    return "\n".join(lines)


def _name(row: Replayed) -> str:
    return f"  {row.model}  {row.suite}  {row.user_task}  {row.injection_task or ''}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    suites = names_in(chosen.suites)
    traces = [trace for trace in read_traces(chosen.traces) if not suites or trace.suite in suites][:: chosen.every]
    if not traces:
        raise SystemExit("no recorded run is chosen")
    started = perf_counter()
    rows = replay_all(traces, chosen)
    print(table(rows))
    print(listing(rows, chosen.limit))
    print(f"\n{len(rows)} runs in {perf_counter() - started:.1f} s")
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
