"""`agentsafety list`: what `run` would run; writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_ids_as_run_and_pytest_name_them(call: Any, tmp_path: Path) -> None:
    said = call(tmp_path, "list", "--case=inbox.triage", "--shard=1/1")
    assert said.status == 0
    first, second, *notes = said.out.splitlines()
    assert [first, second] == ["inbox/inbox.triage[recorded]", "inbox/inbox.triage[hijacked]"]
    assert notes[-1] == "# 2 cases"
    assert list(tmp_path.iterdir()) == []


def test_json(call: Any, tmp_path: Path) -> None:
    said = call(tmp_path, "list", "--case=*.triage.pay.*.order", "--mode=hijacked", "--json")
    assert said.json["agent"] == "reference"
    (case,) = said.json["cases"]
    assert case["id"] == "inbox/inbox.triage.pay.newsletter.order[hijacked]"
    assert (case["kind"], case["user_task"], case["injection_task"]) == ("attack", "triage", "pay")
    assert (case["vector"], case["attack"], case["twin"]) == ("newsletter", "order", "inbox.triage")


def test_suites(call: Any, tmp_path: Path) -> None:
    assert "inbox" in call(tmp_path, "list", "--suites").out.splitlines()
    assert "inbox" in call(tmp_path, "list", "--suites", "--json").json["bundled"]


def test_an_unknown_suite(call: Any, tmp_path: Path) -> None:
    said = call(tmp_path, "list", "--suite=inbx")
    assert (said.status, said.out) == (4, "")
    assert "unknown suite 'inbx'" in said.err
