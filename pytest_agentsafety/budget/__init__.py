"""Limits that hold before the act: reserve an upper bound, settle what it really was, keep what is unknown."""

from __future__ import annotations

from pytest_agentsafety.budget.bound import RequestBound, UnboundedRequestError, bound_of, estimate_usage
from pytest_agentsafety.budget.budget import ActionCostError, Budget, Charge, Reservation, Spent
from pytest_agentsafety.budget.prices import RateCard, default_prices

__all__ = [
    "ActionCostError",
    "Budget",
    "Charge",
    "RateCard",
    "RequestBound",
    "Reservation",
    "Spent",
    "UnboundedRequestError",
    "bound_of",
    "default_prices",
    "estimate_usage",
]
