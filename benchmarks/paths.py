"""A race of symbolic links: realpath-then-open against SafeOpen, leaks and speed in one run.

    python benchmarks/paths.py [seconds]

A process of its own flips a folder between one inside and one outside the allowed path as fast as it can, while each
way reads a file in it for the same time (default: two seconds). A leak is a read that returned what stands outside.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter

from pytest_agentsafety.permissions import SafeOpen, beneath

FLIP = """
import os, sys
swap = sys.argv[1]
print("ready", flush=True)
while True:
    for target in ("../out", "sub"):
        os.symlink(target, swap + ".next")
        os.rename(swap + ".next", swap)
"""


def make_tree(top: Path) -> None:
    for folder in ("data/sub", "out"):
        (top / folder).mkdir(parents=True)
    (top / "out/x").write_text("outside")
    (top / "data/sub/x").write_text("inside")
    (top / "data/swap").symlink_to("sub")


def by_name(top: Path) -> Callable[[str], str]:
    allowed = os.path.realpath(top / "data") + "/"

    def read(path: str) -> str:
        if not os.path.realpath(top / path).startswith(allowed):
            raise PermissionError(path)
        return (top / path).read_text()

    return read


def race(read: Callable[[str], str], seconds: float) -> tuple[int, int, int]:
    """Reads that went through, that were refused, and that leaked."""
    done = refused = leaked = 0
    end = monotonic() + seconds
    while monotonic() < end:
        try:
            leaked += read("data/swap/x") == "outside"
            done += 1
        except OSError:
            refused += 1
    return done, refused, leaked


def speed(read: Callable[[str], str], rounds: int = 5_000) -> float:
    """Microseconds per read of a file where nothing flips, the best of five."""
    best = float("inf")
    for _ in range(5):
        start = perf_counter()
        for _ in range(rounds // 5):
            read("data/sub/x")
        best = min(best, (perf_counter() - start) / (rounds // 5))
    return best * 1e6


def main(seconds: float) -> int:
    kernel = beneath.has_openat2()
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        make_tree(top)
        safe = SafeOpen(["data"], base=top).read_text
        ways: list[tuple[str, Callable[[str], str], bool]] = [("realpath, then open", by_name(top), kernel)]
        if kernel:
            ways.append(("SafeOpen, openat2", safe, True))
        ways.append(("SafeOpen, walk", safe, False))
        ours = 0
        print(f"{'way':22}{'us per read':>12}{'reads':>10}{'refused':>10}{'leaks':>8}   race of {seconds:g} s each")
        for name, read, with_kernel in ways:
            beneath.has_openat2 = lambda with_kernel=with_kernel: with_kernel  # type: ignore[assignment]
            cost = speed(read)
            flipper = subprocess.Popen([sys.executable, "-c", FLIP, str(top / "data/swap")], stdout=subprocess.PIPE)
            assert flipper.stdout is not None
            flipper.stdout.readline()
            done, refused, leaked = race(read, seconds)
            flipper.kill()
            flipper.wait()
            (top / "data/swap.next").unlink(missing_ok=True)
            ours += leaked if read is safe else 0
            print(f"{name:22}{cost:12.1f}{done:10,}{refused:10,}{leaked:8,}")
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0))
