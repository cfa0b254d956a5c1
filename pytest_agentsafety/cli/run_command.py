"""`agentsafety run`: the main job."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

from pytest_agentsafety.cli.output import say, say_json
from pytest_agentsafety.fuzz.rows import counts
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.session import ExitStatus, RunOptions, Session
from pytest_agentsafety.session.finish import Finished, finish
from pytest_agentsafety.session.options import DEFAULT_OUTPUT
from pytest_agentsafety.session.summary import explain, header_lines, same_but_phrasing, summary_lines

_PLAIN_EVERY_SECONDS = 10.0


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("run", help="run suites against an agent and write the evidence")
    add_run_options(parser)
    parser.add_argument(
        "--record", default="none", metavar="MODE", help="none, once, new_episodes, all (default: none)"
    )
    parser.add_argument(
        "--output", default=DEFAULT_OUTPUT, metavar="DIR", help=f"evidence folder (default: {DEFAULT_OUTPUT})"
    )
    parser.add_argument(
        "--ablate", action="store_true", help="knock out one guard at a time (hijacked attacks), into ablation.jsonl"
    )
    parser.add_argument("--baseline", metavar="FILE", help="an earlier results.jsonl to compare with")
    parser.add_argument("--json", action="store_true", help="print metrics and status as JSON instead of the summary")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")
    parser.set_defaults(run=run)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options that say what would run, shared with `list`."""
    parser.add_argument("--agent", metavar="module:attr", help="default: configuration, else the bundled agent")
    parser.add_argument(
        "--suite", action="append", default=[], metavar="NAME", help="repeatable (default: configuration, else builtin)"
    )
    parser.add_argument("--case", action="append", default=[], metavar="GLOB", help="select cases by id; repeatable")
    parser.add_argument(
        "--mode",
        action="append",
        default=[],
        metavar="NAME",
        help="recorded, hijacked, hijacked-exposed, scripted, live; repeatable",
    )
    parser.add_argument("--guards", default="all", metavar="LIST", help="all, none, or a list (default: all)")
    parser.add_argument(
        "--provenance", metavar="MODE", help="enforce, strict, off (default: configuration, else enforce)"
    )
    parser.add_argument(
        "--approver", metavar="NAME", help="deny, oracle, console, callback, queue (default: configuration, else deny)"
    )
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="run the I-th of N parts")


def options_from(given: argparse.Namespace) -> RunOptions:
    """The session's options from the command line's."""
    return RunOptions(
        start=Path.cwd(),
        root=Path.cwd(),
        prefix="--",
        agent=given.agent,
        suites=tuple(given.suite),
        cases=tuple(given.case),
        modes=tuple(given.mode),
        record=getattr(given, "record", "none"),
        record_on_command_line=True,
        guards=given.guards,
        provenance=given.provenance,
        approver=given.approver,
        output=getattr(given, "output", DEFAULT_OUTPUT),
        shard=given.shard,
        ablate=getattr(given, "ablate", False),
        baseline=getattr(given, "baseline", None),
        command=shlex.join(["agentsafety", *sys.argv[1:]]),
    )


def run(given: argparse.Namespace) -> int:
    session = Session(options_from(given))
    session.start()
    if not (given.quiet or given.json):
        for line in header_lines(session):
            say(line)
    interrupted = _run_cases(session, quiet=given.quiet or given.json)
    session.close()
    done = finish(session, outer=ExitStatus.INTERRUPTED if interrupted else ExitStatus.OK)
    _report(session, done, as_json=given.json)
    return int(done.status)


def _run_cases(session: Session, *, quiet: bool) -> bool:
    """True when the user interrupted; what ran until then is on disk and is reported."""
    progress = Progress(len(session.cases) + len(session.fuzz_cases), quiet=quiet)
    try:
        for found in session.fuzz_cases:
            done = session.run_fuzz(found)
            progress.count(f"BYPASS {found.node_name}: {done.told}" if done.fails else "")
        for planned in session.cases:
            result = session.run(planned)
            progress.case(result, failed=session.fails(result))
    except KeyboardInterrupt:
        progress.end()
        say("interrupted: reporting what has run")
        return True
    progress.end()
    return False


def _report(session: Session, done: Finished, *, as_json: bool) -> None:
    if as_json:
        document = {
            "fuzz": counts(done.fuzz),
            "exit_status": int(done.status),
            "output": str(session.folder),
            "checklist": done.checklist,
            "gates": [gate.to_dict() for gate in done.gates],
            "metrics": done.metrics,
        }
        say_json(document)
        return
    say()
    for line in summary_lines(session, done):
        say(line)


class Progress:
    """On a terminal one line that is rewritten; in a log a plain line every ten seconds; failures always.

    Of an attack that fails in several phrasings the first is told; the summary counts the others.
    """

    def __init__(self, total: int, *, quiet: bool) -> None:
        self._total, self._quiet = total, quiet
        self._done = self._failed = 0
        self._told: set[object] = set()
        self._terminal = sys.stdout.isatty() and not os.environ.get("CI")
        self._last = time.monotonic()

    def case(self, result: CaseResult, *, failed: bool) -> None:
        told = same_but_phrasing(result)
        known = told in self._told
        if failed:
            self._told.add(told)
        line = f"{result.verdict.upper()} {result.node_name}: {explain(result)}" if failed else ""
        self.count(line, tell=not known)

    def count(self, failure: str, *, tell: bool = True) -> None:
        """One more is done; `failure` says why it failed, "" when it did not, and is told or only counted."""
        self._done += 1
        self._failed += bool(failure)
        if self._quiet:
            return
        if failure and tell:
            self._clear()
            say(failure)
        if self._terminal:
            print(f"\r{self._line()}", end="", flush=True)
        elif time.monotonic() - self._last >= _PLAIN_EVERY_SECONDS:
            self._last = time.monotonic()
            say(self._line())

    def end(self) -> None:
        if not self._quiet:
            self._clear()
            say(self._line())

    def _line(self) -> str:
        return f"{self._done}/{self._total} cases, {self._failed} failed"

    def _clear(self) -> None:
        if self._terminal:
            print("\r\x1b[K", end="")
