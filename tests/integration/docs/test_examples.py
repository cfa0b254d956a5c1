"""Every example of the README and of docs/ is written down and run as a reader would."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.llm.server import MessagesServer
from tests.integration.conftest import environment
from tests.integration.docs.examples import PAGES, ROOT, Command, Example, absent, all_examples, examples_of

EXAMPLES = all_examples()
FRAMEWORKS = {
    "anthropic_loop",
    "anthropic_tool_runner",
    "langchain_agent",
    "langgraph",
    "pydantic-ai",
    "openai-agents",
    "claude-agent-sdk",
    "mcp",
    "javascript",
}
TIMEOUT = 600  # an MCP server or a command line is started for each case


def run(command: Command, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The commands as a shell runs them, with the `pytest` and `agentsafety` of this environment."""
    above = filter(None, [os.environ.get("PYTHONPATH")])
    env = environment(
        PATH=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        PYTHONPATH=os.pathsep.join([str(folder), *above]),
        **more,
    )
    return subprocess.run(
        ["bash", "-e", "-c", command.text], cwd=folder, env=env, capture_output=True, text=True, timeout=TIMEOUT
    )


@contextmanager
def api(file: Path) -> Iterator[Mapping[str, str]]:
    """What a reader's environment says of an API that answers as the `model` in `file`; nothing without the file."""
    if not file.is_file():
        yield {}
        return
    spec = importlib.util.spec_from_file_location("the_api", file)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with MessagesServer(module.model) as server:
        yield {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "a-key"}


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{e.page.stem}-{e.name}" for e in EXAMPLES])
def test_an_example_does_what_its_page_says(example: Example, tmp_path: Path) -> None:
    if example.missing:
        pytest.skip(f"NOT TESTED: {example.missing} is not installed")
    ran = 0
    with api(example.support / "api.py") as env:
        for command in example.lay_out(tmp_path):
            done = run(command, tmp_path, **env)
            said = f"{command.text}\n{done.stdout}\n{done.stderr}"
            assert done.returncode == command.status, said
            missing = absent(command.prints, done.stdout + done.stderr)
            assert missing is None, f"not printed, or not in this order:\n{missing}\n\n{said}"
            ran += 1
    assert ran, f"example {example.name!r} of {example.page.name} runs nothing"


def test_the_readme_has_examples() -> None:
    assert set(examples_of(PAGES[0])) >= FRAMEWORKS | {"own-test", "ungated", "gate", "check", "fuzz"}


@pytest.mark.parametrize("name", sorted(FRAMEWORKS))
def test_at_most_ten_lines_of_a_project_are_ours(name: str) -> None:
    folder = ROOT / "docs" / "examples" / name
    settings = folder / "pyproject.toml"
    ours = settings.read_text("utf-8").partition("[tool.agentsafety")[2].splitlines() if settings.is_file() else []
    for file in folder.rglob("*"):
        if file.suffix in (".py", ".mjs"):
            ours += re.findall(r".*(?:agentsafety|agent_safety).*", file.read_text("utf-8"))
    assert len(ours) <= 10, ours


def test_a_marker_before_no_block_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- example: a runs -->\ntext\n")
    with pytest.raises(ValueError, match="stands before no block"):
        examples_of(page)


def example(tmp_path: Path, text: str) -> Iterator[Command]:
    """The commands of the example `a`."""
    page = tmp_path / "page.md"
    page.write_text("<!-- example: a file x.txt -->\n```\none\ntwo\nthree\n```\n" + text)
    return iter(examples_of(page)["a"].lay_out(tmp_path))


def test_a_command_that_fails_fails_its_example(tmp_path: Path) -> None:
    (command,) = example(tmp_path, "<!-- example: a runs -->\n```sh\ngrep four x.txt\n```\n")
    assert run(command, tmp_path).returncode == 1


def test_an_excerpt_has_to_stand_in_its_file(tmp_path: Path) -> None:
    assert list(example(tmp_path, "<!-- example: a shows x.txt -->\n```\none\n...\nthree\n```\n")) == []
    with pytest.raises(AssertionError, match="does not say"):
        list(example(tmp_path, "<!-- example: a shows x.txt -->\n```\nthree\n...\none\n```\n"))


def test_what_a_command_prints_is_compared(tmp_path: Path) -> None:
    text = "<!-- example: a runs -->\n```sh\ncat x.txt\n```\n<!-- example: a prints -->\n```text\n...\none\ntwo\n```\n"
    (command,) = example(tmp_path, text)
    assert absent(command.prints, run(command, tmp_path).stdout) is None
    assert absent(command.prints, "two\none") == "one\ntwo"


def test_what_is_not_installed_is_named(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- example: a runs, exit 1, needs pytest no_such.module -->\n```sh\nfalse\n```\n")
    found = examples_of(page)["a"]
    assert (found.needs, found.missing) == (["pytest", "no_such.module"], "no_such.module")
