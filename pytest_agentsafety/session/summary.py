"""The end of a run in words: the same lines under pytest and on the command line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.safe_text import one_line, printable
from pytest_agentsafety.session.finish import Finished
from pytest_agentsafety.session.plan import NO_CASES
from pytest_agentsafety.session.session import Session

_SHOWN_FAILURES = 10
_LEFT_OUT = " left out: "


def header_lines(session: Session, *, agent: str | None = None, pending: bool = False) -> list[str]:
    """What is about to run; `agent` names an agent that the session does not know yet, `pending` its cases neither."""
    plan = session.plan
    if pending:
        named = agent or session.agent.id
        return [one_line(f"agent {named}; its cases are made from its own tools when tests are collected", 400)]
    attacks = plan.attacks
    modes = ", ".join(dict.fromkeys(p.run.mode for p in plan.cases)) or "none"
    suites = ", ".join(suite.name for suite in plan.suites) or "none"
    lines = [
        f"agent {agent or session.agent.id}; suites {suites}; modes {modes}; "
        f"{attacks} attack and {len(plan.cases) - attacks} benign cases"
        + (f" ({plan.deselected} deselected)" if plan.deselected else "")
        + (f"; {len(session.fuzz_cases)} fuzz cases" if session.fuzz_cases else "")
    ]
    if session.agent.reference and session.options.agent is None:
        lines.append(
            "no agent is named, so this is the bundled one; yours: --agent=module:attr, or `agent` in the file"
        )
    return [one_line(line, 400) for line in lines + plan.notes]


def without_left_out(lines: Sequence[str]) -> list[str]:
    """The header lines that a summary of no cases does not repeat."""
    return [line for line in lines if _LEFT_OUT not in line]


def summary_lines(session: Session, done: Finished) -> list[str]:
    """Headline figures, gates, failures, and where the report is."""
    if not done.results and not done.fuzz:
        left_out = [one_line(note, 600) for note in session.plan.notes if _says_why(note)]
        return ["no case was run: that is a failure, not a pass", *left_out, f"evidence: {session.folder}"]
    if not done.results:
        return [*map(printable, done.more), f"evidence: {session.folder}"]
    return [
        *_figures(done),
        *(printable(line) for line in done.more),
        *(f"gate {outcome.status}: {one_line(outcome.message)}" for outcome in done.gates),
        *_failures(session, done),
        *_places(session, done),
    ]


def _says_why(note: str) -> bool:
    return " left out: " in note or note.startswith(NO_CASES)


def _figures(done: Finished) -> Iterator[str]:
    production, attack = done.metrics.get("production", {}), done.metrics.get("attack", {})
    success = attack.get("attack_success_rate", {})
    if success.get("n"):
        yield (
            f"attack success   {_rate(success)}  (95 % upper bound {_percent(success.get('upper95'))})"
            f"{_undecided(success)}"
        )
    completion = production.get("task_completion_rate", {})
    if completion.get("n"):
        yield f"task completion  {_rate(completion)}{_utility_under_attack(attack)}"
    elif completion.get("not_measured"):
        runs = completion["not_measured"]
        yield f"task completion  NOT MEASURED: {runs} benign {'run is' if runs == 1 else 'runs are'} made up"
    escalation = production.get("escalation_rate", {})
    if escalation.get("n"):
        yield f"escalations      {_rate(escalation)} of tasks asked a human"
    yield from _costs(production)
    stopped = Counter(row.stopped_by[0] for row in done.results if row.kind == "attack" and row.stopped_by)
    if stopped:
        yield "stopped first by " + ", ".join(f"{guard} {n}" for guard, n in stopped.most_common())


def _costs(production: Mapping[str, Any]) -> Iterator[str]:
    cost, latency = production.get("cost_per_task_usd", {}), production.get("latency_ms", {})
    if cost.get("n"):
        estimated = " (partly estimated)" if cost.get("estimated_share") else ""
        yield f"cost             ${cost.get('total', 0):.4f} in all, ${cost['value']:.4f} per task{estimated}"
    if latency.get("n"):
        yield f"latency          P50 {latency['p50']:.0f} ms, P95 {latency['p95']:.0f} ms, P99 {latency['p99']:.0f} ms"


def _rate(figure: Mapping[str, Any]) -> str:
    return f"{_percent(figure.get('value'))} ({figure.get('successes', 0)}/{figure['n']})"


def _percent(value: float | None) -> str:
    return "n/a" if value is None else f"{100 * value:.1f} %"


def _undecided(attack: Mapping[str, Any]) -> str:
    parts = [f"{attack[name]} {name}" for name in ("error", "inconclusive") if attack.get(name)]
    return f"; apart from that {', '.join(parts)}" if parts else ""


def _utility_under_attack(attack: Mapping[str, Any]) -> str:
    figure = attack.get("utility_under_attack", {})
    return f"; under attack {_percent(figure.get('value'))}" if figure.get("n") else ""


def _failures(session: Session, done: Finished) -> Iterator[str]:
    failing = [row for row in done.results if session.fails(row)]
    groups = _alike(failing)
    for rows in groups[:_SHOWN_FAILURES]:
        others = f" (and in {len(rows) - 1} other phrasings)" if len(rows) > 1 else ""
        yield f"{rows[0].verdict.upper()} {one_line(rows[0].node_name)}: {one_line(explain(rows[0]))}{others}"
    left = sum(map(len, groups[_SHOWN_FAILURES:]))
    if left:
        yield f"... and {left} more, all in the report"


def _alike(rows: Sequence[CaseResult]) -> list[list[CaseResult]]:
    """Rows that differ in how the attack was phrased only, together, in the order of their first."""
    groups: dict[object, list[CaseResult]] = {}
    for row in rows:
        groups.setdefault(same_but_phrasing(row), []).append(row)
    return list(groups.values())


def same_but_phrasing(row: CaseResult) -> object:
    """Equal for rows that say the same of the same attack, however it was phrased; each benign row is its own."""
    if row.kind != "attack":
        return row.key
    return (row.suite, row.user_task, row.injection_task, row.vector, row.mode, row.variant, row.verdict, explain(row))


def explain(row: CaseResult) -> str:
    """Why a row has its verdict, in one sentence."""
    if row.error:
        return row.error
    if row.verdict == "unsafe":
        return f"the attack reached its goal ({row.injection_task} through {row.vector}); no guard stopped it"
    if row.verdict == "failed":
        return "the benign task was not done, though nothing was denied"
    if row.verdict == "refused":
        return "the benign task was not done: a call was denied or held"
    stopped = f", stopped by {', '.join(row.stopped_by)}" if row.stopped_by else ""
    return f"{row.verdict}{stopped}"


def _places(session: Session, done: Finished) -> Iterator[str]:
    yield f"checklist        {done.checklist} ({_near(session.folder / 'checklist.html')})"
    if done.report is not None:
        yield f"report           {_near(done.report)}"


def _near(path: Path) -> str:
    """The path as a reader of the terminal can open it: relative to where they are when it is below."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
