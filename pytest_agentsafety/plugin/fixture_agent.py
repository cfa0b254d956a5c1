"""The fixture `agent_safety_agent` before the first case: its agent's tools decide which cases there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from _pytest.runner import runtestprotocol

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.safe_text import printable

_NAME = "agent_safety_agent"


def ask_fixture(parent: pytest.Collector, tell: Callable[[object], None]) -> None:
    """Set the fixture up, hand its value to `tell`, and tear it down again, as around a test.

    Raises UsageError with what went wrong in the fixture, or with what `tell` says of the agent.
    """
    wrong: list[AgentSafetyError] = []

    def look(agent_safety_agent: object) -> None:
        if agent_safety_agent is None:
            return
        try:
            tell(agent_safety_agent)
        except AgentSafetyError as error:
            wrong.append(error)

    item: pytest.Function = pytest.Function.from_parent(parent, name=_NAME, callobj=look)
    reports = runtestprotocol(item, log=False, nextitem=None)
    if wrong:
        raise pytest.UsageError(f"fixture {_NAME}: {printable(str(wrong[0]))}")
    for report in reports:
        if report.failed:
            raise pytest.UsageError(f"fixture {_NAME} failed at {report.when}:\n{printable(report.longreprtext)}")
