"""One case in one mode: scenario + gate + agent -> events, and always a last one."""

from pytest_agentsafety.runner.case import CaseRunner, RunSetup
from pytest_agentsafety.runner.modes import ModeSettings

__all__ = ["CaseRunner", "ModeSettings", "RunSetup"]
