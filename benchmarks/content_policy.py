"""How much the content policy and the destructive action guard find, and what they find where nothing is.

    python benchmarks/content_policy.py [DATA]

DATA is a folder with the development sets `content_policy.jsonl.gz` and `benign.jsonl.gz` (lines with `text`, `label`,
`source`); without it only the project's own lists are counted. Rates with n and their Wilson interval of 95 %. The
rules were written on the `tuned` lists; AdvBench was counted, not read.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import process_time

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.lib.figures import Rate
from benchmarks.lib.guard_texts import Call, calls, texts
from pytest_agentsafety.guards import ContentPolicyGuard, DestructiveActionGuard
from pytest_agentsafety.guards.content_lexicon import Lexicon, shipped
from pytest_agentsafety.guards.normalise import Normalised
from pytest_agentsafety.model.decisions import GuardContext
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import with_inferred_roles

CONTEXT = GuardContext(stage="input")
POLICY, ACTIONS = ContentPolicyGuard(), DestructiveActionGuard()
NOWHERE = Path("/nonexistent")


def asks_for_harm(text: str) -> bool:
    return POLICY.check(text, CONTEXT).triggered


def destroys(call: Call) -> bool:
    rule = with_inferred_roles(ToolRule(effect=call.effect), list(call.arguments))  # type: ignore[arg-type]
    made = ToolCall(call_id="c", name=call.tool, arguments=call.arguments)
    return ACTIONS.check_call(made, rule, endorsed=call.endorsed, base=NOWHERE) is not None


def rates(rows: Iterable[tuple[str, str]], found: Callable[[str], bool] = asks_for_harm) -> dict[str, Rate]:
    """Share of found rows by kind, the total under "all"."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for kind, text in rows:
        hit = found(text)
        for name in (kind, "all"):
            counts[name][0] += hit
            counts[name][1] += 1
    return {name: Rate(*counts[name]) for name in sorted(counts, key=lambda name: (name == "all", name))}


def show(title: str, figures: dict[str, Rate]) -> None:
    print(f"\n{title}")
    for name, rate in figures.items():
        print(f"  {name:<60} {rate}")


def own_lists() -> None:
    for name in ("tuned", "held", "more", "languages"):
        show(f"harmful, own list {name} (recall)", rates(texts(f"harmful_{name}")))
        show(f"harmless look-alikes, own list {name} (false positives)", rates(texts(f"safe_{name}")))
    for name in ("tuned", "held"):
        for kind in ("destructive", "harmless"):
            found = [destroys(call) for call in calls(f"{kind}_{name}")]
            print(f"\n{kind} tool calls, own list {name}: asks {Rate(sum(found), len(found))}")


def read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def data_sets(folder: Path) -> None:
    policy = read(folder / "content_policy.jsonl.gz")
    show("development set, harmful (recall)", rates((r["source"], r["text"]) for r in policy if r["label"]))
    show("development set, safe (false positives)", rates((r["source"], r["text"]) for r in policy if not r["label"]))
    benign = read(folder / "benign.jsonl.gz")
    show("benign (false positives)", rates((f"{r['source'][:40]} {r['kind']}", r["text"]) for r in benign))
    hard = [r for r in benign if r["kind"].startswith("hard")]
    show("benign, hard negatives alone", rates((r["kind"], r["text"]) for r in hard))


def speed() -> None:
    """The lexicon over clean text, per 10 KB of CPU time, beside the normalising that all guards share."""
    pages = " ".join((ROOT / name).read_text(encoding="utf-8") for name in ("ARCHITECTURE.md", "CHANGELOG.md"))
    text = pages[:10_240]
    lexicon = Lexicon(shipped())

    def timed(work: Callable[[], object]) -> float:
        work()
        times = []
        for _ in range(50):
            start = process_time()
            work()
            times.append(process_time() - start)
        return median(times) * 1e6

    engine, views = timed(lambda: list(lexicon.find(text))), timed(lambda: Normalised(text).views)
    larger = timed(lambda: list(lexicon.find(text * 20))) / 20
    calls_us = timed(lambda: [destroys(call) for call in calls("harmless_tuned")]) / len(calls("harmless_tuned"))
    print(f"\n10 KB: lexicon {engine:.0f} us, normalising {views:.0f} us; per 10 KB of 200 KB {larger / engine:.2f}x")
    print(f"a harmless tool call looked through for destructive commands: {calls_us:.0f} us")


if __name__ == "__main__":
    own_lists()
    if len(sys.argv) > 1:
        data_sets(Path(sys.argv[1]))
    speed()
