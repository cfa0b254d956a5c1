"""The README's examples of agents in this process, a project for each framework."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.docs.examples import PAGES, Example, examples_of
from tests.integration.docs.playing import name_of, play

IN_PROCESS = ("anthropic_loop", "langchain_agent", "langgraph", "openai-agents", "pydantic-ai", "anthropic_tool_runner")
EXAMPLES = [example for name, example in examples_of(PAGES[0]).items() if name in IN_PROCESS]


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_an_example_does_what_its_page_says(example: Example, tmp_path: Path) -> None:
    play(example, tmp_path)
