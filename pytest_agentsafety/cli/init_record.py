"""Record the first benign runs for `agentsafety init`: only when it was said, since it costs money."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path

from pytest_agentsafety.cli.output import say
from pytest_agentsafety.cli.progress import Progress
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.safe_text import printable
from pytest_agentsafety.runner.modes import MODEL_KEYS
from pytest_agentsafety.session import ExitStatus, Session
from pytest_agentsafety.session.crew import Sitting, run_cases
from pytest_agentsafety.session.finish import finish
from pytest_agentsafety.session.first_runs import costs_at_most, first_runs
from pytest_agentsafety.session.summary import explain

_HOW = "agentsafety init --record"


def keys_there() -> list[str]:
    """The names of the API keys that are set."""
    return [name for name in MODEL_KEYS if os.environ.get(name)]


def check_record(given: argparse.Namespace) -> None:
    """Raises ConfigError for --record without a key, before anything is written."""
    if given.record and not keys_there():
        raise ConfigError(f"--record: no API key is set: set {' or '.join(MODEL_KEYS)}, or leave --record out")


def record(given: argparse.Namespace, agent: str | None) -> ExitStatus:
    """Ask where nobody said so, then record. FAILED where a run broke; what was recorded stays."""
    if given.record is False or not keys_there() or not (given.record or _at_terminal()):
        return ExitStatus.OK
    try:
        session = first_runs(Path.cwd(), agent=agent, command=shlex.join(["agentsafety", *sys.argv[1:]]))
    except ConfigError as error:  # what was drafted stands
        say(f"not recorded     {error}")
        return ExitStatus.FAILED if given.record else ExitStatus.OK
    if session is None:
        say("recorded         every benign run is recorded already")
        return ExitStatus.OK
    say(f"to record        {_what(session)}")
    if not (given.record or _agreed()):
        say(f"not recorded     {_HOW} does it later")
        return ExitStatus.OK
    return _record(session)


def _what(session: Session) -> str:
    number = len(session.cases)
    runs = "1 benign run" if number == 1 else f"{number} benign runs"
    return (
        f"{runs} of {session.agent.id} with the real model ({', '.join(keys_there())} is set): costs at most "
        f"${costs_at_most(session):.2f}. Tools that only read run for real, all others are simulated"
    )


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def _agreed() -> bool:
    try:
        return input("Record them now? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _record(session: Session) -> ExitStatus:
    session.start()
    progress = Progress(len(session.cases), quiet=False, meter=session.meter)
    try:  # one after another: what each may cost is reserved from the little there is
        sitting = run_cases(
            session,
            jobs=1,
            told=lambda _, result: progress.case(result, failed=result.verdict == "error"),
            tick=progress.tick,
        )
    finally:
        session.close()
    progress.end()
    return _told(session, sitting)


def _told(session: Session, sitting: Sitting) -> ExitStatus:
    session.note_not_run(sitting.not_run, "recording stopped")
    broken = [row for row in session.results if row.verdict == "error"]
    outer = ExitStatus.INTERRUPTED if sitting.interrupted else ExitStatus.OK
    finish(session, outer=outer or (ExitStatus.FAILED if broken or sitting.not_run else ExitStatus.OK))
    cost = sum(row.cost_usd for row in session.results)
    done = len(session.results) - len(broken)
    folder = session.settings.generated_settings.cassettes
    say(f"recorded         {done} of {len(session.cases)} benign runs for ${cost:.4f}, in {_near(folder)}")
    if sitting.limit is not None:
        say(f"stopped          {sitting.limit}: raise max_cost_usd in [tool.agentsafety.run_budget], then {_HOW}")
    for row in broken[:1]:
        say(printable(f"the first that broke: {row.case_id}: {explain(row)}"))
    return outer or (ExitStatus.FAILED if broken or sitting.not_run else ExitStatus.OK)


def _near(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
