"""Every example of the README and of docs/ is written down and run as a reader would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.docs.examples import PAGES, ROOT, Command, Example, absent, all_examples, examples_of
from tests.integration.docs.playing import name_of, play, run
from tests.integration.docs.test_command_examples import COMMANDS
from tests.integration.docs.test_framework_examples import IN_PROCESS

# The others have files of their own, since a worker takes a whole file.
HERE = [example for example in all_examples() if example.name not in {*COMMANDS, *IN_PROCESS}]
FRAMEWORKS = {*COMMANDS, *IN_PROCESS}


@pytest.mark.parametrize("example", HERE, ids=name_of)
def test_an_example_does_what_its_page_says(example: Example, tmp_path: Path) -> None:
    play(example, tmp_path)


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
