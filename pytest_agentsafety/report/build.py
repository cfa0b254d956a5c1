"""From an evidence folder to the data of its report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.checklist import Checklist, evaluate, read_checklist
from pytest_agentsafety.checklist.evidence import read_run
from pytest_agentsafety.metrics import read_metrics
from pytest_agentsafety.model.safe_text import printable
from pytest_agentsafety.report.blocks import TOTAL_BYTES, pack
from pytest_agentsafety.report.data import Bar, CaseView, Cell, FuzzLine, Matrix, ReportData, ToolLine, Verdict
from pytest_agentsafety.report.figures import headline, percent, production
from pytest_agentsafety.report.load import by_urgency, fuzz_lines, load_cases, run_lines, text

MAX_COLUMNS = 16
MAX_FAILING = 50


def build_report(folder: Path, *, transcript_bytes: int = TOTAL_BYTES) -> ReportData:
    """Read the folder. `transcript_bytes` bounds the transcripts on the page.

    Raises AgentSafetyError when results, run.json, metrics.json or checklist.json cannot be read.
    """
    run, metrics, checklist = read_run(folder), read_metrics(folder), _checklist(folder)
    cases = load_cases(folder)
    failing = by_urgency([case for case in cases if case.failing])
    fuzz = fuzz_lines(folder)
    packed = pack(folder, cases, total=transcript_bytes)
    stopped = metrics["attack"]["stopped_by"]
    return ReportData(
        title=f"Agent safety report: {text(run.get('agent_id') or 'unknown agent', 80)}",
        verdict=_coloured(_verdict(metrics, len(failing)), run),
        marks=(*_marks(run, metrics), *_fuzz_marks(fuzz)),
        headline=headline(metrics),
        production=production(metrics),
        matrices=tuple(_matrices(cases)),
        bars=_bars(stopped),
        resisted=stopped["nobody"],
        stopped_total=stopped["n"],
        tools=_tools(metrics, run),
        gates=tuple(_gate(gate) for gate in run.get("gates") or ()),
        run=run_lines(run),
        cases=cases,
        failing=failing[:MAX_FAILING],
        failing_total=len(failing),
        blocks=packed.blocks,
        places=packed.places,
        left_out=packed.left_out,
        checklist=checklist,
        counts=metrics["counts"],
        fuzz=fuzz,
    )


def _checklist(folder: Path) -> Checklist:
    path = folder / "checklist.json"
    return read_checklist(path) if path.is_file() else evaluate(folder)


def _verdict(metrics: Mapping[str, Any], failing: int) -> Verdict:
    attack, rows = metrics["attack"]["attack_success_rate"], metrics["rows"]
    if not rows:
        return Verdict(word="No cases ran", sentence="There is nothing to judge.", tone="warn")
    unsafe = attack["unsafe"]
    if unsafe:
        sentence = f"{unsafe} of {attack['n']} attacks reached their goal."
        return Verdict(word="Attacks got through", sentence=sentence, tone="bad")
    if failing:
        sentence = f"No attack reached its goal, but {failing} of {rows} cases failed or have no outcome."
        return Verdict(word="Not clean", sentence=sentence, tone="warn")
    if not attack["n"]:
        return Verdict(word="No attack was tried", sentence=f"All {rows} cases are benign.", tone="warn")
    sentence = (
        f"None of {attack['n']} attacks reached its goal (at most {percent(attack['upper95'])} of such attacks would)."
    )
    return Verdict(word="No attack got through", sentence=sentence, tone="good")


def _coloured(verdict: Verdict, run: Mapping[str, Any]) -> Verdict:
    """Where code ran in a sandbox that is weak by name, nothing of the report may look good."""
    weak = any(str(mark).startswith("weak sandbox") for mark in run.get("marks") or ())
    return replace(verdict, tone="bad") if weak else verdict


def _marks(run: Mapping[str, Any], metrics: Mapping[str, Any]) -> tuple[str, ...]:
    """Everything a reader must know before believing the figures."""
    marks = [printable(str(mark)) for mark in run.get("marks") or ()]
    if not run:
        marks.append("run.json is missing: the run was cut off")
    elif run.get("guards_all") is not True and not any("guard" in mark for mark in marks):
        marks.append("not all guards were on")
    if run.get("agent_kind") == "reference":
        marks.append("this is the bundled reference agent: it says nothing about an agent of your own")
    if len(metrics["agent_ids"]) > 1:
        marks.append("the rows come from several agents")
    if metrics["duplicates"]:
        marks.append(f"{metrics['duplicates']} rows were superseded by a later row of the same case")
    return tuple(marks)


def _fuzz_marks(fuzz: Sequence[FuzzLine]) -> list[str]:
    """A known hole counts, whoever accepted it."""
    words = Counter(line.word for line in fuzz)
    found = {
        "bypassed": "known bypasses of guards are not fixed",
        "waived": "known bypasses of guards are waived",
        "error": "known bypasses of guards could not be tried again",
    }
    return [f"{words[name]} {told}" for name, told in found.items() if words[name]]


def _matrices(cases: Sequence[CaseView]) -> list[Matrix]:
    suites: dict[str, list[CaseView]] = defaultdict(list)
    for case in cases:
        if case.kind == "attack":
            suites[case.suite].append(case)
    return [_matrix(suite, attacks) for suite, attacks in sorted(suites.items())]


def _matrix(suite: str, attacks: Sequence[CaseView]) -> Matrix:
    """Columns are vector by attack, or the attacks alone where that would be too wide."""
    pairs = sorted({(case.vector, case.attack) for case in attacks})
    wide = len(pairs) <= MAX_COLUMNS
    columns = pairs if wide else sorted({("", case.attack) for case in attacks})
    verdicts: dict[tuple[str, tuple[str, str]], Counter[str]] = defaultdict(Counter)
    for case in attacks:
        verdicts[case.injection_task, (case.vector if wide else "", case.attack)][case.verdict] += 1
    tasks = sorted({case.injection_task for case in attacks})
    groups = Counter(vector for vector, _ in columns)
    return Matrix(
        suite=suite,
        groups=tuple(sorted(groups.items())),
        columns=tuple(attack for _, attack in columns),
        rows=tuple((task, tuple(_cell(verdicts.get((task, column))) for column in columns)) for task in tasks),
    )


def _cell(verdicts: Counter[str] | None) -> Cell | None:
    if verdicts is None:
        return None
    unsafe, safe = verdicts["unsafe"], verdicts["safe"]
    return Cell(unsafe=unsafe, n=unsafe + safe, open=verdicts["error"] + verdicts["inconclusive"])


def _bars(stopped: Mapping[str, Any]) -> tuple[Bar, ...]:
    """The guard that stopped most first."""
    first, taken = stopped["first"], stopped["any"]
    order = sorted(taken, key=lambda name: (-first.get(name, 0), -taken[name], name))
    return tuple(
        Bar(name=text(name, 40), first=first.get(name, 0), taken=taken[name], total=stopped["n"]) for name in order
    )


def _tools(metrics: Mapping[str, Any], run: Mapping[str, Any]) -> tuple[ToolLine, ...]:
    known = run.get("tools") or {}
    return tuple(
        ToolLine(
            name=text(name, 80),
            effect=text((known.get(name) or {}).get("effect"), 20),
            calls=line["calls"],
            errors=line["errors"],
            denied=line["denied"],
            held=line["held"],
            rate=percent(line["rate"]),
        )
        for name, line in metrics["production"]["error_rate"]["by_tool"].items()
    )


def _gate(gate: Mapping[str, Any]) -> dict[str, str]:
    return {name: text(gate.get(name)) for name in ("metric", "statistic", "op", "limit", "status", "message", "n")}
