"""Agents are found in source that is never imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_agentsafety.adapters.finding import Found, find_agents
from pytest_agentsafety.adapters.finding import files as listing

ASK = "client.messages.create()"
HEAD = "import anthropic\nclient = anthropic.Anthropic()\n"


def found(root: Path, files: dict[str, str]) -> Found:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise SystemExit('imported')\n" + text)
    return find_agents(root)


def names(root: Path, files: dict[str, str]) -> list[str]:
    return [agent.reference for agent in found(root, files).agents]


@pytest.mark.parametrize(
    "source",
    [
        "from pydantic_ai import Agent\nagent = Agent('anthropic:x')\n",
        "import pydantic_ai as p\nagent = p.Agent[None, str]('anthropic:x')\n",
        "from agents import Agent as A\nagent: A = A(name='x')\n",
        "import agents\nif True:\n    agent = agents.Agent(name='x')\n",
        "from langchain.agents import create_agent\ntry:\n    agent = create_agent('x')\nexcept OSError:\n    pass\n",
        "from langgraph.prebuilt import create_react_agent\nagent = create_react_agent('x', [])\n",
        "from langgraph.graph import StateGraph\nb = StateGraph(dict)\nb.add_node('a', print)\nagent = b.compile()\n",
        "from langgraph.graph import StateGraph\nagent = StateGraph(dict).add_node('a', print).compile(debug=True)\n",
        "from langgraph_supervisor import create_supervisor\nw = create_supervisor([])\nagent = w.compile()\n",
        "from claude_agent_sdk import ClaudeAgentOptions\nagent = ClaudeAgentOptions(tools=[])\n",
        f"{HEAD}def agent(task):\n    return {ASK}\n",
        f"{HEAD}async def agent(task: str, *, most: int = 3) -> str:\n    return {ASK}\n",
        f"{HEAD}def helper():\n    return {ASK}\ndef agent(*, task):\n    return helper()\n",
        "def agent(task):\n    from openai import OpenAI\n    return OpenAI().responses.create()\n",
        f"{HEAD}def agent(tools, system=None):\n    return lambda task: {ASK}\n",
        f"{HEAD}def agent(model='x', tools=()):\n    return lambda task: {ASK}\n",
        f"{HEAD}class Bot:\n    def ainvoke(self, task):\n        return {ASK}\nagent = Bot()\n",
    ],
)
def test_every_shape(tmp_path: Path, source: str) -> None:
    assert names(tmp_path, {"shop/bot.py": source}) == ["shop.bot:agent"]


@pytest.mark.parametrize(
    "source",
    [
        "def agent(task):\n    return task.title()\n",  # asks no model
        f"{HEAD}def remove(task):\n    return task.delete()\n",  # nor does this one, beside one that does
        f"{HEAD}def agent(task):\n    print({ASK})\n",  # has no answer
        f"{HEAD}def agent(task):\n    {ASK}\n    return None\n",
        f"{HEAD}def agent(task):\n    yield {ASK}\n",
        f"{HEAD}def agent(prompt):\n    return {ASK}\n",
        f"{HEAD}def agent(task, user):\n    return {ASK}\n",
        f"{HEAD}def loop(client, tools):\n    return {ASK}\n",
        f"{HEAD}def _agent(task):\n    return {ASK}\n",
        f"{HEAD}@anthropic.beta_tool\ndef add(task):\n    return {ASK}\n",
        f"{HEAD}import fastapi\napp = fastapi.FastAPI()\n@app.post('/')\ndef add(task):\n    return {ASK}\n",
        f"{HEAD}def schemas(tools) -> anthropic.types.Tool:\n    return []\n",  # an annotation asks nobody
        "import re\nfrom langgraph.graph import StateGraph\npattern = re.compile('x')\n",
        "from agents import Agent, Runner\nif __name__ == '__main__':\n    agent = Agent(name='x')\n",
        "class Agent:\n    pass\nagent = Agent()\n",
        f"{HEAD}def outer():\n    def agent(task):\n        return {ASK}\n    return 1\n",
    ],
)
def test_what_is_none(tmp_path: Path, source: str) -> None:
    assert names(tmp_path, {"bot.py": source}) == []


def test_what_asks_another_agent_is_the_agent(tmp_path: Path) -> None:
    """A wrapper knows what the object it calls needs; a triage agent leads to those it hands off to."""
    agents = "from agents import Agent\nrefunds = Agent(name='r')\ntriage = Agent(name='t', handoffs=[refunds])\n"
    assert names(tmp_path / "a", {"bot.py": agents}) == ["bot:triage"]
    wrapped = "from .team import triage as t\ndef answer(task):\n    return t.go(task)\n"
    both = {"shop/team.py": agents, "shop/desk.py": wrapped, "shop/__init__.py": ""}
    assert names(tmp_path / "b", both) == ["shop.desk:answer"]


def test_a_tool_that_asks_another_agent_belongs_to_its_own(tmp_path: Path) -> None:
    source = (
        "from pydantic_ai import Agent\njokes = Agent('x')\nhost = Agent('x')\n"
        "@host.tool_plain\ndef tell(task: str):\n    return jokes.run_sync(task)\n"
    )
    assert names(tmp_path, {"bot.py": source}) == ["bot:host"]


def test_several_are_all_told_in_order(tmp_path: Path) -> None:
    agent = "from pydantic_ai import Agent\n{} = Agent('x')\n"
    files = {"b.py": agent.format("two"), "a.py": agent.format("one") + agent.format("zero")}
    assert names(tmp_path, files) == ["a:one", "a:zero", "b:two"]


def test_packages_below_src_are_named_as_they_are_imported(tmp_path: Path) -> None:
    agent = "from pydantic_ai import Agent\nagent = Agent('x')\n"
    assert names(tmp_path / "a", {"src/shop/bot.py": agent}) == ["shop.bot:agent"]
    package = {"src/bot.py": agent, "src/__init__.py": ""}
    assert names(tmp_path / "b", package) == ["src.bot:agent"]


@pytest.mark.parametrize(
    "place",
    [
        *("tests/bot.py", "test_bot.py", "bot_test.py", "node_modules/x/bot.py", ".hidden/bot.py", "my-bot.py"),
        *("no-package/bot.py", "env1/lib/bot.py", "other/bot.py", "docs/bot.py", "conftest.py"),
    ],
)
def test_what_is_not_looked_at(tmp_path: Path, place: str) -> None:
    (tmp_path / "env1").mkdir()
    (tmp_path / "env1/pyvenv.cfg").touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/pyproject.toml").touch()
    looked = found(tmp_path, {place: "from pydantic_ai import Agent\nagent = Agent('x')\n"})
    assert looked.agents == ()
    assert looked.nested == (tmp_path / "other",)


def test_a_package_of_the_project_s_own_is_no_framework(tmp_path: Path) -> None:
    files = {"agents/__init__.py": "class Agent:\n    pass\n", "bot.py": "from agents import Agent\nagent = Agent()\n"}
    assert names(tmp_path, files) == []


@pytest.mark.parametrize(
    "statement",
    [
        "print(agent.run_sync('hi').output)",
        "import asyncio\nasyncio.run(agent.run('hi'))",
        "result = agent.run_sync('hi')",
        "for _ in range(3):\n    agent.run_sync('hi')",
    ],
)
def test_a_module_that_runs_its_agent_when_imported_is_told(tmp_path: Path, statement: str) -> None:
    source = "from pydantic_ai import Agent\nagent = Agent('x')\n"
    guarded = "if __name__ == '__main__':\n    " + statement.replace("\n", "\n    ") + "\n"
    assert found(tmp_path / "a", {"bot.py": source + guarded}).runs_at == {}
    assert list(found(tmp_path / "b", {"bot.py": f"{source}{statement}\n"}).runs_at) == ["bot:agent"]


def test_making_an_agent_is_not_running_it(tmp_path: Path) -> None:
    source = f"{HEAD}def build(tools=()):\n    return lambda task: {ASK}\nready = build()\n"
    assert found(tmp_path, {"bot.py": source}).runs_at == {}


def test_a_fixture_is_told(tmp_path: Path) -> None:
    text = "import pytest\n@pytest.fixture\ndef agent_safety_agent():\n    return 1\n"
    looked = found(tmp_path, {"tests/conftest.py": text, "conftest.py": "# def agent_safety_agent(): ...\n"})
    assert looked.fixtures == (tmp_path / "tests/conftest.py",)


def test_files_that_are_no_python_are_named_and_harm_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def (:\n")
    (tmp_path / "b.py").write_bytes(b"x = '\0'\n")
    (tmp_path / "c.py").write_bytes(b"x = '\xff'\n")
    (tmp_path / "d.py").write_text("x = " + "(" * 5_000 + ")" * 5_000 + "\n")
    (tmp_path / "e.py").write_text("x = '\\d'\n" + "x = " + "-" * 900 + "1\n")  # a bad escape warns nobody
    (tmp_path / "f.py").symlink_to("nowhere.py")
    (tmp_path / "g.py").mkdir()
    looked = found(tmp_path, {"bot.py": "from pydantic_ai import Agent\nagent = Agent('x')\n"})
    assert [agent.reference for agent in looked.agents] == ["bot:agent"]
    assert {path.name for path in looked.unread} >= {"a.py", "b.py", "c.py", "d.py"}


def test_there_are_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_FILES", 2)
    agent = "from pydantic_ai import Agent\nagent = Agent('x')\n"
    looked = found(tmp_path, {"a.py": "", "b.py": "", "c.py": agent})
    assert (looked.cut, looked.looked, looked.agents) == (True, 2, ())
    monkeypatch.setattr(listing, "MOST_FILES", 100)
    monkeypatch.setattr(listing, "MOST_BYTES", 50)
    assert found(tmp_path, {"c.py": agent}).agents == ()
