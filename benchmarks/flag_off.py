"""What an installed plugin costs a pytest run that does not use it: one test, with and without the plugin, in turn.

    python benchmarks/flag_off.py [--runs N]

CPU seconds (user + system) of whole processes, alternating; medians and their ratio. Target: at most 1.03x.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_TEST = "def test_one():\n    assert 1 + 1 == 2\n"


def cpu_of(folder: Path, *extra: str) -> float:
    """CPU seconds of one session."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *extra, "test_one.py"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, metavar="N")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_one.py").write_text(_TEST)
        cpu_of(folder), cpu_of(folder, "-p", "no:agentsafety")
        pairs = [(cpu_of(folder), cpu_of(folder, "-p", "no:agentsafety")) for _ in range(chosen.runs)]
    with_plugin = statistics.median(pair[0] for pair in pairs)
    without = statistics.median(pair[1] for pair in pairs)
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"with the plugin {with_plugin:.3f} s, without {without:.3f} s CPU; medians of {chosen.runs} pairs")
    print(f"median ratio {ratio:.3f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
