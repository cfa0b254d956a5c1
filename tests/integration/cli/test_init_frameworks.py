"""The examples of docs/ with our table taken out of them: `init`, then `run`, is all that a new user does."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.docs.examples import ROOT

EXAMPLES = {
    "anthropic_tool_runner": ("anthropic", "agent:assistant"),
    "claude-agent-sdk": ("claude_agent_sdk", "agent:options"),
    "langchain_agent": ("langchain", "agent:agent"),
    "langgraph": ("langgraph", "agent:agent"),
    "mcp": ("mcp", "agent:answer"),
    "openai-agents": ("agents", "agent:agent"),
    "pydantic-ai": ("pydantic_ai", "agent:agent"),
}


# The tests of the README's sections run every case of the same agents.
LONG = os.environ.get("AGENTSAFETY_LONG") == "1"
SELECTED, LEAST = ((), 50) if LONG else (("--case=*.order",), 3)

# A factory of the user's own and a command in another language: nothing there for `init` to find.
OTHERS = {"anthropic_loop", "javascript"}


def test_each_example_is_tried() -> None:
    assert {path.name for path in (ROOT / "docs/examples").iterdir()} == set(EXAMPLES) | OTHERS


def new_folder(root: Path, example: str) -> None:
    shutil.copytree(ROOT / "docs/examples" / example, root, dirs_exist_ok=True)
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text().partition("[tool.agentsafety]")[0])


@pytest.mark.parametrize("example", EXAMPLES)
def test_init_then_run(project: Any, example: str) -> None:
    package, agent = EXAMPLES[example]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    new_folder(project.root, example)
    before = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    # Cut off from all networks, unless the agent's own process has to reach our gateway over the loopback.
    offline = example != "claude-agent-sdk"
    said = project.cli("init", offline=offline)
    assert said.status == 0, said.text
    assert f"agent            {agent} (" in said.out
    assert "UNGATED" not in said.out
    assert "3 tools added" in said.out
    ran = project.cli("run", "-q", "--mode=hijacked", *SELECTED, offline=offline)
    assert ran.status == 0, ran.text
    rows = project.rows()
    assert len(rows) >= LEAST
    assert not any(row["verdict"] == "error" for row in rows)
    tested = project.pytest("--agent-safety", "--agent-safety-case=none", "tests")
    assert tested.status == 0, tested.text
    assert "1 passed" in tested.out
    assert {path: path.read_bytes() for path in before} == before, "nothing of the user's has changed"
