"""`agentsafety scan`: what do the text guards say to this text?

Nothing but the configuration and the guards is loaded: the command answers line by line, as a process beside another.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pytest_agentsafety.cli.json_lines import LineError, fields
from pytest_agentsafety.cli.output import say_error
from pytest_agentsafety.config import Settings, load_settings
from pytest_agentsafety.guards.stage import StageRunner, StageVerdict, default_guardrails
from pytest_agentsafety.model.decisions import STAGES, GuardContext, GuardrailResult, Stage
from pytest_agentsafety.model.exit_status import ExitStatus

_SHAPE = 'expected {"text": "..."}'


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "scan",
        help="say what the text guards find in single texts",
        description=(
            'Reads texts from standard input, a line {"text": ...} each, and answers each at once with a line '
            '{"triggered": ..., "action": "allow | redact | block | escalate", "score": ..., "guards": [{"guard", '
            '"rule", "spans", ...}], "redacted": ...}, by the configuration found from the working folder upwards, '
            "guards of your own included. Spans are offsets of the text, end exclusive. A line that is no text is "
            'answered with {"error": ...}; the exit status is 4 then. Blank lines are skipped.'
        ),
    )
    parser.add_argument("--stage", choices=STAGES, default="input", help="where the text stands (default: input)")
    parser.add_argument("--source", default="", metavar="NAME", help="where the text comes from, as guards are told it")
    parser.add_argument("--task", default="", metavar="TEXT", help="the user's task, as guards are told it")
    parser.add_argument("--all", action="store_true", help="list clean and skipped guards too")
    parser.add_argument("--json", action="store_true", help="JSON lines; there is no other form")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """0 when every line was answered with a verdict, 4 when one was no text or the configuration is wrong."""
    scanner = TextScanner(
        load_settings(Path.cwd()), stage=given.stage, source=given.source, task=given.task, every=given.all
    )
    if not scanner.guards:
        say_error(f"no guard looks at texts of the stage {given.stage!r}")
    status = ExitStatus.OK
    for answer in scanner.answers(sys.stdin.buffer):
        if "error" in answer:
            status = ExitStatus.USAGE
        print(json.dumps(answer), flush=True)  # all ASCII: nothing in it can act on a terminal or a CI log
    return status


class TextScanner:
    """Judges single texts by the guards of one stage. `every`: answers list guards that found nothing too.

    Raises ConfigError for a guard of the user's own that cannot be used.
    """

    def __init__(
        self, settings: Settings, *, stage: Stage = "input", source: str = "", task: str = "", every: bool = False
    ) -> None:
        guards = default_guardrails(settings.policy, root=settings.root)
        self.guards = [guard for guard in guards if stage in guard.stages]
        self._runner, self._every = StageRunner(self.guards), every
        self._context = GuardContext(stage=stage, source=source, task=task)

    def answers(self, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        """A verdict or `{"error"}` per line that is not blank, as soon as it was read."""
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                text = fields(line, _SHAPE, text=str)["text"]
            except LineError as error:
                yield {"error": f"line {number}: {error}"}
                continue
            yield self.answer(text)

    def answer(self, text: str) -> dict[str, Any]:
        """Never raises: a guard that crashes blocks."""
        verdict = self._runner.run(self._context.stage, text, self._context)
        shown = verdict.results if self._every else [r for r in verdict.results if r.status in ("triggered", "crashed")]
        return {
            "triggered": any(result.triggered for result in verdict.results),
            "action": _action(verdict),
            "score": max((result.score for result in verdict.results), default=0.0),
            "guards": [_entry(result) for result in shown],
            "redacted": verdict.text if verdict.redacted else None,
        }


def _action(verdict: StageVerdict) -> str:
    if verdict.blocked:
        return "block"
    if verdict.redacted:
        return "redact"
    return "escalate" if verdict.escalated else "allow"


def _entry(result: GuardrailResult) -> dict[str, Any]:
    return {
        "guard": result.guard,
        "rule": result.rule,
        "spans": [[span.start, span.end] for span in result.spans],
        "status": result.status,
        "action": result.action,
        "score": result.score,
        "severity": result.severity,
        "confidence": result.confidence,
        "reason": result.reason,
    }
