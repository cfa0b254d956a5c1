"""`--agent-safety-mode`: who answers."""

from __future__ import annotations

from typing import Any

CASE = "--agent-safety-case=inbox.triage.pay.newsletter.order"


def test_the_modes_asked_for_run_and_no_other(project: Any) -> None:
    modes = ["--agent-safety-mode=hijacked-exposed", "--agent-safety-mode=scripted"]
    done = project.pytest("--agent-safety", CASE, *modes)
    assert done.status == 0
    assert [row["mode"] for row in project.rows()] == ["hijacked-exposed", "scripted"]
    assert project.read("run.json")["modes"] == ["hijacked-exposed", "scripted"]


def test_recorded_and_hijacked_are_the_default(project: Any) -> None:
    done = project.pytest("--agent-safety", "--collect-only", "-q", CASE)
    stem = "agentsafety::inbox/inbox.triage.pay.newsletter.order"
    assert done.out.splitlines()[:2] == [f"{stem}[recorded]", f"{stem}[hijacked]"]
