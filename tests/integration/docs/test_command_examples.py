"""The README's examples of agents that start a process for each case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.docs.examples import PAGES, Example, examples_of
from tests.integration.docs.playing import name_of, play

COMMANDS = ("claude-agent-sdk", "javascript", "mcp")
EXAMPLES = [example for name, example in examples_of(PAGES[0]).items() if name in COMMANDS]


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_an_example_does_what_its_page_says(example: Example, tmp_path: Path) -> None:
    play(example, tmp_path)
