"""Declarative checks: what tasks.yaml and injections.yaml may say about the end of a case."""

from pytest_agentsafety.catalog.checks.outcome import Check, Names, Outcome
from pytest_agentsafety.catalog.checks.registry import check_names, parse_check

__all__ = ["Check", "Names", "Outcome", "check_names", "parse_check"]
