"""Save a run's state so that it can go on after a crash, and never repeat a write silently."""

from __future__ import annotations

from pytest_agentsafety.checkpoint.manager import CheckpointManager
from pytest_agentsafety.checkpoint.state import VERSION, CheckpointError, Mark, RunState

__all__ = ["VERSION", "CheckpointError", "CheckpointManager", "Mark", "RunState"]
