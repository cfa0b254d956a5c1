"""`agentsafety audit verify`: was the audit log touched?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.cli.output import say, say_json
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.recorders import Problem, verify_audit
from pytest_agentsafety.session.options import DEFAULT_OUTPUT


def add(commands: Any) -> None:
    """Register the command."""
    audit = commands.add_parser("audit", help="check the audit log")
    actions = audit.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help="find any changed, missing, reordered, duplicated or truncated record")
    verify.add_argument(
        "folder", nargs="?", default=DEFAULT_OUTPUT, help=f"evidence folder or audit.jsonl; default: {DEFAULT_OUTPUT}"
    )
    verify.add_argument("--json", action="store_true", help="as JSON")
    verify.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """0 intact, 1 not intact, 4 nothing to verify."""
    path = Path(given.folder)
    path = path / "audit.jsonl" if path.is_dir() else path
    if not path.is_file():
        raise ConfigError(f"{path}: no audit log here")
    head, lost = _anchor(path.with_name("run.json"))
    report = verify_audit(path, head)
    if lost:
        report = replace(report, ok=False, problems=(*report.problems, Problem(line=0, kind="anchor", message=lost)))
    if given.json:
        problems = [vars(problem) for problem in report.problems]
        say_json({"ok": report.ok, "records": report.records, "anchored": report.anchored, "problems": problems})
    else:
        for problem in report.problems:
            say(f"{path.name}:{problem.line}: {problem.kind}: {problem.message}")
        anchored = "end anchored by run.json" if report.anchored else "no anchor: a cut-off end would go unseen"
        say(f"{'intact' if report.ok else 'NOT intact'}: {report.records} records, {anchored}")
    return 0 if report.ok else 1


def _anchor(run_file: Path) -> tuple[Mapping[str, Any] | None, str]:
    """The head in run.json, and what is wrong with it. A killed run wrote none, a run that ended did."""
    if not run_file.is_file():
        return None, ""
    try:
        run = json.loads(run_file.read_text(encoding="utf-8"))
        audit, ended = run.get("audit"), run.get("ended")
    except (OSError, ValueError, AttributeError, RecursionError) as exc:
        return None, f"{run_file.name} cannot be read, and with it the anchor: {exc}"
    if audit is None and ended is None:
        return None, ""
    if not isinstance(audit, Mapping):
        return None, f"{run_file.name} says that the run ended, but the anchor it wrote then is gone"
    return {"seq": audit.get("records"), "hash": audit.get("head")}, ""
