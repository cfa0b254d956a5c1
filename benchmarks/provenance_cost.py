"""What provenance costs as results and conversations grow: labelling a result, and each later decision.

    python benchmarks/provenance_cost.py [--rounds N] [--kind records|text] [--json FILE]

Through a real tool door, without text guards and evidence, with provenance and without it in one run. First one result
of 1 KB to 1 MB, then conversations of 1 to 256 results of 4 KB. After that come calls that pay and send: with an
account from the task, from a result and from nowhere, and with a body that has a foreign link; no two are equal.
"label" is the work on the (last) result, "first" the first decision that looks into results. Microseconds of the
thread's CPU. "growth" is the exponent between the last two lines: 1 is linear, 0 flat.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import count, islice
from math import log
from pathlib import Path
from statistics import median
from typing import Any

# This folder holds an agentdojo.py of its own, which would hide the package of that name.
sys.path[:] = [str(Path(__file__).resolve().parents[1]), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from benchmarks.lib.figures import quantile
from benchmarks.lib.stopwatch import Stopwatch
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.model.policy import BudgetLimits, Policy, ToolRule

SIZES = (1, 4, 16, 64, 256, 1024)
LENGTHS = (1, 4, 16, 64, 256)
EACH = 4
TASK = "Pay 25.00 to DE89370400440532013000 and mail anna@example.com that it is done, with the invoice 2024-117."
RULES = {
    "read_page": ToolRule(effect="read"),
    "pay": ToolRule(effect="pay", roles={"account": "destination", "amount": "amount", "note": "content"}),
    "mail": ToolRule(effect="egress", roles={"to": "destination", "subject": "content", "body": "content"}),
}

# ruff: noqa: ARG001 - tools that do nothing


@dataclass(frozen=True)
class Line:
    """One point of a curve; microseconds. `first` is the first decision that has to look into the results, the next
    four are medians by where the values come from, `p95` is over all of those."""

    size: int
    label: float
    first: float
    task: float
    result: float
    nowhere: float
    link: float
    p95: float
    without: float


def records(kilobytes: int) -> str:
    """A result of records, as a directory or a mailbox gives them."""
    return _filled(
        kilobytes,
        "- id: {n}\n  name: Person {n} of Town\n  email: person.{n}@town-{t}.example\n  account: GB{n:018d}\n"
        "  amount: {n}.50\n  date: 2024-05-{d:02d}\n"
        "  note: 'Met at the fair, asked for an offer of {n} pieces, see www.town-{t}.example/{n}'\n",
    )


def text(kilobytes: int) -> str:
    """A result of prose, as a page or a document gives it."""
    return _filled(
        kilobytes,
        "On day {n} we wrote to person.{n}@town-{t}.example about order {n}; the sum of {n}.50 goes to GB{n:018d}, "
        "details are at www.town-{t}.example/{n}, to be paid by 2024-05-{d:02d}. ",
    )


def _filled(kilobytes: int, template: str) -> str:
    pieces = (template.format(n=number, t=number % 97, d=number % 28 + 1) for number in count())
    needed = kilobytes * 1024 // len(template) + 2
    return "".join(islice(pieces, needed))[: kilobytes * 1024]


KINDS: dict[str, Callable[[int], str]] = {"records": records, "text": text}


class Side:
    """One task with provenance or without it."""

    def __init__(self, watch: Stopwatch, *, provenance: bool) -> None:
        limits = BudgetLimits(max_tool_calls=10**9, max_seconds=10**6, max_identical_calls=10**9)
        policy = Policy(tools=RULES, budget=limits)
        guards = policy.guards - {"destructive", "permissions"}
        policy = policy.with_guards(guards if provenance else guards - {"provenance"})
        self._watch, self._page = watch, ""
        task = Gate(policy, guardrails=()).open(TASK)
        self._tools = {tool.__name__: tool for tool in task.wrap([self._reader(), _pay, _mail])}

    def _reader(self) -> Callable[..., str]:
        def read_page(number: int) -> str:
            return self._page

        return read_page

    def read(self, page: str) -> float:
        """The cost of labelling one result."""
        self._page = page
        self._watch.take()
        self._tools["read_page"](number=1)
        return sum(self._watch.take()[1])

    def decide(self, call: Call) -> float:
        """The cost of one decision."""
        self._watch.take()
        self.call(call)
        (spent,) = self._watch.take()[0]
        return spent

    def call(self, call: Call) -> Any:
        """Make a call; what the agent gets."""
        name, arguments = call
        return self._tools[name](**arguments)


def _pay(account: str, amount: str, note: str) -> str:
    return "paid"


def _mail(to: str, subject: str, body: str) -> str:
    return "sent"


_pay.__name__, _mail.__name__ = "pay", "mail"


Call = tuple[str, dict[str, Any]]


def calls(pages: Sequence[str]) -> dict[str, Iterator[Call]]:
    """Calls by where their values come from; no two are equal, so that nothing is remembered from the one before."""
    heard = re.findall(r"\bGB\d{18}\b", "".join(pages))[::-1]  # from the end: there a search is longest
    return {
        "task": (_paying("DE89370400440532013000", number) for number in count()),
        "result": (_paying(heard[number % len(heard)], number) for number in count()),
        "nowhere": (_paying(f"FR{number:020d}", number) for number in count(7)),
        "link": (_mailing(number) for number in count()),
    }


def _paying(account: str, number: int) -> Call:
    return "pay", {"account": account, "amount": "25.00", "note": f"Invoice 2024-117, part {number}"}


def _mailing(number: int) -> Call:
    body = f"{'It is done. ' * 40} See www.elsewhere-{number}.example/{number} and person.{number}@town-1.example."
    return "mail", {"to": "anna@example.com", "subject": f"Done {number}", "body": body}


def measure(size: int, pages: Sequence[str], rounds: int, watch: Stopwatch) -> Line:
    """Label the pages one by one, then decide."""
    with_it, without = Side(watch, provenance=True), Side(watch, provenance=False)
    labels = [with_it.read(page) for page in pages]
    for page in pages:
        without.read(page)
    kinds = calls(pages)
    gc.collect()
    first = with_it.decide(next(kinds["nowhere"]))
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    bare: list[float] = []
    for _ in range(rounds):
        for kind, made in kinds.items():
            call = next(made)
            spent[kind].append(with_it.decide(call))
            bare.append(without.decide(call))
    medians = {kind: median(times) for kind, times in spent.items()}
    p95 = quantile((time for times in spent.values() for time in times), 0.95)
    return Line(size, median(labels[-8:]), first, **medians, p95=p95, without=median(bare))


def curve(title: str, unit: str, lines: Sequence[Line]) -> str:
    """A table of the points, with how each column grows."""
    columns = [field.name for field in fields(Line)][1:]
    rows = [f"{unit:>10}" + "".join(f"{name:>11}" for name in columns)]
    rows += [f"{line.size:>10}" + "".join(f"{getattr(line, name):>11.1f}" for name in columns) for line in lines]
    growth = "".join(f"{_growth(lines, name):>11.2f}" for name in columns)
    return "\n".join([f"\n{title} (us)", *rows, f"{'growth':>10}{growth}"])


def _growth(lines: Sequence[Line], name: str) -> float:
    first, last = lines[-2:]
    start, end = max(getattr(first, name), 0.1), max(getattr(last, name), 0.1)
    return log(end / start) / log(last.size / first.size)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40, help="decisions of each kind at each point")
    parser.add_argument("--kind", choices=tuple(KINDS), default="records", help="what results are like")
    parser.add_argument("--largest", type=int, default=SIZES[-1], metavar="KB", help="leave out larger results")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the points")
    chosen = parser.parse_args(arguments)
    make, watch = KINDS[chosen.kind], Stopwatch()
    with watch.running():
        measure(1, [make(1)], 8, watch)  # warm
        by_size = [
            measure(size, [make(size)], chosen.rounds, watch) for size in SIZES if size <= max(chosen.largest, 4)
        ]
        pages = make(EACH * LENGTHS[-1])
        cut = [pages[at : at + EACH * 1024] for at in range(0, len(pages), EACH * 1024)]
        by_length = [
            measure(length, cut[:length], chosen.rounds, watch)
            for length in LENGTHS
            if EACH * length <= max(chosen.largest, 4 * EACH)
        ]
    print(curve(f"one result of {chosen.kind}", "KB", by_size))
    print(curve(f"a conversation of results of {EACH} KB each", "results", by_length))
    if chosen.json:
        points = {"by_size": [asdict(line) for line in by_size], "by_length": [asdict(line) for line in by_length]}
        chosen.json.write_text(json.dumps(points, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
