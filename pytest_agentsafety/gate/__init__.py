"""The one enforcement point, with two doors: every model request and every tool call passes here."""

from pytest_agentsafety.gate.gate import Gate, TaskGate
from pytest_agentsafety.gate.texts import DenialText

__all__ = ["DenialText", "Gate", "TaskGate"]
