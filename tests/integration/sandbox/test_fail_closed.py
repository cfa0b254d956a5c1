"""Where a layer cannot be had, nothing runs; where namespaces cannot be had, the rest holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.sandbox.support import namespaces_work

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
LANDLOCK = "landlock_create_ruleset,landlock_add_rule,landlock_restrict_self"


def run_without(calls: str, *, namespaces: str = "auto", weak: str = "", code: str = "print('ran')") -> Any:
    done = subprocess.run(
        [sys.executable, str(HERE / "taken_away.py"), calls, namespaces, weak],
        input=code,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return json.loads(done.stdout)


def needs_namespaces() -> None:
    if not namespaces_work():
        pytest.skip("no namespaces here")


def test_a_container_without_namespaces_runs_code_all_the_same() -> None:
    """As a default docker container, whose own filter denies unshare and mount."""
    result = run_without("unshare,setns,mount,move_mount,open_tree,pivot_root,clone3")
    assert (result["status"], result["stdout"], result["namespaces"]) == ("ok", "ran\n", False)
    assert any(layer.startswith("landlock") for layer in result["layers"])
    assert "seccomp" in result["layers"]


def test_namespaces_that_are_wanted_and_denied_are_a_refusal() -> None:
    result = run_without("unshare", namespaces="yes")
    assert (result["status"], result["stdout"]) == ("refused", "")
    assert "unshare" in result["reason"]


def test_namespaces_that_break_off_half_way_are_a_refusal() -> None:
    needs_namespaces()
    result = run_without("pivot_root", namespaces="yes")
    assert (result["status"], result["stdout"]) == ("refused", "")
    assert "pivot_root" in result["reason"]


def test_without_landlock_and_without_namespaces_nothing_runs() -> None:
    result = run_without(f"{LANDLOCK},unshare")
    assert (result["status"], result["stdout"], result["exit_code"]) == ("refused", "", None)
    assert "landlock" in result["missing"][0]
    assert (result["wall_s"], result["cpu_s"], result["max_rss_kb"]) == (None, None, None)


def test_without_landlock_a_root_folder_of_its_own_is_enough() -> None:
    needs_namespaces()
    result = run_without(LANDLOCK, namespaces="yes")
    assert (result["status"], result["stdout"]) == ("ok", "ran\n")
    assert "private_root" in result["layers"]
    assert not any(layer.startswith("landlock") for layer in result["layers"])


@pytest.mark.parametrize("namespaces", ["no", "yes"])
def test_without_seccomp_nothing_runs(namespaces: str) -> None:
    if namespaces == "yes":
        needs_namespaces()
    result = run_without("seccomp", namespaces=namespaces)
    assert (result["status"], result["stdout"]) == ("refused", "")
    assert "seccomp" in result["reason"]


@pytest.mark.parametrize("call", ["capset", "prlimit64", "prctl", "close_range"])
def test_a_layer_that_fails_is_a_refusal(call: str) -> None:
    result = run_without(call, namespaces="no")
    assert (result["status"], result["stdout"]) == ("refused", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root takes on another uid")
@pytest.mark.parametrize("call", ["setresuid", "setresgid", "setgroups"])
def test_root_that_cannot_become_somebody_else_is_refused(call: str) -> None:
    result = run_without(call, namespaces="no")
    assert (result["status"], result["stdout"]) == ("refused", "")


def test_a_weak_sandbox_runs_with_what_there_is() -> None:
    result = run_without(f"{LANDLOCK},seccomp,unshare", namespaces="no", weak="weak")
    assert (result["status"], result["stdout"]) == ("ok", "ran\n")
    assert "seccomp" not in result["layers"]
    assert {"rlimits", "no_new_privs", "no_capabilities"} <= set(result["layers"])


def test_no_file_of_the_machine_is_touched_by_a_refused_run(tmp_path: Path) -> None:
    target = tmp_path / "ran"
    result = run_without(f"{LANDLOCK},unshare", code=f"open({str(target)!r}, 'w')")
    assert result["status"] == "refused"
    assert not target.exists()
