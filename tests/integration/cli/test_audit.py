"""`agentsafety audit verify`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_intact(call: Any, finished: Any) -> None:
    said = call(finished.root, "audit", "verify")
    assert said.status == 0
    assert said.out.startswith("intact: ")
    assert said.out.endswith(" records, end anchored by run.json\n")
    machine = call(finished.root, "audit", "verify", "agentsafety-report/audit.jsonl", "--json").json
    assert (machine["ok"], machine["anchored"], machine["problems"]) == (True, True, [])
    assert machine["records"] == len((finished.folder / "audit.jsonl").read_text().splitlines())


CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "changed": lambda lines: [*lines[:3], lines[3].replace("triage", "triagf"), *lines[4:]],
    "missing": lambda lines: [*lines[:3], *lines[4:]],
    "swapped": lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
    "twice": lambda lines: [*lines[:4], *lines[3:]],
    "cut off": lambda lines: lines[:-2],
}


@pytest.mark.parametrize("change", CHANGES)
def test_touched(call: Any, finished: Any, tmp_path: Path, change: str) -> None:
    lines = (finished.folder / "audit.jsonl").read_text().splitlines()
    shutil.copy(finished.folder / "run.json", tmp_path)
    (tmp_path / "audit.jsonl").write_text("\n".join(CHANGES[change](lines)) + "\n")
    said = call(tmp_path, "audit", "verify", ".")
    assert said.status == 1
    assert "audit.jsonl:" in said.out
    assert "NOT intact: " in said.out


def test_without_an_anchor_it_says_what_it_cannot_see(call: Any, finished: Any, tmp_path: Path) -> None:
    shutil.copy(finished.folder / "audit.jsonl", tmp_path)
    said = call(tmp_path, "audit", "verify", ".")
    assert said.status == 0
    assert "no anchor: a cut-off end would go unseen" in said.out


def test_no_log_is_4(call: Any, tmp_path: Path) -> None:
    said = call(tmp_path, "audit", "verify", ".")
    assert (said.status, said.out) == (4, "")
    assert "audit.jsonl: no audit log here" in said.err
