"""The fixture `agent_safety_agent` before the first case: its agent's tools decide which cases there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import isasyncgen, isawaitable
from typing import Any, Literal

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.safe_text import one_line, printable

NAME = "agent_safety_agent"
_ASYNC = (
    f"{NAME} may be a plain fixture that returns an async agent. An async fixture has to be set up by a plugin: with "
    "pytest-asyncio decorate it with @pytest_asyncio.fixture, with anyio let it take the parameter anyio_backend and "
    "override that fixture so that it returns one backend"
)

_ENDS = (pytest.exit.Exception, KeyboardInterrupt)


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
    item = stand_in(parent)
    item.tell = tell
    try:
        return _set_up(item)
    finally:
        _tear_down(item)


def stand_in(parent: pytest.Collector) -> Ask:
    """An item that needs the fixture and does nothing: where the fixture skips, it says so in place of the cases."""
    item: Ask = Ask.from_parent(parent, name=NAME, callobj=_wants)
    return item


class Ask(pytest.Function):
    """Hands the agent over when it is set up: that is where output is captured."""

    tell: Callable[[object], None] | None = None

    def setup(self) -> None:
        super().setup()
        if self.tell is not None:
            self._hand_over(self.tell)

    def _hand_over(self, tell: Callable[[object], None]) -> None:
        agent: Any = self.funcargs[NAME]
        if isasyncgen(agent) or (isawaitable(agent) and not callable(agent)):
            getattr(agent, "close", lambda: None)()  # else Python tells that it was never awaited
            raise pytest.UsageError(f"fixture {NAME} returned {type(agent).__name__}: {_ASYNC}")
        if agent is None:
            return
        try:
            tell(agent)
        except AgentSafetyError as error:
            raise pytest.UsageError(f"fixture {NAME}: {printable(str(error))}") from None


def _wants(agent_safety_agent: object) -> None:
    """The parameter says which fixture."""


def _set_up(item: pytest.Item) -> str | None:
    report, error = _phase(item, "setup", partial(item.ihook.pytest_runtest_setup, item=item))
    if isinstance(error, pytest.UsageError):
        raise error
    if report.skipped:
        return one_line(str(error), 300)
    _raise_for(report)
    return None


def _tear_down(item: pytest.Item) -> None:
    goes_on: pytest.Function = pytest.Function.from_parent(item.session, name=NAME, callobj=_nothing)
    hook = partial(item.ihook.pytest_runtest_teardown, item=item, nextitem=goes_on)
    report, _ = _phase(item, "teardown", hook)
    _raise_for(report)


def _phase(
    item: pytest.Item, when: Literal["setup", "teardown"], hook: Callable[[], object]
) -> tuple[pytest.TestReport, BaseException | None]:
    """What came of a hook, as a report that only pytest itself is told of: `tmp_path` and the like wait for it."""
    call = pytest.CallInfo.from_call(hook, when=when, reraise=_ENDS)
    manager = item.config.pluginmanager
    others = [plugin for plugin in manager.get_plugins() if not _is_pytests(plugin)]
    report = manager.subset_hook_caller("pytest_runtest_makereport", others)(item=item, call=call)
    return report, call.excinfo.value if call.excinfo else None


def _is_pytests(plugin: object) -> bool:
    module = getattr(plugin, "__name__", None) or type(plugin).__module__
    return str(module).startswith("_pytest.")


def _nothing() -> None:
    """What comes next is not known yet, only that it belongs to the session."""


def _raise_for(report: pytest.TestReport) -> None:
    if report.failed:
        told = printable(report.longreprtext)
        hint = f"\n{_ASYNC}" if "async fixture" in told or "anyio_backend" in told else ""
        raise pytest.UsageError(f"fixture {NAME} failed at {report.when}:\n{told}{hint}")
