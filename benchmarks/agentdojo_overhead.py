"""What the harness costs: the same SDK loop on the same AgentDojo cases, bare and through both doors, in one run.

    python benchmarks/agentdojo_overhead.py [--suite agentdojo:banking ...] [--every N] [--guards none]

Every case runs bare, then through the whole harness (gate, evidence on disk, AgentDojo's checks), so that the machine's
moods hit both sides. CPU seconds of the process, all threads. The report at the end is timed apart.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

# This folder holds an agentdojo.py of its own, which would hide the package of that name.
sys.path[:] = [str(Path(__file__).resolve().parents[1]), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from benchmarks.agentdojo_cpu import SuiteTiming, _as_it_is, _bare_case, _whole_checks
from pytest_agentsafety.session import PlannedCase, RunOptions, Session
from pytest_agentsafety.session.finish import finish


@dataclass
class Pair:
    """Both sides of one suite, CPU in seconds."""

    name: str
    bare: float = 0.0
    gated: float = 0.0
    cases: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        ratio = self.gated / self.bare if self.bare else float("nan")
        told = ", ".join(f"{verdict} {count}" for verdict, count in sorted(self.verdicts.items()))
        return f"{self.name:22}{self.cases:>6}{self.bare:>9.2f}{self.gated:>9.2f}{ratio:>8.2f}x  {told}"


def measure(session: Session, planned: PlannedCase, pair: Pair, *, whole_checks: bool) -> None:
    """One case, both ways."""
    start = process_time()
    with _whole_checks() if whole_checks else _as_it_is():
        _bare_case(planned.suite, planned.run.case, SuiteTiming(pair.name))
    middle = process_time()
    result = session.run(planned)
    pair.gated += process_time() - middle
    pair.bare += middle - start
    pair.cases += 1
    pair.verdicts[result.verdict] += 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", action="append", help="repeatable; default agentdojo (all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each N-th case only")
    parser.add_argument(
        "--whole-checks",
        action="store_true",
        help="the bare side scores as AgentDojo does, without the bridge's sharing",
    )
    parser.add_argument("--guards", default="none", help="as --agent-safety-guards")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        options = RunOptions(
            start=Path.cwd(),
            root=Path(folder),
            suites=tuple(chosen.suite or ["agentdojo"]),
            modes=("hijacked",),
            guards=chosen.guards,
        )
        session = Session(options)
        session.start()
        pairs: dict[str, Pair] = {}
        for planned in session.cases[:: chosen.every]:
            pair = pairs.setdefault(planned.suite.name, Pair(planned.suite.name))
            measure(session, planned, pair, whole_checks=chosen.whole_checks)
        session.close()
        start = process_time()
        finish(session)
        ending = process_time() - start
    _print(list(pairs.values()), ending)
    return 0


def _print(pairs: Sequence[Pair], ending: float) -> None:
    print(f"{'suite':22}{'cases':>6}{'bare s':>9}{'gated s':>9}{'ratio':>9}")
    for pair in pairs:
        print(pair.line())
    whole = Pair("all", sum(p.bare for p in pairs), sum(p.gated for p in pairs), sum(p.cases for p in pairs))
    print(whole.line())
    with_ending = (whole.gated + ending) / whole.bare
    print(f"metrics, checklist and report at the end: {ending:.2f} s CPU (with them {with_ending:.2f}x)")


if __name__ == "__main__":
    os.environ.setdefault("ANTHROPIC_API_KEY", "no key is needed: nothing is sent")
    sys.exit(main())
