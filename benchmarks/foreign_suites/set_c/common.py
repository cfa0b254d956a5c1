# ruff: noqa: ARG001 - tasks in one line each
"""What the suites of this set share: tasks in a few words."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from agentdojo.base_tasks import BaseInjectionTask, BaseUserTask
from agentdojo.functions_runtime import FunctionCall, make_function
from agentdojo.task_suite import TaskSuite

DATA = Path(__file__).parent / "data"
Calls = Sequence[FunctionCall]


def call(function: str, /, **arguments: Any) -> FunctionCall:
    return FunctionCall(function=function, args=arguments, placeholder_args=arguments)


def new_suite(name: str, environment: type, tools: Sequence[Callable[..., Any]]) -> TaskSuite:
    return TaskSuite(name, environment, [make_function(tool) for tool in tools], data_path=DATA / name)


def has(text: str, *parts: str) -> bool:
    """Whether all parts are in the text, in whatever case and spacing."""
    folded = " ".join(text.lower().split())
    return all(" ".join(part.lower().split()) in folded for part in parts)


def user_task(
    suite: TaskSuite, number: int, prompt: str, calls: Calls, done: Callable[..., bool], says: str = ""
) -> None:
    """Registers a user task. `done` is asked with the answer and the environment afterwards."""

    def ground_truth(self: Any, pre_environment: Any) -> list[FunctionCall]:
        return list(calls)

    def utility(self: Any, model_output: str, pre_environment: Any, post_environment: Any, strict: bool = True) -> bool:
        return done(model_output, post_environment)

    suite.register_user_task(
        type(
            f"UserTask{number}",
            (BaseUserTask,),
            {"PROMPT": prompt, "GROUND_TRUTH_OUTPUT": says, "ground_truth": ground_truth, "utility": utility},
        )
    )


def injection_task(suite: TaskSuite, number: int, goal: str, calls: Calls, done: Callable[..., bool]) -> None:
    """Registers an injection task. `done` is asked with the answer and the environment afterwards."""

    def ground_truth(self: Any, pre_environment: Any) -> list[FunctionCall]:
        return list(calls)

    def security(self: Any, model_output: str, pre_environment: Any, post_environment: Any) -> bool:
        return done(model_output, post_environment)

    suite.register_injection_task(
        type(
            f"InjectionTask{number}",
            (BaseInjectionTask,),
            {"GOAL": goal, "ground_truth": ground_truth, "security": security},
        )
    )
