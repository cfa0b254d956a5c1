"""`agentsafety mcp-proxy -- CMD`: an MCP server behind the tool door, whichever client uses it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pytest_agentsafety.cli.output import say_error
from pytest_agentsafety.config import load_settings
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.session.mcp_proxy import run_proxy


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "mcp-proxy",
        help="run an MCP server (stdio) behind the policy's tool door",
        description=(
            "Starts CMD, an MCP server over stdio, and stands between it and the client that started this command: "
            "tool calls pass the policy found from the working folder upwards, denied ones are not sent and answered "
            "with an error result, results are checked, tools whose description is an injection or changes between "
            "two listings are withheld. All else goes through as it is. The exit status is that of CMD."
        ),
    )
    parser.add_argument(
        "--task",
        default="",
        metavar="TEXT",
        help="what the user wants done: writes that it asks for need no approval; without it every write asks",
    )
    parser.add_argument("--config", metavar="PATH", help="folder (or file in it) to look for [tool.agentsafety] from")
    parser.add_argument(
        "--trust-tool",
        action="append",
        default=[],
        metavar="NAME",
        help="repeatable: a tool that is shown although its description looks like an injection",
    )
    parser.add_argument("--output", metavar="DIR", help="write audit.jsonl there")
    parser.add_argument("server", nargs="+", metavar="CMD", help="the real server and its arguments, after --")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The server's exit status; 4 when the configuration is wrong or the server cannot be started."""
    start = Path.cwd() if given.config is None else Path(given.config)
    if not start.exists():
        raise ConfigError(f"--config {given.config}: no such file or folder")
    settings = load_settings(start if start.is_dir() else start.parent)
    if settings.path is None:
        say_error(f"no [tool.agentsafety] from {start} upwards: there are no rules, so that every tool is denied")
    output = None if given.output is None else Path(given.output)
    return run_proxy(settings, given.server, task=given.task, output=output, say=say_error, trusted=given.trust_tool)
