"""A suite that is a folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from pytest_agentsafety.catalog.cases import build_cases
from pytest_agentsafety.catalog.definition import SuiteDefinition
from pytest_agentsafety.catalog.loader import load_definition
from pytest_agentsafety.catalog.scenario import FolderScenario
from pytest_agentsafety.model.errors import UnknownNameError
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.tasks import Case, Mode


class FolderSuite:
    """The `Suite` protocol over a folder with suite.yaml, tasks.yaml, injections.yaml, world.yaml and tools.py."""

    def __init__(self, definition: SuiteDefinition) -> None:
        self.definition = definition

    @classmethod
    def load(cls, folder: Path) -> FolderSuite:
        """Read and check a folder. Raises ConfigError or UnknownNameError naming file, line, key and value."""
        return cls(load_definition(folder))

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def modes(self) -> tuple[Mode, ...]:
        return self.definition.modes

    @property
    def policy(self) -> Policy | None:
        return self.definition.policy

    @property
    def cassettes(self) -> Path | None:
        return self.definition.cassettes if "recorded" in self.modes else None

    def cases(self) -> Sequence[Case]:
        return self._cases

    def open(self, case: Case) -> FolderScenario:
        """A fresh world. Raises UnknownNameError for a case of another suite."""
        if case not in self._case_set:
            raise UnknownNameError("case", case.case_id, (c.case_id for c in self._cases), place=f"suite {self.name}")
        return FolderScenario(self.definition, case)

    @cached_property
    def _cases(self) -> tuple[Case, ...]:
        return build_cases(self.definition)

    @cached_property
    def _case_set(self) -> frozenset[Case]:
        return frozenset(self._cases)
