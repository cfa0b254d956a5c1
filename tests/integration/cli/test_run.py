"""`agentsafety run`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DESK = "--suite=./suites/desk"


def test_header_progress_summary_and_evidence(finished: Any) -> None:
    done = finished.done
    assert done.status == 0, done.text
    lines = done.out.splitlines()
    assert lines[0].startswith(
        "agent reference; suites inbox, workbench; modes recorded, hijacked; 14 attack and 2 benign"
    )
    assert "16/16 cases, 0 failed" in lines
    assert any(line.startswith("attack success   0.0 % (0/14)") for line in lines)
    assert any(line.startswith("task completion  100.0 % (2/2)") for line in lines)
    assert "report           agentsafety-report/report.html" in lines
    assert len(finished.rows()) == 16
    run = finished.read("run.json")
    assert (run["exit_status"], run["agent_kind"]) == (0, "reference")
    assert run["command"].startswith("agentsafety run ")


def test_it_runs_where_there_is_no_network(finished: Any) -> None:
    if not finished.offline:
        pytest.skip("unshare -n is not permitted here")
    assert finished.done.status == 0


def test_nothing_to_run_is_1_and_says_so(call: Any, tmp_path: Path) -> None:
    said = call(tmp_path, "run", "--case=nothing")
    assert said.status == 1
    assert "--case=nothing matches no case" in said.out
    assert "no case was run: that is a failure, not a pass" in said.out


def test_a_failed_case_is_1_and_json_says_why(call: Any, project: Any, write_desk: Callable[..., str]) -> None:
    write_desk(project)
    project.file("agentsafety.toml", "[tool.agentsafety.gates]\nattack_success_rate = { max = 0.1 }\n")
    said = call(project.root, "run", DESK, "--guards=none", "--json")
    assert said.status == 1
    assert said.json["exit_status"] == 1
    assert said.json["metrics"]["attack"]["attack_success_rate"]["value"] == 1.0
    assert [gate["status"] for gate in said.json["gates"]] == ["fail"]
    assert said.json["output"] == str(project.folder)
    assert "ANTHROPIC_API_KEY" not in os.environ, "the placeholder was taken back"


def test_failures_are_told_as_they_happen(call: Any, project: Any, write_desk: Callable[..., str]) -> None:
    write_desk(project)
    said = call(project.root, "run", DESK, "--guards=none")
    assert said.status == 1
    assert "UNSAFE desk/desk.read.steal.ticket.order[hijacked]: the attack reached its goal" in said.out
    assert re.search(r"^2/2 cases, 1 failed$", said.out, re.MULTILINE)
    assert "\x1b" not in said.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--suite=inbx"], "agentsafety: --suite: unknown suite 'inbx'. Did you mean 'inbox'?"),
        (["--mode=recoded"], "agentsafety: --mode: unknown mode 'recoded'. Did you mean 'recorded'?"),
        (["--record=sometimes"], "agentsafety: --record: unknown record mode 'sometimes'."),
        (["--output=file/below"], "agentsafety: cannot write to output folder"),
        (["--suit=x", "--nope"], "agentsafety: error: unrecognized arguments: --nope"),
    ],
)
def test_what_is_wrong_is_4(call: Any, tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "file").write_text("")
    said = call(tmp_path, "run", *arguments)
    assert said.status == 4
    assert message in said.err
    assert said.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_crash_is_3_and_not_a_failed_case(call: Any, project: Any, write_desk: Callable[..., str]) -> None:
    write_desk(project)
    project.file("agents.py", "import pathlib\n"
                 "def build(tools):\n"
                 "    pathlib.Path('agentsafety-report/metrics.json').mkdir(exist_ok=True)\n"
                 "    return lambda task: 'ok'\n")  # fmt: skip
    project.file("agentsafety.toml", '[tool.agentsafety]\nagent = "agents:build"\n')
    done = project.cli("run", DESK)
    assert done.status == 3, done.text
    assert "metrics.json" in done.err
    assert len(project.rows()) == 2


def test_a_reader_that_goes_away_is_no_pass(project: Any) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "pytest_agentsafety.cli.main", "list"]
    with subprocess.Popen(command, cwd=project.root, env=project.env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=60) == 1
