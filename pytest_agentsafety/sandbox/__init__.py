"""Running code that nobody trusts: contained by the operating system, or not at all."""

from __future__ import annotations

from pytest_agentsafety.sandbox.exits import ExitRefusedError, Exits
from pytest_agentsafety.sandbox.result import SandboxResult, SandboxStatus, Violation
from pytest_agentsafety.sandbox.sandbox import WEAK, Sandbox, unmet

__all__ = ["WEAK", "ExitRefusedError", "Exits", "Sandbox", "SandboxResult", "SandboxStatus", "Violation", "unmet"]
