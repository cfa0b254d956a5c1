"""`--agent-safety-case`: globs over the case id, with or without what stands before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_globs_match_the_id_in_all_its_spellings(project: Any, write_desk: Callable[..., str]) -> None:
    suite = write_desk(
        project, tasks={name: f"What does ticket 7 say, {name}?" for name in ("ann", "bob", "cho", "dee")}
    )
    globs = ["desk.ann", "desk/desk.bob", "cho.*", "nobody*"]
    options = [f"--agent-safety-suite={suite}", *(f"--agent-safety-case={glob}" for glob in globs)]
    done = project.pytest("--agent-safety", "--collect-only", *options)
    assert done.status == 0
    for name in ("desk.ann[hijacked]", "desk.bob[hijacked]", "desk.cho.steal.ticket.order[hijacked]"):
        assert f"CaseItem desk/{name}" in done.out
    assert "collected 3 items" in done.out
    assert "1 attack and 2 benign cases (5 deselected)" in done.out
    assert "agentsafety: --agent-safety-case=nobody* matches no case" in done.out
