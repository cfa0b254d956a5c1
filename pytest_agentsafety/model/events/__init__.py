"""What happens in a run, one small frozen record per thing, each with a literal tag."""

from pytest_agentsafety.model.events.account import charge_in
from pytest_agentsafety.model.events.base import Event
from pytest_agentsafety.model.events.case import CaseEnded, CaseStarted, FinalAnswer, Notice
from pytest_agentsafety.model.events.model_call import ModelCalled, ModelFailed, ModelReplied
from pytest_agentsafety.model.events.steps import (
    ApprovalGiven,
    Charged,
    CheckpointMarked,
    GuardChecked,
    Rerouted,
    RetryPlanned,
    Ungated,
)
from pytest_agentsafety.model.events.tool_call import SandboxRan, ToolCalled, ToolDecided, ToolReturned

__all__ = [
    "ApprovalGiven",
    "CaseEnded",
    "CaseStarted",
    "Charged",
    "CheckpointMarked",
    "Event",
    "FinalAnswer",
    "GuardChecked",
    "ModelCalled",
    "ModelFailed",
    "ModelReplied",
    "Notice",
    "Rerouted",
    "RetryPlanned",
    "SandboxRan",
    "ToolCalled",
    "ToolDecided",
    "ToolReturned",
    "Ungated",
    "charge_in",
]
