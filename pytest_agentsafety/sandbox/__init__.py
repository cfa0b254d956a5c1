"""Running code: refused until it can be contained."""

from __future__ import annotations

from pytest_agentsafety.sandbox.refusing import RefusingSandbox, refusal
from pytest_agentsafety.sandbox.result import SandboxResult, SandboxStatus, Violation

__all__ = ["RefusingSandbox", "SandboxResult", "SandboxStatus", "Violation", "refusal"]
