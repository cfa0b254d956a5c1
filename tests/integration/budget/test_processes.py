"""One run, several real processes: no overshoot, and nothing is lost when one of them is killed.

`AGENTSAFETY_LONG=1` makes the counts large.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.budget import RunBudget
from pytest_agentsafety.model.policy import RunLimits

LONG = os.environ.get("AGENTSAFETY_LONG") == "1"
ROOT = Path(__file__).parents[3]
WORKER = Path(__file__).with_name("worker.py")
BOUND, SETTLED = 0.002, 0.0005  # US dollars of one call of the worker: held, and charged when it is settled

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts workers, and ends those that a failed test leaves behind."""
    running: list[subprocess.Popen[str]] = []

    def go(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, str(WORKER), *map(str, arguments)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        running.append(process)
        return process

    yield go
    for process in running:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def kill(process: subprocess.Popen[str]) -> str:
    """Kill it; what it still said."""
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    rest = process.stdout.read()
    assert process.wait() == -signal.SIGKILL
    return rest


def test_fifty_threads_in_four_processes_share_one_cap_with_an_overshoot_of_zero(tmp_path: Path, start: Start) -> None:
    path, times = tmp_path / "run.txt", 200 if LONG else 10
    calls = 130 * times // 10
    cap = round(500 * times * BOUND * 0.07, 6)  # about a tenth of what they ask for
    run = RunBudget.at(path, RunLimits(max_cost_usd=cap, max_tool_calls=calls))
    workers = [start("spend", path, threads, times) for threads in (13, 13, 12, 12)]
    for worker in workers:
        assert line(worker) == {"ready": True}
    for worker in workers:
        go_on(worker)
    done = [line(worker) for worker in workers]
    assert all(worker.wait() == 0 for worker in workers)

    total = {key: sum(report[key] for report in done) for key in ("kept", "settled", "open", "calls")}
    spent = run.spent
    assert spent.cost_usd + spent.reserved_usd <= cap
    assert spent.tool_calls == total["calls"] == calls
    assert spent.cost_usd == pytest.approx(total["kept"] * BOUND + total["settled"] * SETTLED, abs=1e-12)
    assert spent.reserved_usd == pytest.approx(total["open"] * BOUND, abs=1e-12)
    assert total["kept"] > 0
    assert cap - (spent.cost_usd + spent.reserved_usd) < BOUND  # they were refused because it was full, and only then


def test_what_a_killed_process_held_stays_charged(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "run.txt"
    run = RunBudget.at(path, RunLimits(max_cost_usd=BOUND * 10))
    worker = start("hold", path)
    assert line(worker) == {"ready": True}
    kill(worker)
    spent = run.spent
    assert (spent.cost_usd, spent.reserved_usd, spent.tool_calls) == (SETTLED, BOUND, 1)
    assert (spent.tokens, spent.reserved_tokens) == (500, 1100)


def test_a_process_killed_with_the_lock_in_hand_changes_nothing_and_frees_it(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "run.txt"
    run = RunBudget.at(path, RunLimits(max_tool_calls=2))
    run.count_tool_call()
    before = path.read_bytes()
    worker = start("lock", path)
    assert line(worker) == {"ready": True}
    kill(worker)
    assert path.read_bytes() == before
    run.count_tool_call()
    assert run.spent.tool_calls == 2


@pytest.mark.parametrize("after", range(40 if LONG else 4))
def test_killed_anywhere_the_file_is_whole_and_no_reservation_is_lost(tmp_path: Path, start: Start, after: int) -> None:
    path = tmp_path / "run.txt"
    run = RunBudget.at(path, RunLimits(max_cost_usd=1000.0))
    worker = start("busy", path)
    assert line(worker) == {"ready": True}
    said = [line(worker) for _ in range(after * 7 + 1)]
    said += [json.loads(text) for text in kill(worker).splitlines(keepends=True) if text.endswith("\n")]
    reserved, settled = sum("reserved" in one for one in said), sum("settled" in one for one in said)

    # One more step may have been taken, and not yet said, when the kill came.
    spent = run.spent
    possible = [(settled, reserved - settled)]
    possible.append((settled + 1, 0) if reserved > settled else (settled, 1))
    assert (round(spent.cost_usd / SETTLED), round(spent.reserved_usd / BOUND)) in possible


def test_xdist_workers_share_one_cap(tmp_path: Path) -> None:
    tests = """
        import pytest
        from pathlib import Path
        from pytest_agentsafety.budget import open_run_budget
        from pytest_agentsafety.model.errors import LimitExceededError
        from pytest_agentsafety.model.policy import RunLimits

        RUN = open_run_budget(RunLimits(max_tool_calls=10), Path(__file__).parent / "evidence")

        @pytest.mark.parametrize("n", range(40))
        def test_call(n, worker_id):
            assert worker_id != "master"
            try:
                RUN.count_tool_call()
            except LimitExceededError:
                pytest.skip("refused")
    """
    (tmp_path / "test_calls.py").write_text(textwrap.dedent(tests))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "4",
        "-p",
        "xdist",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
    ]
    ended = subprocess.run(
        [*command, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert "10 passed, 30 skipped" in ended.stdout, ended.stdout + ended.stderr
    assert RunBudget.join(tmp_path / "evidence" / "run_budget.txt").spent.tool_calls == 10
