"""What one call through the tool door costs, against one `json.dumps` of the same call.

    python benchmarks/tool_door.py [rounds]

No text guards, no paths to look up and nothing recorded. The row with a target is the door with permissions, approval
lists and budget; the others have no guard at all (the bare path of a call), events that are made and dropped, and
provenance on top. All sides run in one process, in short alternating blocks; CPU time, medians over the blocks.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import thread_time
from typing import Any

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.policy import BudgetLimits, Policy, ToolRule

CALLS_PER_BLOCK = 200
TARGET = "read, permissions, approval"
CALL = {"to": "anna@example.com", "subject": "Lunch on Friday", "body": "Shall we meet at noon? " * 4, "urgent": False}
RULES = {
    "read_mail": ToolRule(effect="read"),
    "send_mail": ToolRule(effect="egress", roles={"to": "destination", "subject": "content", "body": "content"}),
}


class Kept:
    """A sink that takes every event and drops it: what making the events costs."""

    def emit(self, event: Event) -> None:
        """Drop the event."""


# ruff: noqa: ARG001 - tools that do nothing


def read_mail(to: str, subject: str, body: str, urgent: bool) -> str:
    return "sent"


def send_mail(to: str, subject: str, body: str, urgent: bool) -> str:
    return "sent"


def tools(policy: Policy, **options: Any) -> dict[str, Callable[..., Any]]:
    task = Gate(policy, guardrails=(), **options).open("Mail anna@example.com about lunch on Friday")
    return {tool.__name__: tool for tool in task.wrap([read_mail, send_mail])}


def timed(call: Callable[[], object]) -> float:
    start = thread_time()
    for _ in range(CALLS_PER_BLOCK):
        call()
    return (thread_time() - start) / CALLS_PER_BLOCK * 1e6


def sides() -> dict[str, Callable[[], object]]:
    limits = BudgetLimits(max_tool_calls=10**9, max_seconds=10**6, max_identical_calls=10**9)
    everything = Policy(tools=RULES, budget=limits)
    bare = everything.with_guards(frozenset())
    empty, full = tools(bare), tools(replace(everything, guards=everything.guards - {"destructive"}))
    seen = tools(bare, sink=Kept())
    target = tools(replace(everything, guards=everything.guards - {"destructive", "provenance"}))
    return {
        "json.dumps of the call": lambda: json.dumps({"tool": "read_mail", "arguments": CALL}),
        "read, no guards": lambda: empty["read_mail"](**CALL),
        "read, no guards, events": lambda: seen["read_mail"](**CALL),
        TARGET: lambda: target["read_mail"](**CALL),
        "read, permissions, provenance": lambda: full["read_mail"](**CALL),
        "write, permissions, provenance": lambda: full["send_mail"](**CALL),
    }


def main(rounds: int) -> None:
    calls = sides()
    assert calls["write, permissions, provenance"]() == "sent"
    for call in calls.values():
        timed(call)
    gc.disable()
    took: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            took[name].append(timed(call))
        gc.collect()
    medians = {name: median(times) for name, times in took.items()}
    base = medians["json.dumps of the call"]
    for name, time in medians.items():
        note = "  (at most 4)" if name == TARGET else ""
        print(f"{name:32} {time:8.2f} us   {time / base:6.2f}x{note}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
