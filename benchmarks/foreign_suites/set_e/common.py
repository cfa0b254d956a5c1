"""What the suites of this set share; the rest is `set_c`'s."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from agentdojo.functions_runtime import make_function
from agentdojo.task_suite import TaskSuite

from benchmarks.foreign_suites.set_c.common import call, has, injection_task, user_task

__all__ = ["call", "has", "injection_task", "new_suite", "user_task"]
DATA = Path(__file__).parent / "data"


def new_suite(name: str, environment: type, tools: Sequence[Callable[..., Any]]) -> TaskSuite:
    return TaskSuite(name, environment, [make_function(tool) for tool in tools], data_path=DATA / name)
