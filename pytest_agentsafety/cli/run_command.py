"""`agentsafety run`: the main job."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pytest_agentsafety.cli.output import only_ours, say, say_json
from pytest_agentsafety.cli.progress import Progress
from pytest_agentsafety.fuzz.rows import counts
from pytest_agentsafety.session import ExitStatus, RunOptions, Session
from pytest_agentsafety.session.crew import MOST_JOBS, UPSTREAM_JOBS, Sitting, run_cases
from pytest_agentsafety.session.finish import Finished, finish
from pytest_agentsafety.session.options import DEFAULT_OUTPUT
from pytest_agentsafety.session.summary import header_lines, summary_lines, without_left_out


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
    parser.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help=f"cases at once (default: {UPSTREAM_JOBS} where an API answers, else 1)",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in the output folder: cases that have their row (and recording) are not run again",
    )
    parser.add_argument("--json", action="store_true", help="print metrics and status as JSON instead of the summary")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")
    parser.add_argument("--show-output", action="store_true", help="show what the agent itself prints")
    parser.set_defaults(run=run)


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_JOBS}")
    return int(text)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options that say what would run, shared with `list`."""
    parser.add_argument("--agent", metavar="module:attr", help="default: configuration, else the bundled agent")
    parser.add_argument(
        "--suite",
        action="append",
        default=[],
        metavar="NAME",
        help="repeatable (default: configuration, else generated; for the bundled agent builtin)",
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
        resume=getattr(given, "resume", False),
        command=shlex.join(["agentsafety", *sys.argv[1:]]),
    )


def run(given: argparse.Namespace) -> int:
    if given.show_output:
        return _run(given)
    with only_ours() as others:
        status = _run(given)
        if others.lines and not given.json:
            say(f"the agent printed {others.lines:,} lines, not shown (--show-output shows them)")
    return status


def _run(given: argparse.Namespace) -> int:
    session = Session(options_from(given))
    session.start()
    nothing = not session.cases and not session.fuzz_cases
    quiet = given.quiet or given.json
    if not quiet:
        lines = header_lines(session)
        for line in without_left_out(lines[1:]) if nothing else lines:  # the summary says that there is nothing
            say(line)
    try:
        sitting = _run_cases(session, jobs=given.jobs, quiet=quiet or nothing)
    finally:
        session.close()
    session.note_not_run(sitting.not_run, _reason(sitting))
    outer = ExitStatus.FAILED if sitting.not_run else ExitStatus.OK
    done = finish(session, outer=ExitStatus.INTERRUPTED if sitting.interrupted else outer)
    _report(session, done, as_json=given.json)
    if not given.json:
        for line in _how_to_go_on(session, sitting):
            say(line)
    return int(done.status)


def _run_cases(session: Session, *, jobs: int | None, quiet: bool) -> Sitting:
    """What ran until an interrupt, or until the run's budget was met, is on disk and is reported."""
    before = sum(session.kept(planned) is not None for planned in session.cases)
    far = any(session.goes_upstream(planned) for planned in session.cases)
    total = len(session.cases) + len(session.fuzz_cases)
    progress = Progress(total, quiet=quiet, before=before, meter=session.meter if far else None)
    try:
        for found in session.fuzz_cases:
            replayed = session.run_fuzz(found)
            progress.count(f"BYPASS {found.node_name}: {replayed.told}" if replayed.fails else "")
    except KeyboardInterrupt:
        sitting = Sitting(interrupted=True)
    else:
        sitting = run_cases(
            session,
            jobs=jobs,
            told=lambda _, result: progress.case(result, failed=session.fails(result)),
            tick=progress.tick,
        )
    progress.end()
    if sitting.interrupted:
        say("interrupted: reporting what has run")
    return sitting


def _reason(sitting: Sitting) -> str:
    return "the run was interrupted" if sitting.interrupted else f"the run's budget was met: {sitting.limit}"


def _how_to_go_on(session: Session, sitting: Sitting) -> Iterator[str]:
    if not sitting.not_run and not sitting.interrupted:
        return
    yield f"not run          {len(sitting.not_run)} of {len(session.cases)} cases: {_reason(sitting)}"
    first = "" if sitting.interrupted else "raise the limit in [tool.agentsafety.run_budget], then "
    command = session.options.command
    if "--resume" not in command.split():
        command += " --resume"
    yield f"go on            {first}{session.secrets.hide(command)}"


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
