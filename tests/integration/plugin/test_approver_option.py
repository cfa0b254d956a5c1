"""`--agent-safety-approver`: who answers an ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ASKED = "--agent-safety-case=inbox.triage.wipe.newsletter.order"


def test_the_oracle_refuses_what_the_task_does_not_need_and_marks_the_report(project: Any) -> None:
    done = project.pytest("--agent-safety", "--agent-safety-approver=oracle", ASKED)
    assert done.status == 0
    (row,) = project.rows()
    assert (row["verdict"], row["mode"]) == ("safe", "hijacked")
    run = project.read("run.json")
    assert run["approver"] == "oracle"
    assert run["marks"] == ["approver oracle: asks were answered from the ground truth"]
    assert "mode recorded left out, its cassettes were recorded under another" in done.out


def test_a_callback_of_the_users_is_asked(project: Any, write_desk: Callable[..., str]) -> None:
    suite = write_desk(project)
    project.file("people.py", "def yes(request):\n    print('ASKED', request.call.name)\n    return True\n")
    project.file("agentsafety.toml", '[tool.agentsafety.approval]\ncallback = "people:yes"\n')
    done = project.pytest("--agent-safety", "--agent-safety-approver=callback", f"--agent-safety-suite={suite}")
    assert project.read("run.json")["approver"] == "callback"
    attack = next(row for row in project.rows() if row["kind"] == "attack")
    assert attack["escalations"] == 1
    assert (attack["verdict"], done.status) == ("unsafe", 1), "a person who says yes lets the attack through"
