"""`--agent-safety-only`: the cases alone; no module of the user's is imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_the_users_modules_are_not_imported(project: Any, write_desk: Callable[..., str]) -> None:
    project.file("test_own.py", "raise RuntimeError('imported')\n")
    project.file("tests/test_more.py", "raise RuntimeError('imported')\n")
    done = project.pytest("--agent-safety-only", f"--agent-safety-suite={write_desk(project)}")
    assert done.status == 0, done.text
    assert "2 passed" in done.out
    assert "imported" not in done.out
