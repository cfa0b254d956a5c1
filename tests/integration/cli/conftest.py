"""The command line, called in this process (most tests) or as a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a call said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Call = Callable[..., Said]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """`call(folder, *arguments)`: run `agentsafety` there."""
    for name in ("CI", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    def run(folder: Path, *arguments: str) -> Said:
        monkeypatch.chdir(folder)
        try:
            status = main(arguments)
        except SystemExit as end:  # argparse ends --help, --version and a wrong command line so
            status = int(end.code or 0)
        captured = capsys.readouterr()
        return Said(status, captured.out, captured.err)

    return run


@pytest.fixture(scope="module")
def finished(new_project: Callable[[], Any]) -> Any:
    """A folder in which the bundled agent was run on a few cases, by a process that had no network where that works."""
    project = new_project()
    project.done = project.cli("run", "--case=inbox.triage*order", "--case=inbox.triage", offline=True)
    return project
