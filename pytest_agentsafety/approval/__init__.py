"""Who is asked about a call, and who answers. Whatever is not a clear yes is a no."""

from __future__ import annotations

from pytest_agentsafety.approval.approvers import CallbackApprover, DenyApprover, OracleApprover
from pytest_agentsafety.approval.console import ConsoleApprover
from pytest_agentsafety.approval.decide import safe_decide
from pytest_agentsafety.approval.make import Asking, make_approver
from pytest_agentsafety.approval.queue import QueueApprover, unanswered
from pytest_agentsafety.approval.queue_file import ANSWERS, QUEUE_FILE, ApprovalQueue, Entry
from pytest_agentsafety.approval.triage import triage

__all__ = [
    "ANSWERS",
    "QUEUE_FILE",
    "ApprovalQueue",
    "Asking",
    "CallbackApprover",
    "ConsoleApprover",
    "DenyApprover",
    "Entry",
    "OracleApprover",
    "QueueApprover",
    "make_approver",
    "safe_decide",
    "triage",
    "unanswered",
]
