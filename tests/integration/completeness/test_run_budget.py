"""Two xdist workers and one budget of the run, through the whole plugin: it stops, says so, and is not passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("xdist", reason="pytest-xdist is an extra: pip install pytest-agentsafety[xdist]")

CAP = 0.05  # US dollars: what some of the cases cost, and what two calls at once can hold
TASKS = {f"task{number}": f"What does ticket 7 say, reader {number}?" for number in range(12)}


@pytest.fixture(scope="module")
def run(new_project: Callable[[], Any], write_desk: Callable[..., str]) -> Any:
    project = new_project()
    project.file("agentsafety.toml", f"[tool.agentsafety.run_budget]\nmax_cost_usd = {CAP}\n")
    suite = write_desk(project, tasks=TASKS)
    project.done = project.pytest("--agent-safety-only", "--agent-safety", f"--agent-safety-suite={suite}", "-n2")
    return project


def test_what_all_workers_spent_is_within_the_cap(run: Any) -> None:
    rows = run.rows()
    assert len(rows) == 2 * len(TASKS)
    total = sum(row["cost_usd"] for row in rows)
    assert 0 < total <= CAP


def test_the_rest_of_the_run_is_refused_and_says_why(run: Any) -> None:
    refused = [row for row in run.rows() if row["verdict"] == "error"]
    judged = [row for row in run.rows() if row["verdict"] != "error"]
    assert refused
    assert judged
    assert all(row["error"].startswith("BudgetExceededError: cost of the run would reach") for row in refused)
    assert all(f"limit of {CAP:g} USD" in row["error"] for row in refused)


def test_the_run_fails(run: Any) -> None:
    assert run.done.status == 1, run.done.text
    assert "cost of the run" in run.done.text


def test_both_workers_took_part(run: Any) -> None:
    assert {path.name for path in (run.folder / "workers").iterdir()} == {"gw0", "gw1"}
