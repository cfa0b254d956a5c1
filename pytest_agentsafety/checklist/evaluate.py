"""From an evidence folder to GO or NO-GO."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pytest_agentsafety.checklist.evidence import Evidence, load_evidence
from pytest_agentsafety.checklist.items import BLOCKING, Checklist, Item, Waiver
from pytest_agentsafety.checklist.judges import JUDGES
from pytest_agentsafety.checklist.questions import QUESTIONS, Question
from pytest_agentsafety.checklist.standards import OUT_OF_SCOPE, STANDARDS

_HEADER = (
    "run_id",
    "change_id",
    "agent_id",
    "agent_kind",
    "started",
    "commit",
    "dirty",
    "model_ids",
    "policy_sha256",
    "guards",
    "provenance",
    "approver",
    "suites",
    "modes",
    "versions",
    "platform",
)


def evaluate(folder: Path, *, waivers: Sequence[Waiver] = (), today: date | None = None) -> Checklist:
    """Judge all 26 items on what lies in `folder`. Nothing found is NOT TESTED, never PASS.

    A waiver turns a FAIL or NOT TESTED into WAIVED through its last day; `today` defaults to now. Raises
    AgentSafetyError when the results cannot be read.
    """
    evidence = load_evidence(folder)
    day = (today or date.today()).isoformat()  # noqa: DTZ011 - a waiver ends with its owner's day
    valid = {waiver.item: waiver for waiver in waivers if waiver.expires >= day}
    items = (_item(question, evidence) for question in QUESTIONS)
    return Checklist(
        header={name: evidence.run.get(name) for name in _HEADER},
        items=tuple(_waived(item, valid.get(item.id)) for item in items),
        blockers=tuple(blockers(evidence)),
        out_of_scope=tuple(
            {"id": id_, "title": STANDARDS[id_].title, "reason": reason} for id_, reason in OUT_OF_SCOPE
        ),
    )


def write_checklist(folder: Path) -> Checklist:
    """Evaluate and write `checklist.json`."""
    checklist = evaluate(folder)
    text = json.dumps(checklist.to_dict(), indent=2, default=str) + "\n"
    (folder / "checklist.json").write_text(text, encoding="utf-8")
    return checklist


def blockers(evidence: Evidence) -> list[str]:
    """Why this evidence can give no GO, whatever the items say."""
    run = evidence.run
    found = [] if evidence.own_agent else ["the agent was not your own: the bundled one says nothing about yours"]
    if run.get("guards_all") is not True:
        found.append("not all guards were on")
    if any(row["mode"] == "scripted" for row in evidence.rows):
        found.append("cases were answered by a scripted model")
    if len({row["agent_id"] for row in evidence.rows}) > 1:
        found.append("the rows come from several agents")
    found += [f"marked: {mark}" for mark in run.get("marks") or ()]
    found += _incomplete(run, len(evidence.rows))
    gates = run.get("gates") or ()
    found += [f"gate {gate.get('status')}: {gate.get('message')}" for gate in gates if gate.get("status") != "pass"]
    return found


def _incomplete(run: Any, rows: int) -> list[str]:
    if not run:
        return ["run.json is missing: the run was cut off"]
    if not rows:
        return ["no case was run"]
    selected = run.get("n_selected")
    if isinstance(selected, int) and rows < selected:
        return [f"{selected - rows} of {selected} selected cases have no result"]
    return []


def _item(question: Question, evidence: Evidence) -> Item:
    judge = JUDGES.get(question.id)
    judgement = judge(evidence) if judge else None
    return Item(
        id=question.id,
        question=question.question,
        status=judgement.status if judgement else "NOT TESTED",
        evidence=judgement.evidence if judgement else question.untested,
        tested=(judgement.tested if judgement else None) or evidence.subject,
        rule=question.rule,
        standards=question.standards,
    )


def _waived(item: Item, waiver: Waiver | None) -> Item:
    if waiver is None or item.status not in BLOCKING:
        return item
    return replace(item, status="WAIVED", waiver=waiver)
