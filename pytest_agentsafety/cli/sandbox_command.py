"""`agentsafety sandbox run | check`: run code as the policy says, and prove on this machine that it is contained."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_agentsafety.checklist.sandbox_judge import FILE as EVIDENCE
from pytest_agentsafety.cli.output import say, say_error, say_json
from pytest_agentsafety.config import Settings, load_settings
from pytest_agentsafety.gate.exits import RuleExits
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import WEAK, Sandbox, unmet
from pytest_agentsafety.session.exit_status import ExitStatus

if TYPE_CHECKING:
    from pytest_agentsafety.sandbox.check import CheckReport, ProbeRow

_TOOL = "execute_code"


def add(commands: Any) -> None:
    """Register the command with its two halves."""
    parser = commands.add_parser("sandbox", help="run code in the sandbox, or check that the sandbox holds here")
    halves = parser.add_subparsers(dest="half", metavar="COMMAND", required=True)
    run = halves.add_parser(
        "run",
        help="run Python code as the policy says and print the result as JSON",
        description=(
            "Runs FILE (- is standard input) under the rule of the tool that executes code, found from the working "
            "folder upwards; without one, under the default limits. Exit status: 0 for ok, 1 for any other status of "
            "the run, 4 for a file that is not there or a configuration that is wrong."
        ),
    )
    run.add_argument("file", metavar="FILE")
    run.add_argument("arguments", nargs="*", metavar="ARG", help="what the code finds in sys.argv")
    run.add_argument("--tool", metavar="NAME", help=f"whose rule counts (default: {_TOOL})")
    run.add_argument("--workspace", metavar="DIR", help="a folder: the code gets a copy, its changes are copied back")
    run.set_defaults(run=run_code)
    check = halves.add_parser(
        "check",
        help="try to escape, with and without the sandbox; exit status 1 when something does",
        description=(
            "Runs each probe of the escape matrix without the sandbox and in it. A probe that does not escape without "
            "it is VOID: it proves nothing here. Exit status: 0 when nothing escapes, 1 otherwise."
        ),
    )
    check.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    check.add_argument("--output", metavar="DIR", help=f"evidence folder to leave {EVIDENCE} in, for the checklist")
    check.add_argument("--image", metavar="NAME", help="try the docker backend too, with this image")
    check.set_defaults(run=check_here)


def run_code(given: argparse.Namespace) -> int:
    """0 for status ok, 1 for any other."""
    settings = load_settings(Path.cwd())
    rule = _rule(settings, given.tool)
    code, name = _source(given.file)
    folder = None if given.workspace is None else Path(given.workspace)
    if folder is not None and not folder.is_dir():
        raise ConfigError(f"--workspace: {given.workspace!r} is no folder")
    result = Sandbox(folder=folder, exits=RuleExits).run(code, rule, filename=name, arguments=given.arguments)
    say_json(result.to_dict())
    if rule.sandbox == WEAK:
        say_error(f"this sandbox is weak by name (sandbox = {WEAK!r}): what it ran may have got out")
    return ExitStatus.OK if result.status == "ok" else ExitStatus.FAILED


def _rule(settings: Settings, tool: str | None) -> ToolRule:
    """The named tool's rule, else that of execute_code, else of the only tool that executes, else the defaults."""
    rules = {name: rule for name, rule in settings.policy.tools.items() if rule.effect == "execute"}
    if tool is not None:
        if tool not in rules:
            valid = ", ".join(sorted(rules)) or "none"
            raise ConfigError(f"--tool: no tool {tool!r} with the effect 'execute'. Valid: {valid}")
        return rules[tool]
    if _TOOL in rules:
        return rules[_TOOL]
    if len(rules) > 1:
        raise ConfigError(f"several tools execute code; choose one with --tool: {', '.join(sorted(rules))}")
    return next(iter(rules.values()), ToolRule(effect="execute"))


def _source(file: str) -> tuple[str, str]:
    """The code and its name in tracebacks."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig"), "<stdin>" if file == "-" else file
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8: byte 0x{error.object[error.start]:02x} at {error.start}") from None


def check_here(given: argparse.Namespace) -> int:
    """0 when every probe is stopped, 1 when one escapes, or nothing can be contained here at all."""
    reason = unmet(ToolRule(effect="execute"))
    if reason is not None:
        say_error(f"there is nothing to check: running code is refused here: {reason}")
        return ExitStatus.FAILED
    # Linux only, like all of the native backend.
    from pytest_agentsafety.sandbox.check import check

    if given.output is not None and not Path(given.output).is_dir():
        raise ConfigError(f"--output: {given.output!r} is no folder")
    report = check(image=given.image, said=None if given.json else _say_row)
    if given.output is not None:
        text = json.dumps(report.to_dict(), indent=2) + "\n"
        (Path(given.output) / EVIDENCE).write_text(text, encoding="utf-8")
    if given.json:
        say_json(report.to_dict())
    else:
        _say_end(report)
    return ExitStatus.OK if report.holds else ExitStatus.FAILED


def _say_row(row: ProbeRow) -> None:
    control = "VOID" if row.void else "escapes"
    shown = "  ".join(f"{name}: {outcome}" for name, outcome in row.outcomes.items())
    say(f"{row.kind}  {row.id:<24} without: {control:<8} {shown}")


def _say_end(report: CheckReport) -> None:
    for name, layers in report.backends.items():
        say(f"{name}{' (used here)' if name == report.chosen else ''}: {', '.join(layers)}")
    if report.no_namespaces:
        say(f"no namespaces here: {report.no_namespaces}")
    known = sum("known" in row.outcomes.values() for row in report.rows)
    if known:
        say(f"{known} known limit of the backend without namespaces: names, sizes and times of hidden files show")
    verdict = "the sandbox holds" if report.holds else "THE SANDBOX DOES NOT HOLD"
    failed = ", ".join(row.id for row in report.escaped)
    say(
        f"{verdict}: {len(report.rows)} probes, {len(report.escaped)} not stopped{f' ({failed})' if failed else ''}, "
        f"{len(report.void)} void"
    )
