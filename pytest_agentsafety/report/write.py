"""Write all report files of a folder."""

from __future__ import annotations

import json
from pathlib import Path

from pytest_agentsafety.checklist import write_checklist
from pytest_agentsafety.checklist.evidence import read_run
from pytest_agentsafety.metrics import write_metrics
from pytest_agentsafety.report.build import build_report
from pytest_agentsafety.report.sarif import render_sarif
from pytest_agentsafety.report.summary import render_summary


def write_report(folder: Path) -> Path:
    """Write `report.html`, `checklist.html`, `sarif.json`, `summary.md`, and `metrics.json` and `checklist.json` where
    they are absent. Returns the path of `report.html`. Raises AgentSafetyError when the evidence cannot be read.
    """
    # jinja2 is only for those who make pages.
    from pytest_agentsafety.report.html import render_checklist, render_report

    if not (folder / "metrics.json").is_file():
        write_metrics(folder)
    if not (folder / "checklist.json").is_file():
        write_checklist(folder)
    data = build_report(folder)
    path = folder / "report.html"
    _write(path, render_report(data))
    _write(folder / "checklist.html", render_checklist(data))
    _write(folder / "sarif.json", json.dumps(render_sarif(data.cases, read_run(folder)), indent=1) + "\n")
    _write(folder / "summary.md", render_summary(data))
    return path


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
