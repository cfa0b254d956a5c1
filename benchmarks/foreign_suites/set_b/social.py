"""The suite `social`: its tools and tasks put together."""

from agentdojo.task_suite import TaskSuite

from . import social_goals, social_tasks
from .common import enroll
from .social_tools import suite

__all__ = ["register", "social_goals", "social_tasks"]


def register(version: str = "v1.2.2") -> TaskSuite:
    return enroll(suite, version)
