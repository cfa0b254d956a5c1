"""The two lists of the policy."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

from pytest_agentsafety.model.policy import ApprovalRules


def triage(rules: ApprovalRules, tool: str) -> Literal["ask", "approve"] | None:
    """What the lists say of a tool: "ask" wins over "approve", None where neither has it. Globs, case counts."""
    return _listed(rules.always_ask, rules.always_approve, tool)


@lru_cache(maxsize=1024)
def _listed(asked: tuple[str, ...], approved: tuple[str, ...], tool: str) -> Literal["ask", "approve"] | None:
    if any(fnmatchcase(tool, pattern) for pattern in asked):
        return "ask"
    if any(fnmatchcase(tool, pattern) for pattern in approved):
        return "approve"
    return None
