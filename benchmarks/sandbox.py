"""What `print(1)` costs in the sandbox, against a bare interpreter, in one run.

    python benchmarks/sandbox.py [--runs N] [--json]

Wall seconds until the output and the end are known, all ways in turn; medians, and the medians of the ratios within
each turn. Targets: fork server at most 1.0x, one-shot at most 3.5x, one-shot with namespaces at most 4.5x. Exit status
1 when one is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox
from pytest_agentsafety.sandbox.paths import executable
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.support import namespaces_work
from pytest_agentsafety.sandbox.warm import WarmSandbox

_CODE = "print(1)"
_TARGETS = {"fork server": 1.0, "one-shot": 3.5, "one-shot + namespaces": 4.5}


def bare() -> None:
    done = subprocess.run([executable(), "-I", "-S", "-c", _CODE], capture_output=True, check=True)
    assert done.stdout == b"1\n"


def inside(box: NativeSandbox) -> Callable[[], None]:
    def run() -> None:
        result = box.run(Program(_CODE), Limits())
        assert (result.status, result.stdout) == ("ok", "1\n"), result

    return run


def measure(ways: dict[str, Callable[[], None]], runs: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(runs + 2):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            if turn >= 2:  # the first two warm up
                seconds[name].append(time.perf_counter() - started)
    return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=41, metavar="N")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        ways: dict[str, Callable[[], None]] = {"bare python -I -S": bare}
        for namespaces in (False, True) if namespaces_work() else (False,):
            suffix = " + namespaces" if namespaces else ""
            ways[f"one-shot{suffix}"] = inside(NativeSandbox(namespaces=namespaces))
            ways[f"fork server{suffix}"] = inside(stack.enter_context(WarmSandbox(namespaces=namespaces)))
        seconds = measure(ways, chosen.runs)
    base = seconds["bare python -I -S"]
    rows = {
        name: {
            "median_ms": round(statistics.median(found) * 1000, 2),
            "ratio": round(statistics.median(a / b for a, b in zip(found, base, strict=True)), 2),
            "target": _TARGETS.get(name),
        }
        for name, found in seconds.items()
    }
    if chosen.json:
        print(json.dumps(rows, indent=2))
    for name, row in () if chosen.json else rows.items():
        target = "" if row["target"] is None else f"  (target {row['target']}x)"
        print(f"{name:<26} {row['median_ms']:>8.2f} ms  {row['ratio']:>5.2f}x{target}")
    return int(any(row["target"] is not None and row["ratio"] > row["target"] for row in rows.values()))


if __name__ == "__main__":
    sys.exit(main())
