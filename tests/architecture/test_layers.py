"""The layers hold, and the check that says so would see a violation."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("importlinter", reason="import-linter is a tool for development: pip install -e .[dev]")

ROOT = Path(__file__).parents[2]
LINT = "import sys; from importlinter.cli import lint_imports_command as lint; sys.argv = [sys.argv[0]]; lint()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package in a folder."""
    command = [sys.executable, "-c", LINT]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=_env(folder))


def _env(folder: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__", "_data")
    shutil.copytree(ROOT / "pytest_agentsafety", tmp_path / "pytest_agentsafety", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_package_keeps_its_contracts() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        (
            "model/results.py",
            "def late():\n    from pytest_agentsafety.session import Session",
            "rows import only rows below",
        ),
        ("guards/pii.py", "from pytest_agentsafety import permissions", "rows import only rows below"),
        ("text/fold.py", "from pytest_agentsafety import lexicon", "rows import only rows below"),
        ("session/plan.py", "import pytest", "pytest only in the plugin"),
        ("gate/gate.py", "import pandas", "pandas only in metrics"),
    ],
)
def test_a_planted_violation_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / "pytest_agentsafety" / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    done = lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(contract in shown and "BROKEN" in shown for shown in done.stdout.splitlines()), done.stdout


def test_a_new_room_must_choose_its_row(copy: Path) -> None:
    (copy / "pytest_agentsafety" / "attic").mkdir()
    (copy / "pytest_agentsafety" / "attic" / "__init__.py").write_text("")
    done = lint(copy)
    assert done.returncode == 1
    assert "attic" in done.stdout
