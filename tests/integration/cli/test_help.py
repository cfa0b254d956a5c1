"""`--help` names every command and the exit statuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety import __version__


def test_the_commands(call: Any, tmp_path: Path) -> None:
    said = call(tmp_path, "--help")
    assert said.status == 0
    for command in ("run", "list", "report", "checklist", "audit"):
        assert f"\n    {command}" in said.out
    assert "exit status: 0 ok; 1 a failed case, a failed gate, zero cases, or NO-GO; 2" in " ".join(said.out.split())


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            ["run"],
            ["--agent", "--suite", "--case", "--mode", "--record", "--guards", "--shard", "--json"],
        ),
        (["list"], ["--suites", "--json"]),
        (["report"], ["default: agentsafety-report"]),
        (["checklist"], ["--json"]),
        (["audit", "verify"], ["evidence folder or audit.jsonl"]),
    ],
)
def test_each_command(call: Any, tmp_path: Path, command: list[str], words: list[str]) -> None:
    said = call(tmp_path, *command, "--help")
    assert said.status == 0
    for word in words:
        assert word in said.out


def test_version(call: Any, tmp_path: Path) -> None:
    assert call(tmp_path, "--version").out == f"agentsafety {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["audit"]])
def test_a_wrong_command_line_is_4(call: Any, tmp_path: Path, arguments: list[str]) -> None:
    said = call(tmp_path, *arguments)
    assert said.status == 4
    assert "usage: agentsafety" in said.err
