"""The patches of LangChain and of the SDK: whenever the framework is imported, taken off again, free without a door."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("langchain")

from langchain_core.tools.base import BaseTool

from pytest_agentsafety.adapters.frameworks.swapping import NotGatedWarning, swapped
from pytest_agentsafety.gate.installing import install_doors

ROOT = Path(__file__).parents[4]

LATER = """
import sys
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.model.policy import Policy

EARLIER
ran = []
with Gate(Policy(tools={})).task("nothing") as task:
    from langchain_core.tools import tool
    from anthropic import beta_tool

    def send(to: str) -> str:
        "Send."
        ran.append(to)
        return "sent"

    denied = tool(send).invoke({"to": "eve"}), beta_tool(send).call({"to": "eve"}), beta_tool(send)(to="eve")
assert [text.status for text in denied] == ["denied"] * 3, denied
assert ran == []
free = tool(send).invoke({"to": "eve"}), beta_tool(send).call({"to": "eve"}), beta_tool(send)(to="eve")
assert free == ("sent",) * 3, free
"""


@pytest.mark.parametrize("earlier", ["", "import langchain_core.tools, anthropic"])
def test_it_does_not_matter_when_the_framework_is_imported(earlier: str, tmp_path: Path) -> None:
    script = tmp_path / "agent.py"
    script.write_text(LATER.replace("EARLIER", earlier), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr


def test_our_modules_import_no_framework() -> None:
    code = (
        "import sys, pytest_agentsafety.gate; print([m for m in ('langchain_core', 'langgraph') if m in sys.modules])"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.strip() == "[]"


def test_patches_are_put_on_once_and_taken_off_with_the_last() -> None:
    before = BaseTool.run, BaseTool.arun
    first, second = install_doors(), install_doors()
    during = BaseTool.run
    assert during is not before[0]
    assert during.__wrapped__ is before[0]
    first()
    first()
    assert BaseTool.run is during
    second()
    assert (BaseTool.run, BaseTool.arun) == before


def test_what_somebody_else_put_there_since_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    before = BaseTool.run
    undo = install_doors()
    theirs = BaseTool.run
    monkeypatch.setattr(BaseTool, "run", lambda *args, **kwargs: theirs(*args, **kwargs))
    mine = BaseTool.run
    undo()
    assert BaseTool.run is mine
    monkeypatch.undo()
    assert BaseTool.run is theirs  # it looks for a door and finds none
    BaseTool.run = before  # type: ignore[method-assign]


def test_a_version_that_runs_tools_elsewhere_is_told_of() -> None:
    with pytest.warns(NotGatedWarning, match=r"this version of other has no BaseTool.run: .* UNGATED"):
        undo = swapped(ModuleType("other"), "BaseTool.run", lambda original: original)
    undo()
