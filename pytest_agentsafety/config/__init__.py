"""`[tool.agentsafety]`: from the file to frozen settings, with errors that teach."""

from __future__ import annotations

from pytest_agentsafety.config.fuzz import FuzzSettings
from pytest_agentsafety.config.gates import BOUNDS, METRICS, STATISTICS, GateRule
from pytest_agentsafety.config.policy import AVAILABLE_APPROVERS, parse_policy, parse_tool_rules
from pytest_agentsafety.config.run import ModelPrice
from pytest_agentsafety.config.settings import Settings, load_settings

__all__ = [
    "AVAILABLE_APPROVERS",
    "BOUNDS",
    "METRICS",
    "STATISTICS",
    "FuzzSettings",
    "GateRule",
    "ModelPrice",
    "Settings",
    "load_settings",
    "parse_policy",
    "parse_tool_rules",
]
