"""The first recordings: the agent's benign tasks, played by the real model once."""

from __future__ import annotations

from pathlib import Path

from pytest_agentsafety.config import load_settings
from pytest_agentsafety.model.tasks import CaseRun
from pytest_agentsafety.runner.modes import cassette_path
from pytest_agentsafety.session.options import RunOptions
from pytest_agentsafety.session.plan import GENERATED, PlannedCase
from pytest_agentsafety.session.session import Session

MOST_USD = 5.0
"""What recording may cost where the configuration sets no limit for a run."""


def first_runs(start: Path, *, agent: str | None, command: str) -> Session | None:
    """A session of the benign cases that have no recording yet; None where there are none. Nothing has run yet.

    Raises ConfigError where the agent has no tools that could be attacked.
    """
    set_limit = load_settings(start).policy.run_budget.max_cost_usd
    options = RunOptions(
        start=start,
        root=start,
        prefix="--",
        agent=agent,
        suites=(GENERATED,),
        modes=("live",),
        record="once",
        record_on_command_line=True,
        max_cost_usd=MOST_USD if set_limit is None else None,
        command=command,
    )
    session = Session(options)
    missing = [planned for planned in session.cases if _is_missing(planned)]
    session.plan.deselected += len(session.cases) - len(missing)
    session.plan.cases, session.attacks_selected = missing, 0
    return session if missing else None


def _is_missing(planned: PlannedCase) -> bool:
    case = planned.run.case
    recorded = cassette_path(planned.suite, CaseRun(case=case, mode="recorded"))
    return case.kind == "benign" and not recorded.is_file()


def costs_at_most(session: Session) -> float:
    """US dollars: what the tasks' budgets allow together, within the limit of the run."""
    each = sum(session.rules.policy_for(planned.suite).budget.max_cost_usd for planned in session.cases)
    limit = session.run_limits.max_cost_usd
    return each if limit is None else min(each, limit)
