"""Limits that hold before the act: reserve an upper bound, settle what it really was, keep what is unknown."""

from __future__ import annotations

from pytest_agentsafety.budget.bound import (
    RequestBound,
    TokenCounter,
    UnboundedRequestError,
    bound_of,
    estimate_usage,
)
from pytest_agentsafety.budget.budget import ActionCostError, Budget, Charge, Reservation, Spent
from pytest_agentsafety.budget.loops import LoopDetectedError
from pytest_agentsafety.budget.prices import RateCard, default_prices
from pytest_agentsafety.budget.run import (
    RUN_BUDGET_FILE,
    RunBudget,
    RunSpent,
    continue_run_budget,
    ends_run,
    open_run_budget,
)
from pytest_agentsafety.budget.totals import BudgetFileError

__all__ = [
    "RUN_BUDGET_FILE",
    "ActionCostError",
    "Budget",
    "BudgetFileError",
    "Charge",
    "LoopDetectedError",
    "RateCard",
    "RequestBound",
    "Reservation",
    "RunBudget",
    "RunSpent",
    "Spent",
    "TokenCounter",
    "UnboundedRequestError",
    "bound_of",
    "continue_run_budget",
    "default_prices",
    "ends_run",
    "estimate_usage",
    "open_run_budget",
]
