"""Save a run's state so that it can go on after a crash, and never repeat a write silently."""

from __future__ import annotations

from pytest_agentsafety.checkpoint.journal import JOURNAL_VERSION, Journal
from pytest_agentsafety.checkpoint.manager import CheckpointManager
from pytest_agentsafety.checkpoint.replay import CallEntry, Replay, Totals
from pytest_agentsafety.checkpoint.state import VERSION, CheckpointError, Mark, RunState

__all__ = [
    "JOURNAL_VERSION",
    "VERSION",
    "CallEntry",
    "CheckpointError",
    "CheckpointManager",
    "Journal",
    "Mark",
    "Replay",
    "RunState",
    "Totals",
]
