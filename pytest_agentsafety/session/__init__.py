"""Options -> run -> evidence -> exit status: what the plugin and the command line share."""

from pytest_agentsafety.session.exit_status import ExitStatus
from pytest_agentsafety.session.options import RunOptions
from pytest_agentsafety.session.plan import Plan, PlannedCase
from pytest_agentsafety.session.session import Session

__all__ = ["ExitStatus", "Plan", "PlannedCase", "RunOptions", "Session"]
