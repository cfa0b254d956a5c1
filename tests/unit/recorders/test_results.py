"""results.jsonl: every finished case is there after a kill, a torn line is not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.recorders import ResultsRecorder, read_results

Make = Callable[..., CaseResult]


def test_rows_come_back_in_order(tmp_path: Path, make_row: Make) -> None:
    rows = [make_row(f"s.t{n}", error="x\ny\u2028") for n in range(3)]
    recorder = ResultsRecorder(tmp_path / "results.jsonl")
    for row in rows:
        recorder.append(row)
    assert read_results(tmp_path / "results.jsonl") == rows
    recorder.close()


def test_a_torn_last_row_is_left_out_with_a_warning(tmp_path: Path, make_row: Make) -> None:
    path = tmp_path / "results.jsonl"
    recorder = ResultsRecorder(path)
    for n in range(2):
        recorder.append(make_row(f"s.t{n}"))
    recorder.close()
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.warns(UserWarning, match="torn last line"):
        assert [row.case_id for row in read_results(path)] == ["s.t0"]


def test_resuming_cuts_the_torn_row_and_goes_on(tmp_path: Path, make_row: Make) -> None:
    path = tmp_path / "results.jsonl"
    first = ResultsRecorder(path)
    first.append(make_row("s.t0"))
    first.append(make_row("s.t1"))
    first.close()
    path.write_bytes(path.read_bytes()[:-1])
    second = ResultsRecorder(path)
    assert second.torn_bytes > 100
    second.append(make_row("s.t2"))
    second.close()
    assert [row.case_id for row in read_results(path)] == ["s.t0", "s.t2"]


def test_a_foreign_row_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text('{"schema": 1}\n')
    with pytest.raises(AgentSafetyError, match="lacks"):
        read_results(tmp_path / "results.jsonl")


KILLED = """
import json, os, sys
from pathlib import Path
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.recorders import ResultsRecorder
row = CaseResult.from_dict(json.loads(sys.argv[2]))
recorder = ResultsRecorder(Path(sys.argv[1]))
for _ in range(50):
    recorder.append(row)
print("written", flush=True)
sys.stdin.read()
"""


def test_rows_survive_kill_9(tmp_path: Path, make_row: Make) -> None:
    path = tmp_path / "results.jsonl"
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path), json.dumps(make_row().to_dict())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == b"written\n"
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    child.stdin.close()
    child.stdout.close()
    assert read_results(path) == [make_row()] * 50
