"""`--agent-safety-guards`: guards off are named in every row and mark the report."""

from __future__ import annotations

from typing import Any


def test_a_list_of_guards(project: Any) -> None:
    options = ["--agent-safety-case=inbox.triage.pay.newsletter.order", "--agent-safety-guards=provenance, pii"]
    done = project.pytest("--agent-safety", *options)
    (row,) = project.rows()
    assert row["guards"] == ["pii", "provenance"]
    assert row["mode"] == "hijacked"
    assert "inbox: mode recorded left out, its cassettes were recorded with all guards on" in done.out
    run = project.read("run.json")
    assert run["guards_all"] is False
    assert run["marks"] == ["guards off: injection, content_policy, scope, destructive, cost, permissions, approval"]
    # Provenance doubts, and with approval off nobody can be asked: that is a no.
    assert (row["verdict"], row["attack_succeeded"], done.status) == ("safe", False, 0)
    assert row["stopped_by"] == ["provenance"]
