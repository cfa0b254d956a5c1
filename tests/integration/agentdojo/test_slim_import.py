"""Only AgentDojo's core is imported, and a full import of it before or after is what it always was."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("agentdojo", reason="needs the extra: pip install 'pytest-agentsafety[agentdojo]'")

VENDORS = ("openai", "anthropic", "cohere", "google.genai", "langchain", "vertexai", "requests")
# Stands in for the vendor SDKs, so that the whole package imports whether or not they are installed.
WHOLE = """
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from unittest.mock import MagicMock

class Anything(ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock()

class Vendors(MetaPathFinder, Loader):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in ("openai", "anthropic", "cohere", "google", "langchain", "tenacity", "requests"):
            return ModuleSpec(name, self, is_package=True)
    def create_module(self, spec):
        module = Anything(spec.name)
        return module
    def exec_module(self, module):
        pass

sys.meta_path.insert(0, Vendors())
"""


def python(code: str) -> Any:
    """What a fresh interpreter prints as JSON; warnings are errors there too."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_running_a_case_imports_no_vendor() -> None:
    seen = python(
        "import json, sys\n"
        "from pytest_agentsafety.catalog.agentdojo import resolve\n"
        "before = 'agentdojo' in sys.modules or 'yaml' in sys.modules or 'pydantic' in sys.modules\n"
        "suite, = resolve('agentdojo:banking', place='')\n"
        "scenario = suite.open(suite.cases()[-1])\n"
        "scenario.benign_turns(), scenario.attack_turns(), scenario.utility('', ())\n"
        f"print(json.dumps([before, [name for name in {VENDORS!r} if name in sys.modules]]))"
    )
    assert seen == [False, []]


PIPELINE = (
    "from agentdojo.agent_pipeline import AgentPipeline, GroundTruthPipeline, AbortAgentError, GoogleLLM\n"
    "import agentdojo.agent_pipeline.errors as errors, agentdojo.task_suite.task_suite as suites\n"
)
BRIDGE = (
    "from pytest_agentsafety.catalog.agentdojo import resolve\n"
    "suite, = resolve('agentdojo:slack', place='')\n"
    "count = len(suite.cases())\n"
)
SAME = (
    "import json\n"
    "print(json.dumps([count, AbortAgentError is errors.AbortAgentError is suites.AbortAgentError,"
    " AgentPipeline.__module__, GoogleLLM.__module__]))"
)
WHOLE_SEEN = [126, True, "agentdojo.agent_pipeline.agent_pipeline", "agentdojo.agent_pipeline.llms.google_llm"]


def test_the_whole_package_imports_after_the_bridge() -> None:
    assert python(WHOLE + BRIDGE + PIPELINE + SAME) == WHOLE_SEEN


def test_the_bridge_works_after_the_whole_package() -> None:
    assert python(WHOLE + PIPELINE + BRIDGE + SAME) == WHOLE_SEEN
