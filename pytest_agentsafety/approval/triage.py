"""The two lists of the policy."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from pytest_agentsafety.model.policy import ApprovalRules


def triage(rules: ApprovalRules, tool: str) -> Literal["ask", "approve"] | None:
    """What the lists say of a tool: "ask" wins over "approve", None where neither has it. Globs, case counts."""
    if any(fnmatchcase(tool, pattern) for pattern in rules.always_ask):
        return "ask"
    if any(fnmatchcase(tool, pattern) for pattern in rules.always_approve):
        return "approve"
    return None
