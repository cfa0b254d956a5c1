"""`agentsafety check`: what would the tool door say to this call? Nothing is executed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pytest_agentsafety.approval import DenyApprover
from pytest_agentsafety.cli.json_lines import LineError, fields
from pytest_agentsafety.cli.output import say_error
from pytest_agentsafety.config import Settings, load_settings
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.gate.decide import Ruled, decide, rule_for
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import with_inferred_roles
from pytest_agentsafety.session.exit_status import ExitStatus

_SHAPE = 'expected {"tool": "name", "arguments": {...}}'


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "check",
        help="say what the policy decides on single tool calls, without executing them",
        description=(
            'Reads calls from standard input, a line {"tool": ..., "arguments": {...}} each, and answers each with a '
            'line {"decision": "allowed | denied | ask", "rule": ..., "reason": ...}, by the policy found from the '
            'working folder upwards. A line that is no call is answered with {"error": ...}; the exit status is 4 '
            "then. Blank lines are skipped."
        ),
    )
    parser.add_argument(
        "--task", default="", metavar="TEXT", help="what the user asked for: values named in it are endorsed"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """0 when every line was answered with a decision, 4 when one was no call or the configuration is wrong."""
    settings = load_settings(Path.cwd())
    if settings.path is None:
        say_error(
            f"no [tool.agentsafety] from {settings.root} upwards: there are no rules, so that every tool is denied"
        )
    checker = CallChecker(settings, task=given.task)
    status = ExitStatus.OK
    for answer in checker.answers(sys.stdin.buffer):
        if "error" in answer:
            status = ExitStatus.USAGE
        print(json.dumps(answer), flush=True)  # all ASCII: nothing in it can act on a terminal or a CI log
    return status


class CallChecker:
    """Judges single calls by the steps of the tool door that come before anybody is asked.

    Allowed paths start at the configuration's folder, relative paths in arguments at the working folder. What other
    lines asked for plays no part; budgets, which a single call cannot tell about, neither.
    """

    def __init__(self, settings: Settings, *, task: str = "") -> None:
        # The text guards see no call, and nobody is asked: the user's own callback is not even imported.
        gate = Gate(settings.rooted_policy, guardrails=(), approver=DenyApprover(), base=Path.cwd())
        self._state = gate.open(task).state

    def answers(self, lines: Iterable[bytes]) -> Iterator[dict[str, str]]:
        """`{"decision", "rule", "reason"}` or `{"error"}` per line that is not blank, as soon as it was read."""
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                call = _read(line, number)
            except LineError as error:
                yield {"error": f"line {number}: {error}"}
                continue
            decision = self.decide(call)
            yield {"decision": decision.outcome, "rule": decision.rule, "reason": decision.reason}

    def decide(self, call: ToolCall) -> Decision:
        """Never raises: as at the door, a check that crashes denies."""
        try:
            ruled = rule_for(self._state, call.name)
            if ruled.denial is None:
                ruled = Ruled(_with_roles(ruled.rule, call))
            return decide(self._state, call, ruled)
        except Exception as error:  # noqa: BLE001 - the tool door's own answer to this
            reason = f"a check crashed: {type(error).__name__}: {error}"
            return Decision(outcome="denied", guard="permissions", rule="gate.crashed", reason=reason)


def _with_roles(rule: ToolRule, call: ToolCall) -> ToolRule:
    """The door learns a tool's parameters when it is wrapped; here the call's own arguments name them."""
    return with_inferred_roles(rule, [name for name in call.arguments if name not in rule.roles])


def _read(line: bytes, number: int) -> ToolCall:
    value = fields(line, _SHAPE, tool=str, arguments=dict)
    if not value["tool"]:
        raise LineError(f"'tool' is empty, {_SHAPE}")
    return ToolCall(call_id=f"line{number}", name=value["tool"], arguments=value["arguments"])
