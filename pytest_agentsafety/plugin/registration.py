"""With the flag on: register the session plugin, once, with what the options say."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.plugin.asking import unheard
from pytest_agentsafety.plugin.session_plugin import SafetyPlugin
from pytest_agentsafety.session import RunOptions
from pytest_agentsafety.session.options import DEFAULT_OUTPUT

_NODE_PREFIX = "agentsafety::"


def register(config: pytest.Config) -> None:
    """Wrong names end the session here, with exit status 4, before anything is collected."""
    options = run_options(config, _take_node_ids(config))
    try:
        with unheard(config):
            plugin = SafetyPlugin(config, options)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(plugin, "agentsafety-session")


def run_options(config: pytest.Config, node_ids: list[str]) -> RunOptions:
    """The options as given; `node_ids` on the command line select cases like globs do.

    An xdist worker has the controller's options, but not its command line: what was read off that is sent along.
    """
    option = config.option
    sent: dict[str, Any] = getattr(config, "workerinput", {}).get("agentsafety", {})
    on_command_line = any(str(arg).startswith("--agent-safety-record") for arg in config.invocation_params.args)
    return RunOptions(
        start=config.invocation_params.dir,
        root=config.rootpath,
        agent=option.agent_safety_agent,
        suites=tuple(option.agent_safety_suite or ()),
        cases=tuple(option.agent_safety_case or ()),
        node_names=tuple(sent.get("node_names", node_ids)),
        modes=tuple(option.agent_safety_mode or ()),
        record=option.agent_safety_record or "none",
        record_on_command_line=sent.get("record_on_command_line", on_command_line),
        guards=option.agent_safety_guards or "all",
        provenance=option.agent_safety_provenance,
        approver=option.agent_safety_approver,
        output=option.agent_safety_output or DEFAULT_OUTPUT,
        shard=option.agent_safety_shard or "1/1",
        ablate=bool(option.agent_safety_ablate),
        baseline=option.agent_safety_baseline,
        resume=bool(option.agent_safety_resume),
        command=shlex.join(["pytest", *map(str, config.invocation_params.args)]),
    )


def _take_node_ids(config: pytest.Config) -> list[str]:
    """Node ids of cases name no file: take them out of the arguments that pytest would look for on disk."""
    ids = [arg for arg in config.args if arg.startswith(_NODE_PREFIX)]
    if ids:
        config.args = [arg for arg in config.args if arg not in ids]
        if not config.args:
            config.option.agent_safety_only = True
    if config.option.agent_safety_only:
        # Folders only: their conftest files may hold the agent; no module of the user's is imported.
        config.args = list(dict.fromkeys(_folder(arg) for arg in config.args)) or [str(config.rootpath)]
    return [arg.removeprefix(_NODE_PREFIX) for arg in ids]


def _folder(arg: str) -> str:
    path, _, _ = arg.partition("::")
    return path.rpartition("/")[0] or "." if path.endswith(".py") else path
