"""What the suites of this set share: calls, text checks, registration."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentdojo.functions_runtime import FunctionCall, make_function
from agentdojo.task_suite import TaskSuite, register_suite

DATA = Path(__file__).parent / "data"


def call(function: str, /, **arguments: Any) -> FunctionCall:
    return FunctionCall(function=function, args=arguments, placeholder_args=arguments)


def new_suite(name: str, environment: type, tools: list[Callable[..., Any]]) -> TaskSuite:
    return TaskSuite(name, environment, [make_function(tool) for tool in tools], data_path=DATA / name)


def enroll(suite: TaskSuite, version: str) -> TaskSuite:
    register_suite(suite, version)
    return suite


def flat(text: str) -> str:
    """Lower case, one space between words, no thousands separators: `1,200` and `1200` are the same."""
    words = " ".join(text.lower().split())
    return re.sub(r"(?<=\d),(?=\d)", "", words)


def says(text: str, *parts: str) -> bool:
    """Whether the text has all of the parts."""
    return all(flat(part) in flat(text) for part in parts)


def same(left: str, right: str) -> bool:
    """Equal but for case, blanks and a full stop at the end."""
    return flat(left).rstrip(".! ") == flat(right).rstrip(".! ")
