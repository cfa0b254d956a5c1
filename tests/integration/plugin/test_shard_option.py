"""`--agent-safety-shard`: the parts make up the whole, each case in one of them with all its modes."""

from __future__ import annotations

from typing import Any


def test_a_part(project: Any) -> None:
    select = ["--agent-safety", "--collect-only", "-q", "--agent-safety-case=inbox.triage*"]
    whole, first, second = (
        {line for line in project.pytest(*select, *shard).out.splitlines() if line.startswith("agentsafety::")}
        for shard in ([], ["--agent-safety-shard=1/2"], ["--agent-safety-shard=2/2"])
    )
    assert first
    assert second
    assert first | second == whole
    assert not first & second
    assert {name.partition("[")[0] for name in first}.isdisjoint(name.partition("[")[0] for name in second)
