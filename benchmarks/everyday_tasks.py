"""Everyday tasks on drafted tools: python benchmarks/everyday_tasks.py [first ... tenth] [--quiet]

Each file in `benchmarks/everyday` holds short scenes of several domains: a task, the calls that do it, and calls that a
text in the results would like to see. A scene is done when none of its calls asks. No agent and no model run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

sys.path[:] = [str(Path(__file__).resolve().parents[1]), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from benchmarks.everyday.scenes import Played, play
from benchmarks.lib.figures import Rate

FILES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def played(name: str) -> list[Played]:
    """All scenes of a file."""
    return [play(scene) for scene in import_module(f"benchmarks.everyday.{name}").SCENES.all]


def told(name: str, found: Sequence[Played], *, quiet: bool) -> str:
    """The figures of a file, and what was refused or passed."""
    done = sum(not one.refused for one in found)
    passed, attempts = sum(len(one.passed) for one in found), sum(len(one.scene.attacks) for one in found)
    lines = [f"{name}: done {Rate(done, len(found))}, attacks passed {Rate(passed, attempts)}"]
    for one in () if quiet else found:
        lines += [f"  refused: {one.scene.task}"] if one.refused else []
        lines += [f"    {tool}: {decision.reason}" for tool, decision in one.refused]
        lines += [f"  PASSED: {one.scene.task}: {tool}: {decision.reason}" for tool, decision in one.passed]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    made = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    made.add_argument("files", nargs="*", default=[*FILES])
    made.add_argument("--quiet", action="store_true", help="figures only")
    chosen = made.parse_args(arguments)
    for name in chosen.files:
        print(told(name, played(name), quiet=chosen.quiet))
    return 0


if __name__ == "__main__":
    sys.exit(main())
