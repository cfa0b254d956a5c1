"""`agentsafety gateway -- CMD`: an agent in another process or language, behind both doors."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from pytest_agentsafety.cli.child_process import run_command
from pytest_agentsafety.cli.output import say, say_error
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.exit_status import ExitStatus
from pytest_agentsafety.session.gateway_run import DEFAULT_OUTPUT, GatewayOptions, GatewayRun
from pytest_agentsafety.session.options import RunOptions

_DESCRIPTION = (
    "Starts CMD with base URLs that lead its model calls through a gateway on this machine, where the policy, guards "
    "and budget of the configuration hold: a call that is denied never reaches the agent, and its results are checked "
    "when they come back. The exit status is CMD's; 1 if the task was stopped or a tool result passed no door though "
    "CMD said 0. Without CMD it serves until Ctrl-C and prints what to export. One run is one task of one user."
)


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "gateway", help="run an agent of any language behind the gate", description=_DESCRIPTION
    )
    parser.add_argument("--task", default="", metavar="TEXT", help="the user's task (default: the first user message)")
    parser.add_argument("--guards", default="all", metavar="LIST", help="all, none, or a list (default: all)")
    parser.add_argument("--provenance", metavar="MODE", help="enforce, strict, off (default: configuration)")
    parser.add_argument("--approver", metavar="NAME", help="deny, console, callback, queue (default: configuration)")
    parser.add_argument(
        "--budget-usd", type=_dollars, metavar="X", help="what the task may cost (default: configuration)"
    )
    parser.add_argument("--cassette", metavar="FILE", help="record the model's answers to, or replay them from, FILE")
    parser.add_argument(
        "--record", default="none", metavar="MODE", help="none (replay strictly), once, new_episodes, all"
    )
    parser.add_argument("--upstream", metavar="URL", help="where model calls go (default: the base URLs in your env)")
    parser.add_argument("--ca", metavar="FILE", help="certificate authority of the upstream (default: SSL_CERT_FILE)")
    parser.add_argument(
        "--output", default=DEFAULT_OUTPUT, metavar="DIR", help=f"evidence folder (default: {DEFAULT_OUTPUT})"
    )
    parser.add_argument("cmd", nargs=argparse.REMAINDER, metavar="-- CMD", help="the agent's command line")
    parser.set_defaults(run=run)


def _dollars(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no amount of US dollars")
    return value


def options_from(given: argparse.Namespace) -> GatewayOptions:
    here = Path.cwd()
    return GatewayOptions(
        run=RunOptions(
            start=here,
            root=here,
            prefix="--",
            record=given.record,
            record_on_command_line=True,
            guards=given.guards,
            provenance=given.provenance,
            approver=given.approver,
            output=given.output,
            command=shlex.join(["agentsafety", *sys.argv[1:]]),
        ),
        task=given.task,
        cassette=None if given.cassette is None else here / given.cassette,
        budget_usd=given.budget_usd,
        upstream=given.upstream,
        authority=None if given.ca is None else here / given.ca,
    )


def run(given: argparse.Namespace) -> int:
    command = given.cmd[1:] if given.cmd[:1] == ["--"] else given.cmd
    if given.cmd and not command:
        raise ConfigError("gateway: nothing stands behind --; give the agent's command, or leave -- out to serve")
    if given.approver == "oracle":
        raise ConfigError("--approver: oracle answers from a suite's ground truth, which an agent of yours has not")
    with GatewayRun(options_from(given)) as running:
        env = running.gateway.env(lend_keys=running.lends_keys)
        status = run_command(command, env) if command else _serve(env)
    summary = running.summary()
    for line in summary.lines():
        say_error(line)
    if status == ExitStatus.OK and summary.failed:
        return ExitStatus.FAILED
    return status


def _serve(env: dict[str, str]) -> int:
    """Until somebody ends it."""
    for name, value in env.items():
        say(f"export {name}={shlex.quote(value)}")
    over = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        over.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return ExitStatus.OK
