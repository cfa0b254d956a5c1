"""The suite `clinic`: its tools and tasks put together."""

from agentdojo.task_suite import TaskSuite

from . import clinic_goals, clinic_tasks
from .clinic_tools import suite
from .common import enroll

__all__ = ["clinic_goals", "clinic_tasks", "register"]


def register(version: str = "v1.2.2") -> TaskSuite:
    return enroll(suite, version)
