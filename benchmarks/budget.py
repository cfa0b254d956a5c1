"""What the budget costs: microseconds per reserve + settle and per tool call, alone and with the account of the run.

    python benchmarks/budget.py [rounds]

CPU time of this process; the median over short blocks that take turns, so that a busy machine blurs all sides alike.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

from pytest_agentsafety.budget import Budget, RunBudget, default_prices
from pytest_agentsafety.model.messages import ModelRequest, Usage
from pytest_agentsafety.model.policy import BudgetLimits, RunLimits
from pytest_agentsafety.protocols import Rates

CALLS_PER_BLOCK = 100
WIDE = BudgetLimits(max_cost_usd=1e5, max_cost_per_action_usd=1e5, max_tokens=10**12, max_tool_calls=10**9)
RUN = RunLimits(max_cost_usd=1e5, max_tokens=10**12, max_tool_calls=10**9)
USAGE = Usage(input_tokens=400, output_tokens=80, cache_read_input_tokens=100)


def a_request() -> ModelRequest:
    payload = {
        "model": "m",
        "max_tokens": 512,
        "messages": [{"role": "user", "content": "Read the file, please. " * 40}] * 4,
        "tools": [{"name": "read_file", "input_schema": {"type": "object", "properties": {}}}],
    }
    return ModelRequest(url="", path="/v1/messages", body=json.dumps(payload).encode(), payload=payload)


def timed(call: Callable[[], object]) -> float:
    start = process_time()
    for _ in range(CALLS_PER_BLOCK):
        call()
    return (process_time() - start) / CALLS_PER_BLOCK * 1e6


def main(rounds: int) -> None:
    prices = default_prices({"m": Rates(input=3e-6, output=15e-6, cache_read=0.3e-6, cache_write=3.75e-6)})
    request, numbers = a_request(), iter(range(10**9))
    with tempfile.TemporaryDirectory() as folder:
        accounts = {
            "task alone": Budget(WIDE, prices),
            "+ run, in process": Budget(WIDE, prices, parent=RunBudget(RUN)),
            "+ run, shared file": Budget(WIDE, prices, parent=RunBudget.at(Path(folder) / "run.txt", RUN)),
        }
        jobs: dict[tuple[str, str], Callable[[], object]] = {}
        for name, account in accounts.items():
            jobs[name, "reserve + settle"] = lambda a=account: a.settle(a.reserve(request), USAGE)  # type: ignore[misc]
            held = account.reserve(request)
            jobs[name, "reserve again + keep"] = lambda a=account, h=held: a.keep(a.reserve_again(h))  # type: ignore[misc]
            jobs[name, "tool call"] = lambda a=account: a.count_tool_call("t", {"n": next(numbers)})  # type: ignore[misc]
        found: dict[tuple[str, str], list[float]] = {job: [] for job in jobs}
        gc.disable()
        for _ in range(rounds):
            for job, call in jobs.items():
                found[job].append(timed(call))
            gc.collect()
    for (name, what), figures in found.items():
        print(f"{name:20} {what:22} {median(figures):8.1f} us")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
