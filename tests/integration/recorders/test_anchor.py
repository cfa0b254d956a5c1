"""`audit verify` against run.json: an anchor that was edited, damaged or taken away differs from one never written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.cli.main import main
from pytest_agentsafety.recorders import AuditLog


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The log of a run that ended."""
    log = AuditLog(tmp_path / "audit.jsonl", mask=str)
    for number in range(5):
        log.append({"type": "x", "n": number})
    log.close()
    anchor = {"records": log.head["seq"], "head": log.head["hash"]}
    (tmp_path / "run.json").write_text(json.dumps({"ended": "2026-11-22T10:00:00+00:00", "audit": anchor}))
    return tmp_path


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str], folder: Path) -> Callable[[], tuple[int, dict[str, Any]]]:
    def run() -> tuple[int, dict[str, Any]]:
        status = main(["audit", "verify", str(folder), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return run


Verify = Callable[[], tuple[int, dict[str, Any]]]


def change(folder: Path, **changes: Any) -> None:
    run = json.loads((folder / "run.json").read_text())
    run.update(changes)
    (folder / "run.json").write_text(json.dumps(run))


def test_untouched(verify: Verify) -> None:
    assert verify() == (0, {"ok": True, "records": 5, "anchored": True, "problems": []})


@pytest.mark.parametrize(
    ("audit", "kind", "record"),
    [
        ({"records": 5, "head": "0" * 64}, "changed", 5),
        ({"records": 4, "head": "0" * 64}, "added", 5),
        ({"records": 6, "head": "0" * 64}, "truncated", 6),
        ({"records": "5", "head": "0" * 64}, "malformed", 0),
        ({}, "malformed", 0),
        (None, "anchor", 0),
        ("gone", "anchor", 0),
    ],
)
def test_an_edited_anchor_is_found(folder: Path, verify: Verify, audit: Any, kind: str, record: int) -> None:
    change(folder, audit=audit)
    status, said = verify()
    assert (status, said["ok"]) == (1, False)
    assert (kind, record) in {(problem["kind"], problem["record"]) for problem in said["problems"]}


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000])
def test_a_damaged_run_file_is_found(folder: Path, verify: Verify, text: str) -> None:
    (folder / "run.json").write_text(text)
    status, said = verify()
    assert (status, [problem["kind"] for problem in said["problems"]]) == (1, ["anchor"])


def test_a_killed_run_has_no_anchor_and_a_run_file_may_be_missing(folder: Path, verify: Verify) -> None:
    change(folder, ended=None, audit=None)
    assert verify() == (0, {"ok": True, "records": 5, "anchored": False, "problems": []})
    (folder / "run.json").unlink()
    assert verify()[0] == 0


def test_the_record_is_named_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (folder / "audit.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "audit.jsonl").write_bytes(b"".join([*lines[:2], *lines[3:]]))
    assert main(["audit", "verify", str(folder)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == ["audit.jsonl:3: missing: record 3 is gone", "NOT intact: 4 records, end anchored by run.json"]
