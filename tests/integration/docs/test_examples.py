"""Every example of the README and of docs/ is written down and run as a reader would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import TIMEOUT, environment
from tests.integration.docs.examples import PAGES, Command, Example, all_examples, examples_of

EXAMPLES = all_examples()
TWO = "<!-- example: a runs -->\n```sh\ngrep two x.txt\n```\n"


def run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    """The commands as a shell runs them, with the `pytest` and `agentsafety` of this environment."""
    above = filter(None, [os.environ.get("PYTHONPATH")])
    env = environment(
        PATH=f"{Path(sys.executable).parent}:/usr/bin:/bin", PYTHONPATH=os.pathsep.join([str(folder), *above])
    )
    return subprocess.run(
        ["bash", "-e", "-c", command.text], cwd=folder, env=env, capture_output=True, text=True, timeout=TIMEOUT
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{e.page.stem}-{e.name}" for e in EXAMPLES])
def test_an_example_does_what_its_page_says(example: Example, tmp_path: Path) -> None:
    ran = 0
    for command in example.lay_out(tmp_path):
        done = run(command, tmp_path)
        assert done.returncode == command.status, f"{command.text}\n{done.stdout}\n{done.stderr}"
        ran += 1
    assert ran, f"example {example.name!r} of {example.page.name} runs nothing"


def test_the_readme_has_examples() -> None:
    assert set(examples_of(PAGES[0])) >= {"own-agent", "own-test", "gate", "check"}


def test_a_marker_before_no_block_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- example: a runs -->\ntext\n")
    with pytest.raises(ValueError, match="stands before no block"):
        examples_of(page)


def test_a_command_that_fails_fails_its_example(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- example: a file x.txt -->\n```\none\n```\n<!-- example: a runs -->\n```sh\ngrep two x.txt\n```\n"
    )
    (command,) = examples_of(page)["a"].lay_out(tmp_path)
    assert run(command, tmp_path).returncode == 1
