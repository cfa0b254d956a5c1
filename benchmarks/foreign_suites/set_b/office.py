"""The suite `office`: its tools and tasks put together."""

from agentdojo.task_suite import TaskSuite

from . import office_goals, office_tasks
from .common import enroll
from .office_tools import suite

__all__ = ["office_goals", "office_tasks", "register"]


def register(version: str = "v1.2.2") -> TaskSuite:
    return enroll(suite, version)
