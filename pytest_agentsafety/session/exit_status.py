"""Exit statuses: they stand in `model`, where reading them loads nothing else."""

from __future__ import annotations

from pytest_agentsafety.model.exit_status import ExitStatus

__all__ = ["ExitStatus"]
