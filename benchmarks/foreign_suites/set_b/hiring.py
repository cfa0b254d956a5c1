"""The suite `hiring`: its tools and tasks put together."""

from agentdojo.task_suite import TaskSuite

from . import hiring_goals, hiring_tasks
from .common import enroll
from .hiring_tools import suite

__all__ = ["hiring_goals", "hiring_tasks", "register"]


def register(version: str = "v1.2.2") -> TaskSuite:
    return enroll(suite, version)
