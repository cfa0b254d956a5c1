"""What the suites of this set share: AgentDojo by the slim way in, and a few words of shorthand."""

from pathlib import Path
from typing import Any

from pytest_agentsafety.catalog.agentdojo.upstream import load

load()  # before anything below

from agentdojo.base_tasks import BaseInjectionTask, BaseUserTask
from agentdojo.functions_runtime import Depends, FunctionCall, TaskEnvironment, make_function
from agentdojo.task_suite import TaskSuite, register_suite

__all__ = [
    "BaseInjectionTask",
    "BaseUserTask",
    "Depends",
    "FunctionCall",
    "TaskEnvironment",
    "TaskSuite",
    "build",
    "call",
    "has",
    "register_suite",
]

DATA = Path(__file__).parent / "data"


def build(name: str, environment: type[TaskEnvironment], tools: list[Any]) -> TaskSuite:
    """A suite without tasks, over the data in `data/<name>`."""
    return TaskSuite(name, environment, [make_function(tool) for tool in tools], data_path=DATA / name)


def call(function: str, **args: Any) -> FunctionCall:
    return FunctionCall(function=function, args=args, placeholder_args=args)


def has(text: str, *needles: str) -> bool:
    """Whether all needles are in the text, in whatever case and spacing."""
    folded = " ".join(text.lower().split())
    return all(" ".join(needle.lower().split()) in folded for needle in needles)
