"""The README's examples of agents that start a process for each case, which takes a second: a third of the cases.

AGENTSAFETY_LONG=1 runs all of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.integration.docs.examples import PAGES, Example, examples_of
from tests.integration.docs.playing import name_of, play

LONG = os.environ.get("AGENTSAFETY_LONG") == "1"
COMMANDS = ("claude-agent-sdk", "javascript", "mcp")
EXAMPLES = [example for name, example in examples_of(PAGES[0]).items() if name in COMMANDS]


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_an_example_does_what_its_page_says(example: Example, tmp_path: Path) -> None:
    part = () if LONG or example.name == "javascript" else ("--agent-safety-shard=1/3",)
    play(example, tmp_path, *part)
