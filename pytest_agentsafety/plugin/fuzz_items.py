"""Found cases as pytest items: `agentsafety::fuzz/<id>[<guard>]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_agentsafety.fuzz.casefile import FoundCase
from pytest_agentsafety.model.safe_text import printable
from pytest_agentsafety.plugin.items import Cases, LikeFunction
from pytest_agentsafety.session.fuzz_cases import FuzzRun

if TYPE_CHECKING:
    from pytest_agentsafety.plugin.session_plugin import SafetyPlugin


class FuzzCaseFailed(Exception):
    """A promise that was broken once is broken again, or nobody can tell."""

    def __init__(self, result: FuzzRun) -> None:
        self.result = result
        super().__init__(result.told)


class FuzzItem(LikeFunction, pytest.Item):
    """One case file."""

    case: FoundCase
    safety: SafetyPlugin
    result: FuzzRun | None = None

    @property
    def id(self) -> Any:
        """The structured node id (pytest >= 9.2) as --lf reads it back from its cache: the guard as a parameter."""
        made: Any = super().id
        return made.parse(str(made))

    def runtest(self) -> None:
        self.result = self.safety.session.run_fuzz(self.case)
        if self.result.fails:
            raise FuzzCaseFailed(self.result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if not isinstance(excinfo.value, FuzzCaseFailed):
            return super().repr_failure(excinfo, style)
        result = excinfo.value.result
        again = f"alone: agentsafety fuzz --replay {self.case.path}"
        verdict = str(result.row["verdict"]).upper()
        return printable(f"{verdict}: {result.told}\n{self.case.bypass.explain()}\n{again}")

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return self.path, None, printable(self.nodeid)


def make_fuzz_item(parent: Cases, case: FoundCase, safety: SafetyPlugin) -> pytest.Item:
    """One item, carrying the `agent_safety` marker so that `-m agent_safety` selects it."""
    item: FuzzItem = FuzzItem.from_parent(parent, name=case.node_name)
    item.case, item.safety = case, safety
    item.add_marker(pytest.mark.agent_safety)
    return item
