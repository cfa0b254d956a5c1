"""Evidence from a scripted model is marked as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_agentsafety.session import RunOptions, Session


def marks(tmp_path: Path, *modes: str) -> list[str]:
    options = RunOptions(start=tmp_path, root=tmp_path, modes=modes, cases=("inbox.triage",), suites=("inbox",))
    return [str(mark) for mark in Session(options).describe()["marks"]]


@pytest.mark.parametrize("mode", ["recorded", "scripted"])
def test_scripted_recordings_mark_the_run(tmp_path: Path, mode: str) -> None:
    assert marks(tmp_path, mode) == ["scripted model, no real one: the recordings of inbox"]


def test_a_hijacked_run_is_not_marked(tmp_path: Path) -> None:
    assert marks(tmp_path, "hijacked") == []
