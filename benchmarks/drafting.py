"""Drafted rules against hand labels: how often is a public tool understood right, and how often too harmless?

    python benchmarks/tool_corpus/extract.py --into FOLDER
    python -m benchmarks.drafting FOLDER [--sets] [--errors]

FOLDER has `extracted.jsonl`, the tools as their packages show them; the labels are `tool_corpus/labels.jsonl` (see
`tool_corpus/LABELS.md`). Sets are split in "dev", whose errors may be looked at (`--errors` lists them), "opened",
which were held at first and are dev now, and "held", of which only these figures are ever read. "own" are eighty tools
of ours (`tool_corpus/own_tools.py`) that nobody tunes on. Every look is written down in `tool_corpus/RESULTS.md`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.tool_corpus.own_tools import own_tools
from pytest_agentsafety.lexicon import GRAVITY
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import CRITICAL_ROLES
from pytest_agentsafety.permissions import draft_rule, sense_of

HERE = Path(__file__).resolve().parent / "tool_corpus"
MAKE = "python benchmarks/tool_corpus/extract.py --into {folder}"

_PLAINLY = CRITICAL_ROLES | {"code"}  # a label that also accepts another role counts neither way


@dataclass
class Tally:
    """Counts over some tools."""

    tools: int = 0
    effect_right: int = 0
    effect_unsafe: int = 0
    critical: int = 0
    critical_found: int = 0
    doubtful: int = 0
    harmless: int = 0
    over_marked: int = 0
    trust_right: int = 0
    trust_unsafe: int = 0
    unknown: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, spec: ToolSpec, label: Mapping[str, Any]) -> None:
        """Count one tool's draft against its label."""
        rule = draft_rule(spec)
        where = f"{label['set']}:{spec.name}"
        self.tools += 1
        self.unknown += bool(sense_of(spec).unknown)
        accepted = {label["effect"], *label.get("effect_also", ())}
        self.effect_right += rule.effect in accepted
        unsafe = GRAVITY.index(rule.effect) < min(map(GRAVITY.index, accepted))
        self.effect_unsafe += unsafe
        if rule.effect not in accepted:
            mark = "UNSAFE " if unsafe else ""
            self.errors.append(f"{mark}effect {where}: {rule.effect}, labelled {'|'.join(sorted(accepted))}")
        self._add_parameters(where, {**rule.roles}, label)
        trusts = {label["trust"], *label.get("trust_also", ())}
        self.trust_right += rule.result_trust in trusts
        if rule.result_trust not in trusts:
            self.trust_unsafe += rule.result_trust == "trusted"
            self.errors.append(f"trust {where}: {rule.result_trust}, labelled {label['trust']}")

    def _add_parameters(self, where: str, roles: Mapping[str, str], label: Mapping[str, Any]) -> None:
        for name, accepted in label["critical"].items():
            if not set(accepted) <= _PLAINLY:
                self.doubtful += 1
                continue
            self.critical += 1
            found = roles.get(name, "other") in CRITICAL_ROLES
            self.critical_found += found
            if not found:
                self.errors.append(f"missed {where}({name}): {roles.get(name)}, labelled {accepted}")
        for name in label["other"]:
            self.harmless += 1
            over = roles.get(name, "other") in CRITICAL_ROLES
            self.over_marked += over
            if over:
                self.errors.append(f"over {where}({name}): {roles[name]}, labelled {label['other'][name]}")


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % Wilson interval of a rate."""
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(hits: int, n: int) -> str:
    """A rate in percent with its interval."""
    low, high = wilson(hits, n)
    return f"{100 * hits / n:5.1f} % ({100 * low:.1f}-{100 * high:.1f}, {hits}/{n})" if n else "    - "


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _function(returns: str) -> Callable[..., Any]:
    """A tool of which only the outside is known."""

    def tool(**_: Any) -> None: ...

    tool.__annotations__ = {"return": returns} if returns else {}
    return tool


def spec_of(entry: Mapping[str, Any]) -> ToolSpec:
    """A line of the corpus as a tool."""
    return ToolSpec(
        name=entry["tool"],
        fn=_function(entry.get("returns") or ""),
        description=entry.get("description") or " ",
        input_schema=entry.get("input_schema") or {},
        output_schema=entry.get("output_schema") or None,
        hints=entry.get("annotations") or {},
    )


def _show(name: str, tally: Tally) -> None:
    print(f"{name}: {tally.tools} tools, {tally.unknown} with words not understood")
    print(f"  effect right          {rate(tally.effect_right, tally.tools)}")
    print(f"  effect too harmless   {rate(tally.effect_unsafe, tally.tools)}")
    print(f"  critical found        {rate(tally.critical_found, tally.critical)}")
    print(f"  harmless over-marked  {rate(tally.over_marked, tally.harmless)}")
    print(f"  result trust right    {rate(tally.trust_right, tally.tools)}")
    print(f"  trusted wrongly       {rate(tally.trust_unsafe, tally.tools)}")


def measure(corpus: Path, labels: Path) -> tuple[dict[str, Tally], dict[tuple[str, str], Tally], int]:
    """Tallies by part, by part and set, and how many labelled tools are not in the corpus."""
    shown = {(entry["set"], entry.get("group", ""), entry["tool"]): spec_of(entry) for entry in _lines(corpus)}
    halves: dict[str, Tally] = {"dev": Tally(), "opened": Tally(), "held": Tally(), "own": Tally()}
    sets: dict[tuple[str, str], Tally] = {}
    absent = 0
    for label in _lines(labels):
        spec = shown.get((label["set"], label.get("group", ""), label["tool"]))
        if spec is None:
            absent += 1
            continue
        halves[label["half"]].add(spec, label)
        sets.setdefault((label["half"], label["set"]), Tally()).add(spec, label)
    for entry, label in own_tools():
        halves["own"].add(spec_of(entry), label)
    return halves, sets, absent


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 2 when the corpus is not there."""
    parser = argparse.ArgumentParser(description="drafted rules against hand labels")
    parser.add_argument("folder", type=Path, help="the folder that extract.py made")
    parser.add_argument("--labels", type=Path, default=HERE / "labels.jsonl")
    parser.add_argument("--errors", action="store_true", help="list the errors of dev and opened")
    parser.add_argument("--skip", action="append", default=[], help="a part that is not to be shown, as to save a look")
    parser.add_argument("--sets", action="store_true", help="also a line per set")
    options = parser.parse_args(arguments)
    corpus = options.folder / "extracted.jsonl"
    if not corpus.is_file():
        print(f"{corpus} is missing; make it with: {MAKE.format(folder=options.folder)}", file=sys.stderr)
        return 2
    halves, sets, absent = measure(corpus, options.labels)
    for (half, name), tally in sorted(sets.items()) if options.sets else ():
        print(
            f"{half} {name}: effect {rate(tally.effect_right, tally.tools)}, too harmless {tally.effect_unsafe}, "
            f"critical {tally.critical_found}/{tally.critical}, over {tally.over_marked}/{tally.harmless}, "
            f"trust {tally.trust_right}/{tally.tools}"
        )
    if absent:
        print(f"{absent} labelled tools are not in the corpus")
    if options.errors:
        print("\n".join(halves["dev"].errors + halves["opened"].errors))
    for half, tally in halves.items():
        if half not in options.skip:
            _show(half, tally)
    return 0


if __name__ == "__main__":
    sys.exit(main())
