"""An example, played as a reader would."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.llm.server import MessagesServer
from tests.integration.conftest import LEFT_OUT, environment
from tests.integration.docs.examples import Command, Example, absent

TIMEOUT = 600  # an MCP server or a command is started for each case


def name_of(example: Example) -> str:
    return f"{example.page.stem}-{example.name}"


def play(example: Example, folder: Path, *addopts: str) -> None:
    """Lay the example out in `folder` and run its commands, pytest with `addopts`.

    Skips it where something it needs is not installed.
    """
    if example.missing:
        pytest.skip(f"NOT TESTED: {example.missing} is not installed")
    ran = 0
    with api(example.support / "api.py") as env:
        for command in example.lay_out(folder):
            done = run(command, folder, *addopts, **env)
            said = f"{command.text}\n{done.stdout}\n{done.stderr}"
            assert done.returncode == command.status, said
            missing = absent(command.prints, done.stdout + done.stderr)
            assert missing is None, f"not printed, or not in this order:\n{missing}\n\n{said}"
            ran += 1
    assert ran, f"example {example.name!r} of {example.page.name} runs nothing"


def run(command: Command, folder: Path, *addopts: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The commands as a shell runs them, with the `pytest` and `agentsafety` of this environment.

    pytest gets `addopts`, too, from its environment.
    """
    above = filter(None, [os.environ.get("PYTHONPATH")])
    env = environment(
        PATH=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        PYTHONPATH=os.pathsep.join([str(folder), *above]),
        PYTEST_ADDOPTS=" ".join([*LEFT_OUT, *addopts]),
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
