"""Without the flag the plugin costs nothing and a test that needs it is skipped, at its own place, saying so."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

TESTS = """
import pytest

@pytest.mark.agent_safety
def test_marked():
    raise AssertionError("ran")

def test_with_fixture(agent_safety):
    raise AssertionError("ran")

def test_by_name(request):
    request.getfixturevalue("agent_safety")
    raise AssertionError("ran")

def test_plain():
    pass
"""
SCRIPT = """
import os
import sys
import pytest
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins of other packages here import what they like
plugins = ["-p", "agentsafety", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
status = pytest.main(["--strict-markers", "-rs", *plugins, *sys.argv[1:]])
heavy = ("anthropic", "pandas", "jinja2", "vcr", "yaml", "pydantic", "httpx2", "httpx")
print("LOADED", [name for name in heavy if name in sys.modules])
print("OURS", sorted(name for name in sys.modules if name.startswith("pytest_agentsafety")))
sys.exit(status)
"""


@pytest.mark.parametrize(
    "options", [(), ("--agent-safety-resume", "--agent-safety-ablate", "--agent-safety-mode=live")]
)
def test_skipped_and_lazy(project: Any, options: tuple[str, ...]) -> None:
    project.file("test_own.py", TESTS)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *options],
        cwd=project.root,
        env=project.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 3 skipped" in done.stdout
    assert "SKIPPED [1] test_own.py:4: needs --agent-safety" in done.stdout
    assert "SKIPPED [1] test_own.py: needs --agent-safety" in done.stdout
    assert done.stdout.count("needs --agent-safety") == 3
    assert "LOADED []" in done.stdout
    assert "OURS ['pytest_agentsafety', 'pytest_agentsafety.plugin', 'pytest_agentsafety.plugin.entry']" in done.stdout
    assert not project.folder.exists()
