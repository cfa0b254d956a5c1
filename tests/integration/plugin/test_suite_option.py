"""`--agent-safety-suite`: repeatable, by name and by path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES = ("--agent-safety-case=*.read*", "--agent-safety-case=inbox.triage")


def test_suites_by_name_and_path_in_the_order_given(project: Any, write_desk: Callable[..., str]) -> None:
    path = write_desk(project)
    project.file("agentsafety.toml", '[tool.agentsafety]\nsuites = ["inbox"]\n')
    options = [f"--agent-safety-suite={path}", "--agent-safety-suite=inbox", *CASES]
    done = project.pytest("--agent-safety", "--collect-only", "-q", *options)
    assert done.status == 0
    assert done.out.splitlines()[:4] == [
        "agentsafety::desk/desk.read[hijacked]",
        "agentsafety::desk/desk.read.steal.ticket.order[hijacked]",
        "agentsafety::inbox/inbox.triage[recorded]",
        "agentsafety::inbox/inbox.triage[hijacked]",
    ]


def test_an_unknown_suite_is_a_usage_error(project: Any) -> None:
    done = project.pytest("--agent-safety", "--agent-safety-suite=inbx")
    assert done.status == 4
    assert "--agent-safety-suite: unknown suite 'inbx'. Did you mean 'inbox'? Valid:" in done.err
    assert not project.folder.exists()
