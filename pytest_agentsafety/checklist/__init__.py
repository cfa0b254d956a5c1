"""The pre-deploy checklist: 26 questions, answered from evidence on disk and from nothing else."""

from pytest_agentsafety.checklist.evaluate import evaluate, write_checklist
from pytest_agentsafety.checklist.items import Checklist, Item, Waiver, read_checklist

__all__ = ["Checklist", "Item", "Waiver", "evaluate", "read_checklist", "write_checklist"]
