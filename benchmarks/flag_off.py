"""What an installed plugin costs a pytest run that does not use it: one test, with and without the plugin, in turn.

    python benchmarks/flag_off.py [--runs N] [--tests fifty]

CPU seconds (user + system) of whole processes, alternating; medians and their ratio. Target: at most 1.03x. With
`--tests fifty` the run is that of a project of fifty tests (tests/integration/plugin/existing_project.py).
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

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.integration.conftest import Project
from tests.integration.plugin.existing_project import write_project

_TEST = "def test_one():\n    assert 1 + 1 == 2\n"


def cpu_of(folder: Path, *extra: str) -> float:
    """CPU seconds of one session."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *extra]
    done = subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL)
    assert done.returncode in (0, 1), f"status {done.returncode}: the project did not run"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def write(folder: Path, *, fifty: bool) -> None:
    """The tests that are run."""
    if fifty:
        write_project(Project(folder), loops=False)
    else:
        (folder / "test_one.py").write_text(_TEST)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, metavar="N")
    parser.add_argument("--tests", choices=("one", "fifty"), default="one")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, fifty=chosen.tests == "fifty")
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
