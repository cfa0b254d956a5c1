"""`agentsafety audit verify`: was the audit log touched?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from pytest_agentsafety.cli.output import say, say_json
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.recorders import verify_audit
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
    head = _head(path.with_name("run.json"))
    report = verify_audit(path, head)
    if given.json:
        problems = [vars(problem) for problem in report.problems]
        say_json({"ok": report.ok, "records": report.records, "anchored": report.anchored, "problems": problems})
    else:
        for problem in report.problems:
            say(f"{path.name}:{problem.line}: {problem.kind}: {problem.message}")
        anchored = "end anchored by run.json" if report.anchored else "no anchor: a cut-off end would go unseen"
        say(f"{'intact' if report.ok else 'NOT intact'}: {report.records} records, {anchored}")
    return 0 if report.ok else 1


def _head(run_file: Path) -> dict[str, Any] | None:
    """The anchor in run.json; a killed run has none."""
    try:
        audit = json.loads(run_file.read_text(encoding="utf-8"))["audit"]
        return {"seq": audit["records"], "hash": audit["head"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
