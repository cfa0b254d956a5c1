"""The one place that imports AgentDojo, without the vendor SDKs its package pulls in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from pytest_agentsafety.catalog.agentdojo.deferred import defer
from pytest_agentsafety.model.errors import MissingExtraError

INSTALL = "pip install 'pytest-agentsafety[agentdojo]'"
# Parents before children. All of them import SDKs of model vendors.
_DEFERRED = ("agentdojo.agent_pipeline", "agentdojo.agent_pipeline.llms", "agentdojo.agent_pipeline.llms.google_llm")


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """What the bridge uses of AgentDojo. Everything is theirs, so everything is Any."""

    base_model: type[Any]
    function_call: type[Any]
    runtime: type[Any]
    task_suite: type[Any]
    load_attack: Callable[..., Any]
    read_suite_file: Callable[..., str]
    result_to_str: Callable[..., str]
    model_names: Mapping[str, str]
    system_message: str
    registry: Callable[[], Mapping[str, Mapping[str, Any]]]


@cache
def load() -> Upstream:
    """Import AgentDojo's core. Raises MissingExtraError where it, or a package it needs, is not installed."""
    if find_spec("agentdojo") is None:
        raise MissingExtraError(f"suites named agentdojo need the package agentdojo: {INSTALL}")
    try:
        return _load()
    except ImportError as exc:
        raise MissingExtraError(f"agentdojo is installed but does not import ({exc}): {INSTALL}") from exc


def _load() -> Upstream:
    import_module("agentdojo")
    for name in _DEFERRED:
        defer(name)
    suites = import_module("agentdojo.task_suite.load_suites")
    task_suite = import_module("agentdojo.task_suite.task_suite")
    functions = import_module("agentdojo.functions_runtime")
    import_module("agentdojo.attacks")
    return Upstream(
        base_model=import_module("pydantic").BaseModel,
        function_call=functions.FunctionCall,
        runtime=functions.FunctionsRuntime,
        task_suite=task_suite.TaskSuite,
        load_attack=import_module("agentdojo.attacks.attack_registry").load_attack,
        read_suite_file=task_suite.read_suite_file,
        result_to_str=import_module("agentdojo.agent_pipeline.tool_execution").tool_result_to_str,
        model_names=import_module("agentdojo.models").MODEL_NAMES,
        system_message=_system_message(),
        # A copy: the registry is a defaultdict, and asking it for a typo would register the typo.
        registry=lambda: {version: dict(found) for version, found in suites._SUITES.items()},
    )


def _system_message() -> str:
    text = (files("agentdojo") / "data" / "system_messages.yaml").read_text(encoding="utf-8")
    return str(import_module("yaml").safe_load(text)["default"])
