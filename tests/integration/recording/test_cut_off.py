"""A recording that ends early: killed, interrupted, out of money. What was recorded stays, and the rest can follow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from pytest_agentsafety.llm.scripted import Fault
from tests.integration.recording.conftest import FEW

LONG = os.environ.get("AGENTSAFETY_LONG") == "1"
CASES = "--case=inbox.triage.*"
N = 28


@pytest.fixture
def started(desk: Any) -> Callable[..., subprocess.Popen[bytes]]:
    def start(server: Any, *more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "pytest_agentsafety.cli.main", *desk.options(CASES, *more)]
        env = {**desk.project.env, **desk.environment(server)}
        return subprocess.Popen(
            command, cwd=desk.project.root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    return start


def rows_written(desk: Any) -> int:
    path = desk.project.folder / "results.jsonl"
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def check_complete(desk: Any) -> None:
    ids = desk.check_evidence()
    assert len(ids) == N
    assert set(desk.recorded()) == set(ids)
    desk.check_recordings()
    assert not list(desk.cassettes.glob(".*"))


def test_killed_again_and_again_every_case_is_recorded_once(
    desk: Any, api: Any, started: Callable[..., Any], wait_for: Callable[..., None]
) -> None:
    server = api(delay=0.1)
    again: list[str] = []
    for moment in (0, 1, 9, 20) if LONG else (1, 12):
        process = started(server, "--jobs=6", *again)
        asked = server.calls
        wait_for(lambda asked=asked, moment=moment: server.calls > asked and rows_written(desk) >= moment)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        again = ["--resume"]
    before = {row["case_id"]: row for row in desk.project.rows()}
    calls = server.calls
    done = desk.record(server, CASES, "--jobs=6", "--resume")
    assert done.status == 0, done.text
    check_complete(desk)
    after = {row["case_id"]: row for row in desk.project.rows()}
    assert {case: after[case] for case in before} == before, "what was done is not done again"
    assert 0 < server.calls - calls < sum(len(rows) for rows in desk.recorded().values())
    assert len({row["run_id"] for row in after.values()}) == 1


def test_torn_last_lines_of_a_killed_run_are_run_again(recorded_by_cli: Any, project: Any, api: Any) -> None:
    desk = recorded_by_cli.copied_to(project)
    for name in ("results.jsonl", "audit.jsonl"):
        path = desk.project.folder / name
        path.write_bytes(path.read_bytes()[:-20])
    server = api()
    done = desk.record(server, FEW, "--resume")
    assert done.status == 0, done.text
    assert server.calls > 0
    desk.check_evidence()
    desk.check_recordings()


def test_an_interrupt_drops_what_is_under_way_and_keeps_the_rest(
    desk: Any, api: Any, started: Callable[..., Any], wait_for: Callable[..., None]
) -> None:
    server = api(delay=0.2)
    process = started(server, "--jobs=8")
    wait_for(lambda: rows_written(desk) >= 10)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 2, out
    assert time.monotonic() - began < 30
    assert "interrupted: reporting what has run" in out
    assert "go on            agentsafety run " in out
    assert out.rstrip().endswith("--resume")
    ids = desk.check_evidence()
    assert 10 <= len(ids) < N
    assert set(desk.recorded()) == set(ids), "no recording of what was dropped"
    assert f"not run          {N - len(ids)} of {N} cases: the run was interrupted" in out
    assert desk.project.read("run.json")["exit_status"] == 2
    done = desk.record(server, CASES, "--resume")
    assert done.status == 0, done.text
    assert f"{N}/{N} cases" in done.out
    check_complete(desk)


def test_the_budget_of_the_run_stops_it_and_a_larger_one_lets_it_go_on(desk: Any, api: Any) -> None:
    budget = "[tool.agentsafety.run_budget]\nmax_cost_usd = {}\n"
    desk.project.file("agentsafety.toml", budget.format(0.3))
    server = api(delay=0.01)
    done = desk.record(server, CASES, "--jobs=4")
    assert done.status == 1, done.text
    assert "the run's budget was met: cost of the run would reach" in done.out
    assert "go on            raise the limit in [tool.agentsafety.run_budget], then agentsafety run " in done.out
    rows = desk.project.rows()
    assert len(rows) < N
    spent = sum(row["cost_usd"] for row in rows)
    assert 0 < spent <= 0.3
    good = {row["case_id"] for row in rows if row["verdict"] != "error"}
    assert good == set(desk.recorded()), "what the budget cut off is no recording"
    assert f"{N - len(rows)} of {N} cases were not run" in str(desk.project.read("run.json")["notes"])
    desk.check_evidence()

    desk.project.file("agentsafety.toml", budget.format(5))
    done = desk.record(server, CASES, "--jobs=4", "--resume")
    assert done.status == 0, done.text
    check_complete(desk)
    header = (desk.project.folder / "run_budget.txt").read_text()
    assert '"max_cost_usd": 5' in header


@pytest.mark.parametrize(
    ("changed", "name"), [("--guards=none", "guards"), ("--provenance=strict", "provenance")][: 2 if LONG else 1]
)
def test_a_run_with_other_settings_is_not_gone_on_with(
    recorded_by_cli: Any, project: Any, api: Any, changed: str, name: str
) -> None:
    desk = recorded_by_cli.copied_to(project)
    before = (desk.project.folder / "results.jsonl").read_bytes()
    done = desk.record(api(), FEW, "--resume", changed)
    assert done.status == 4, done.text
    assert f"--resume: the run was begun with other settings: {name} (was " in done.err
    assert (desk.project.folder / "results.jsonl").read_bytes() == before


def test_where_there_is_no_run_there_is_nothing_to_go_on_with(desk: Any, api: Any) -> None:
    done = desk.record(api(), CASES, "--resume")
    assert done.status == 4, done.text
    assert "holds no run to go on with; start one without it" in done.err
    assert not desk.project.folder.exists()


def test_a_cassette_that_was_there_before_is_not_written_over_by_once(
    recorded_by_cli: Any, project: Any, api: Any
) -> None:
    desk = recorded_by_cli.copied_to(project)
    before = {path.name: path.read_bytes() for path in desk.cassettes.iterdir()}
    for more in ([], ["--resume"]):
        done = desk.record(api(), FEW, *more)
        assert done.status == 1, done.text
        assert "exists already, so mode 'once' replays it" in done.out
        assert {path.name: path.read_bytes() for path in desk.cassettes.iterdir()} == before


def test_pytest_goes_on_too(recorded_by_pytest: Any, project: Any, api: Any) -> None:
    check_goes_on(recorded_by_pytest.copied_to(project), api())


def test_xdist_workers_go_on_too(recorded_by_pytest: Any, project: Any, api: Any) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is an extra: pip install pytest-agentsafety[xdist]")
    check_goes_on(recorded_by_pytest.copied_to(project), api(), "-n2")


@pytest.mark.skipif(not LONG, reason="AGENTSAFETY_LONG=1 also has workers begin the run")
def test_xdist_workers_go_on_with_what_workers_began(desk: Any, api: Any) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is an extra: pip install pytest-agentsafety[xdist]")
    begun = desk.pytest(api(), "-n2")
    assert begun.status == 0, begun.text
    check_goes_on(desk, api(), "-n2")


def check_goes_on(desk: Any, server: Any, *more: str) -> None:
    rows = desk.project.rows()
    gone = min(desk.cassettes.iterdir())
    gone.unlink()
    done = desk.pytest(server, *more, "--agent-safety-resume")
    assert done.status == 0, done.text
    assert f"{len(rows)} passed" in done.out
    assert desk.check_evidence() == [row["case_id"] for row in rows]
    assert server.calls == len(desk.recorded()[gone.stem])


def test_where_the_api_fails_nothing_is_recorded_and_it_is_tried_again(desk: Any, api: Any) -> None:
    failing = {"on": True}

    def wrap(model: Any) -> Any:
        return lambda payload, number: Fault(kind="reset") if failing["on"] and number > 3 else model(payload, number)

    server = api(wrap=wrap)
    few = "--case=inbox.triage.pay.newsletter.*"
    done = desk.record(server, few, "--jobs=2")
    assert done.status == 1, done.text
    failed = [row for row in desk.project.rows() if row["verdict"] == "error"]
    assert failed
    assert not {row["case_id"] for row in failed} & set(desk.recorded())
    failing["on"] = False
    done = desk.record(server, few, "--resume")
    assert done.status == 0, done.text
    assert set(desk.check_evidence()) == set(desk.recorded())
    desk.check_recordings()
