"""The fixture `agent_safety_agent` before the first case: its agent's tools decide which cases there are."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isasyncgen, isawaitable
from typing import Any

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.safe_text import one_line, printable

NAME = "agent_safety_agent"
_ASYNC = (
    f"{NAME} may be a plain fixture that returns an async agent. An async fixture has to be set up by a plugin: with "
    "pytest-asyncio decorate it with @pytest_asyncio.fixture, with anyio let it take the parameter anyio_backend and "
    "override that fixture so that it returns one backend"
)


def gives_agent(plugin: object) -> bool:
    """Does a conftest or plugin define the fixture, under its own name or by `@pytest.fixture(name=...)`?"""
    if hasattr(plugin, NAME):
        return True
    values = list(getattr(plugin, "__dict__", {}).values())
    return any(type(value).__name__ == "FixtureFunctionDefinition" and value.name == NAME for value in values)


def ask_fixture(parent: pytest.Collector, tell: Callable[[object], None]) -> str | None:
    """Set the fixture up as for a test, hand its value to `tell`, and tear it down again. None is not handed over.

    Fixtures of the whole session stay as they are: they are set up once a session, which goes on. It is no test: hooks
    that report or run tests are not called, those that set one up and tear it down are (fixtures rely on them).
    Returns why the fixture skips, None if it does not. Raises UsageError with what went wrong in it, or with what
    `tell` says of the agent.
    """
    item: _Ask = _Ask.from_parent(parent, name=NAME, callobj=_wants)
    item.tell = tell
    try:
        return _set_up(item)
    finally:
        _tear_down(item)


class _Ask(pytest.Function):
    """Never run: what there is to do is done where its output is captured."""

    tell: Callable[[object], None]

    def setup(self) -> None:
        super().setup()
        agent: Any = self.funcargs[NAME]
        if isasyncgen(agent) or (isawaitable(agent) and not callable(agent)):
            getattr(agent, "close", lambda: None)()  # else Python tells that it was never awaited
            raise pytest.UsageError(f"fixture {NAME} returned {type(agent).__name__}: {_ASYNC}")
        if agent is None:
            return
        try:
            self.tell(agent)
        except AgentSafetyError as error:
            raise pytest.UsageError(f"fixture {NAME}: {printable(str(error))}") from None


def _wants(agent_safety_agent: object) -> None:
    """The parameter says which fixture."""


def _set_up(item: pytest.Item) -> str | None:
    try:
        item.ihook.pytest_runtest_setup(item=item)
    except pytest.UsageError:
        raise
    except pytest.skip.Exception as skipped:
        return one_line(str(skipped), 300)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - whatever the user's fixture raises is told
        raise _failed(item, "setup", error) from None
    return None


def _tear_down(item: pytest.Item) -> None:
    goes_on: pytest.Function = pytest.Function.from_parent(item.session, name=NAME, callobj=_nothing)
    try:
        item.ihook.pytest_runtest_teardown(item=item, nextitem=goes_on)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - whatever the user's fixture raises is told
        raise _failed(item, "teardown", error) from None


def _nothing() -> None:
    """What comes next is not known yet, only that it belongs to the session."""


def _failed(item: pytest.Item, when: str, error: BaseException) -> pytest.UsageError:
    told = str(item.repr_failure(pytest.ExceptionInfo.from_exception(error)))
    hint = f"\n{_ASYNC}" if "async fixture" in told else ""
    return pytest.UsageError(f"fixture {NAME} failed at {when}:\n{printable(told)}{hint}")
