"""`agentsafety list`: what there is to run."""

from __future__ import annotations

import argparse
from typing import Any

from pytest_agentsafety.catalog.registry import bundled_names
from pytest_agentsafety.cli.output import say, say_json
from pytest_agentsafety.cli.run_command import add_run_options, options_from
from pytest_agentsafety.session import Session


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("list", help="list suites, modes and the cases that `run` would run")
    add_run_options(parser)
    parser.add_argument("--suites", action="store_true", help="bundled suites only, without their cases")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    if given.suites:
        _list_suites(as_json=given.json)
        return 0
    session = Session(options_from(given))
    rows = [
        {
            "id": planned.run.node_name,
            "case_id": planned.run.case.case_id,
            "suite": planned.run.case.suite,
            "kind": planned.run.case.kind,
            "mode": planned.run.mode,
            "user_task": planned.run.case.user_task,
            "injection_task": planned.run.case.injection_task,
            "vector": planned.run.case.vector,
            "attack": planned.run.case.attack,
            "twin": planned.run.case.twin,
            "standards": list(planned.run.case.standards),
        }
        for planned in session.cases
    ]
    if given.json:
        found = [case.node_name for case in session.fuzz_cases]
        say_json({"agent": session.agent.id, "notes": session.plan.notes, "cases": rows, "fuzz": found})
        return 0
    for row in rows:
        say(str(row["id"]))
    for case in session.fuzz_cases:
        say(case.node_name)
    for note in session.plan.notes:
        say(f"# {note}")
    say(f"# {len(rows)} cases")
    return 0


def _list_suites(*, as_json: bool) -> None:
    if as_json:
        say_json({"bundled": list(bundled_names())})
        return
    for name in bundled_names():
        say(name)
