"""Where docker is expected and cannot be had, its tests fail; elsewhere they say loudly that nothing was tested."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ONE = "tests/integration/sandbox/test_in_docker.py::test_an_image_is_no_option"


def without_docker(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """One of the docker tests where there is no docker program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AGENTSAFETY_", "DOCKER_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", ONE]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, "PATH": str(folder), "PYTHONPATH": str(ROOT), **more}, capture_output=True,
        text=True,
    )  # fmt: skip


@pytest.mark.parametrize("more", [{}, {"AGENTSAFETY_CI": "1", "AGENTSAFETY_NO_DOCKER": "a container without root"}])
def test_it_is_loud(tmp_path: Path, more: dict[str, str]) -> None:
    done = without_docker(tmp_path, **more)
    assert done.returncode == 0, done.stdout
    assert "1 skipped, 1 warning" in done.stdout
    assert "UntestedWarning: the docker backend is NOT TESTED" in done.stdout


def test_in_ci_it_is_a_failure(tmp_path: Path) -> None:
    done = without_docker(tmp_path, AGENTSAFETY_CI="1")
    assert done.returncode == 1, done.stdout
    assert "NOT TESTED, no daemon can start here: there is no docker program" in done.stdout
