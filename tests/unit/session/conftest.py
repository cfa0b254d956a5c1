"""Sessions without pytest and without a process of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.session import RunOptions

MakeOptions = Callable[..., RunOptions]


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeOptions:
    """`options(suites=(...), ...)`: options of a user in an empty folder."""
    for name in (
        "CI",
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
        "AZURE_OPENAI_API_KEY",
        "ANTHROPIC_BASE_URL",
        "GITHUB_STEP_SUMMARY",
    ):
        monkeypatch.delenv(name, raising=False)

    def make(**given: Any) -> RunOptions:
        return RunOptions(start=tmp_path, root=tmp_path, **given)

    return make
