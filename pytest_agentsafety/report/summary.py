"""`summary.md`: the page a CI service shows beside the job."""

from __future__ import annotations

from pathlib import Path

from pytest_agentsafety.report.build import build_report
from pytest_agentsafety.report.data import ReportData
from pytest_agentsafety.report.markdown import code

MAX_CASES = 25


def summary_markdown(folder: Path) -> str:
    """The headline figures, what is marked, gates and failed cases, as Markdown. Foreign text cannot act in it."""
    return render_summary(build_report(folder, transcript_bytes=0))


def render_summary(data: ReportData) -> str:
    """The Markdown of a report's data."""
    lines = ["## Agent safety", "", f"**{data.verdict.word}.** {data.verdict.sentence}", ""]
    lines += [f"> **Marked:** {code(mark, 300)}\n" for mark in data.marks]
    lines += ["| | | |", "|---|--:|---|"]
    lines += [f"| {figure.label} | {figure.value} | {figure.detail} |" for figure in data.headline]
    lines += ["", f"Checklist: **{data.checklist.verdict}** ({_counts(data)})", ""]
    lines += _gates(data) + _cases(data) + _fuzz(data)
    lines += ["The whole evidence, with every transcript, is in `report.html`.", ""]
    return "\n".join(lines)


def _counts(data: ReportData) -> str:
    return ", ".join(f"{count} {status.lower()}" for status, count in data.checklist.counts.items() if count)


def _gates(data: ReportData) -> list[str]:
    if not data.gates:
        return []
    rows = [
        f"| {code(gate['metric'])} | {code(gate['status'])} | {code(gate['message'], 200)} |" for gate in data.gates
    ]
    return ["| gate | status | |", "|---|---|---|", *rows, ""]


def _fuzz(data: ReportData) -> list[str]:
    if not data.fuzz:
        return []
    shown = [line for line in data.fuzz if line.word != "holds"]
    holding = len(data.fuzz) - len(shown)
    rows = [f"| {line.word} | {code(line.case)} | {code(line.reason, 200)} |" for line in shown[:MAX_CASES]]
    more = [f"... and {len(shown) - len(rows)} more.", ""] if len(shown) > len(rows) else []
    head = ["| | case | why |", "|---|---|---|"] if rows else []
    return [f"### Fuzz cases ({holding} of {len(data.fuzz)} hold)", "", *head, *rows, "", *more]


def _cases(data: ReportData) -> list[str]:
    if not data.failing:
        return []
    rows = [f"| {code(c.verdict)} | {code(c.name)} | {code(c.reason, 200)} |" for c in data.failing[:MAX_CASES]]
    more = data.failing_total - len(rows)
    rest = [f"... and {more} more.", ""] if more > 0 else []
    return [
        f"### Failed cases ({data.failing_total})",
        "",
        "| verdict | case | why |",
        "|---|---|---|",
        *rows,
        "",
        *rest,
    ]
