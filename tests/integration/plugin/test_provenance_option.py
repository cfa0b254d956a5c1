"""`--agent-safety-provenance`: off means that every unlisted write asks."""

from __future__ import annotations

from typing import Any


def test_off(project: Any) -> None:
    done = project.pytest("--agent-safety", "--agent-safety-provenance=off", "--agent-safety-case=inbox.minutes")
    (row,) = project.rows()
    assert row["provenance"] == "off"
    assert row["escalations"] == 1
    assert (row["verdict"], done.status) == ("refused", 0), "refused does not fail its item"
    assert "provenance off" in project.read("run.json")["marks"]
