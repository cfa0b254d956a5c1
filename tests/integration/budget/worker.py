"""One process of a run, for test_processes.py: `worker.py MODE FILE THREADS TIMES`. Talks in lines of JSON."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

from pytest_agentsafety.budget import Budget, RunBudget, default_prices
from pytest_agentsafety.budget.totals import Totals
from pytest_agentsafety.model.errors import BudgetExceededError, LimitExceededError
from pytest_agentsafety.model.messages import ModelRequest, Usage
from pytest_agentsafety.model.policy import BudgetLimits
from pytest_agentsafety.protocols import Rates

PRICES = default_prices({"m": Rates(input=1e-6, output=10e-6, cache_read=0.1e-6, cache_write=1e-6)})
WIDE = BudgetLimits(max_cost_usd=1000.0, max_tokens=10**9, max_tool_calls=10**6)
BODY = b"{" + b"x" * 999
REQUEST = ModelRequest(url="", path="", body=BODY, payload={"model": "m", "max_tokens": 100, "messages": []})


def say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def spend(path: Path, threads: int, times: int) -> None:
    """Each thread is a task of its own; every second call settles below its bound, every tenth is never ended."""
    run = RunBudget.join(path)
    say(ready=True)
    sys.stdin.readline()
    start = Barrier(threads)

    def work(_: int) -> tuple[int, int, int, int]:
        account = Budget(WIDE, PRICES, parent=run)
        kept = settled = open_ = calls = 0
        start.wait()
        for number in range(times):
            try:
                held = account.reserve(REQUEST)
            except BudgetExceededError:
                pass
            else:
                if number % 10 == 9:
                    open_ += 1
                elif number % 2:
                    settled += 1
                    account.settle(held, Usage(input_tokens=500))
                else:
                    kept += 1
                    account.keep(held)
            try:
                account.count_tool_call()
                calls += 1
            except LimitExceededError:
                pass
        return kept, settled, open_, calls

    with ThreadPoolExecutor(threads) as pool:
        kept, settled, open_, calls = (sum(column) for column in zip(*pool.map(work, range(threads)), strict=True))
    say(kept=kept, settled=settled, open=open_, calls=calls)


def hold(path: Path) -> None:
    """Be killed with a reservation in hand."""
    account = Budget(WIDE, PRICES, parent=RunBudget.join(path))
    account.settle(account.reserve(REQUEST), Usage(input_tokens=500))
    account.reserve(REQUEST)
    account.count_tool_call()
    say(ready=True)
    sys.stdin.readline()


def lock(path: Path) -> None:
    """Be killed in the middle of a change, with the lock in hand."""
    run = RunBudget.join(path)

    def step(totals: Totals) -> Totals:
        say(ready=True)
        sys.stdin.readline()
        return totals._replace(cost=0)

    run._store.change(step)


def busy(path: Path) -> None:
    """Be killed anywhere: reserve, say so, settle, say so, for ever."""
    account = Budget(WIDE, PRICES, parent=RunBudget.join(path))
    say(ready=True)
    while True:
        held = account.reserve(REQUEST)
        say(reserved=1)
        account.settle(held, Usage(input_tokens=500))
        say(settled=1)


if __name__ == "__main__":
    mode, file = sys.argv[1], Path(sys.argv[2])
    if mode == "spend":
        spend(file, int(sys.argv[3]), int(sys.argv[4]))
    else:
        {"hold": hold, "lock": lock, "busy": busy}[mode](file)
