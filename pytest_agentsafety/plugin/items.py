"""Cases as pytest items: `agentsafety::<suite>/<case id>[<mode>]`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.safe_text import printable
from pytest_agentsafety.session.plan import PlannedCase
from pytest_agentsafety.session.summary import explain

if TYPE_CHECKING:
    from pytest_agentsafety.plugin.session_plugin import SafetyPlugin


class CaseFailed(Exception):
    """A case whose verdict fails its item."""

    def __init__(self, result: CaseResult) -> None:
        self.result = result
        super().__init__(f"{result.verdict}: {explain(result)}")


class Cases(pytest.Module):
    """The parent of all cases. For fixtures and hooks it is a module: theirs may have its scope, or look at it."""

    def _getobj(self) -> ModuleType:
        return sys.modules[__name__]

    def collect(self) -> Iterable[pytest.Item]:
        """Cases are added after collection, so that they come behind the user's own tests."""
        return ()


class _Case:
    """What both kinds of item do."""

    planned: PlannedCase
    safety: SafetyPlugin
    result: CaseResult | None = None

    @property
    def id(self) -> Any:
        """The structured node id (pytest >= 9.2) as --lf reads it back from its cache: the mode as a parameter."""
        made: Any = super().id  # type: ignore[misc]
        return made.parse(str(made))

    def run_case(self) -> None:
        self.result = self.safety.session.run(self.planned)
        if self.safety.session.fails(self.result):
            raise CaseFailed(self.result)


class LikeFunction:
    """What hooks written for test functions look at; no fixture is set up for such an item."""

    fixturenames: Sequence[str] = ()
    funcargs: Mapping[str, Any] = MappingProxyType({})
    module = sys.modules[__name__]
    cls = instance = None

    @property
    def originalname(self) -> str:
        return str(self.name)  # type: ignore[attr-defined]

    @property
    def function(self) -> Any:
        return self.runtest  # type: ignore[attr-defined]


class CaseItem(_Case, LikeFunction, pytest.Item):
    """A case whose agent is named by an option or the configuration."""

    def runtest(self) -> None:
        self.run_case()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return describe(self.planned, excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return self.path, None, printable(self.nodeid)


class FixtureCaseItem(_Case, pytest.Function):
    """A case whose agent comes from the user's fixture `agent_safety_agent`."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return describe(self.planned, excinfo) or super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return self.path, None, printable(self.nodeid)


def describe(planned: PlannedCase, excinfo: pytest.ExceptionInfo[BaseException]) -> str | None:
    """A failed case in words for the terminal: what happened, and where to look. None for anything else."""
    if not isinstance(excinfo.value, CaseFailed):
        return None
    result = excinfo.value.result
    case = planned.run.case
    lines = [f"{result.verdict.upper()}: {explain(result)}", f"user task       {case.user_task}"]
    if case.kind == "attack":
        lines += [
            f"injection task  {case.injection_task} through {case.vector}, phrased as {case.attack}",
            f"delivered       {result.delivered}, exposed {result.exposed}",
            f"stopped by      {', '.join(result.stopped_by) or 'nothing'}",
        ]
    if result.transcript:
        lines.append(f"transcript      {result.transcript}")
    return printable("\n".join(lines))


def make_item(parent: Cases, planned: PlannedCase, safety: SafetyPlugin, *, by_fixture: bool) -> pytest.Item:
    """One item, carrying the `agent_safety` marker so that `-m agent_safety` selects it."""
    name = planned.run.node_name
    item: CaseItem | FixtureCaseItem
    if by_fixture:

        def run_with(agent_safety_agent: object) -> None:
            safety.use_agent(agent_safety_agent)
            item.run_case()

        item = FixtureCaseItem.from_parent(parent, name=name, callobj=run_with)
    else:
        item = CaseItem.from_parent(parent, name=name)
    item.planned, item.safety = planned, safety
    item.add_marker(pytest.mark.agent_safety)
    return item
