"""`agentsafety report` and `agentsafety checklist`: made again from what is on disk."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pytest_agentsafety.checklist import write_checklist
from pytest_agentsafety.cli.output import say, say_error, say_json
from pytest_agentsafety.metrics import write_metrics
from pytest_agentsafety.model.errors import AgentSafetyError, ConfigError
from pytest_agentsafety.report import write_report
from pytest_agentsafety.session.options import DEFAULT_OUTPUT


def add(commands: Any) -> None:
    """Register both commands."""
    report = commands.add_parser("report", help="write metrics and HTML again from an evidence folder")
    report.add_argument("folder", nargs="?", default=DEFAULT_OUTPUT, help=f"default: {DEFAULT_OUTPUT}")
    report.set_defaults(run=run_report)
    checklist = commands.add_parser(
        "checklist", help="the 26 pre-deploy items from an evidence folder; exit 0 GO, 1 NO-GO, 2 error"
    )
    checklist.add_argument("folder", nargs="?", default=DEFAULT_OUTPUT, help=f"default: {DEFAULT_OUTPUT}")
    checklist.add_argument("--json", action="store_true", help="as JSON")
    checklist.set_defaults(run=run_checklist)


def run_report(given: argparse.Namespace) -> int:
    folder = evidence_folder(given.folder)
    write_metrics(folder)
    say(str(write_report(folder)))
    return 0


def run_checklist(given: argparse.Namespace) -> int:
    try:
        folder = evidence_folder(given.folder)
        checklist = write_checklist(folder)
        write_report(folder)
    except (AgentSafetyError, OSError) as error:
        say_error(f"checklist: {error}")
        return 2
    if given.json:
        say_json(checklist.to_dict())
    else:
        for item in checklist.items:
            say(f"{item.status:<14} {item.id:<7} {item.question}  [{item.evidence}]")
        say(f"{checklist.verdict}: {folder / 'checklist.html'}")
    return 0 if checklist.verdict == "GO" else 1


def evidence_folder(name: str) -> Path:
    """Raises ConfigError when the folder holds no evidence."""
    folder = Path(name)
    if not (folder / "results.jsonl").is_file():
        raise ConfigError(f"{folder}: no results.jsonl here; run `agentsafety run` first or name another folder")
    return folder
