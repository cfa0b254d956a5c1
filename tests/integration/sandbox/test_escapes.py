"""The escape matrix in an arena of its own: as root and as an unprivileged user, against an unsandboxed control."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.sandbox.paths import executable
from pytest_agentsafety.sandbox.probes import PROBES

ARENA = Path(__file__).with_name("arena.py")
ROOT = ARENA.parents[3]
KINDS = ("H", "L", "S")
_NEW_ENOUGH = "import sys; print(sys.version_info >= (3, 11))"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="the arena is made by root, with unshare(1)",
)


def shared_probes() -> dict[str, Any]:
    """The shared probes, where they are at hand."""
    named = os.environ.get("AGENTSAFETY_SHARED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    file = folder / "sandbox" / "probes.json"
    if not file.is_file():
        pytest.skip("the shared data is not here")
    return dict(json.loads(file.read_text("utf-8")))


def reachable(path: str) -> bool:
    """May anybody run what is there?"""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in Path(path).parents)


def interpreter(who: str) -> str:
    candidates = [executable(), *(found for name in ("python3", "python3.11") if (found := shutil.which(name)))]
    candidates += ["/usr/bin/python3"]
    for path in candidates:
        if who == "root" or (Path(path).exists() and reachable(os.path.realpath(path))):
            version = subprocess.run(
                [path, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True
            )
            if version.stdout == b"True\n":
                return path
    pytest.skip("an unprivileged user can reach no Python >= 3.11 here")


def in_arena(backend: str, who: str, given: str) -> str:
    command = ["unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child"]
    tried = subprocess.run([*command, "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"no namespaces for the arena: {tried.stderr.strip()}")
    done = subprocess.run(
        [*command, interpreter(who), str(ARENA), str(ROOT), backend, who],
        input=given, capture_output=True, text=True, cwd="/", env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=570,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@cache
def shared_rows(backend: str, who: str) -> dict[str, dict[str, Any]]:
    lines = in_arena(backend, who, json.dumps(shared_probes())).splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def escapes(backend: str, who: str) -> dict[str, list[str]]:
    """Escapes by kind, of the probes whose control escapes."""
    control, rows = shared_rows("control", who), shared_rows(backend, who)
    assert rows.keys() == control.keys()
    broken = [row["said"] for row in rows.values() if row["status"] == "harness"]
    assert broken == []
    escaped = [name for name, row in rows.items() if row["escaped"] and control[name]["escaped"]]
    return {kind: [name for name in escaped if rows[name]["kind"] == kind] for kind in KINDS}


@pytest.mark.parametrize("who", ["root", "user"])
def test_the_shared_probes_escape_without_a_sandbox(who: str) -> None:
    rows = shared_rows("control", who)
    assert len(rows) == 43
    void = sorted(name for name, row in rows.items() if not row["escaped"])
    assert len(void) <= 8, void


@pytest.mark.parametrize("who", ["root", "user"])
def test_no_shared_probe_escapes_with_namespaces(who: str) -> None:
    assert escapes("namespaces", who) == {"H": [], "L": [], "S": []}
    for row in shared_rows("namespaces", who).values():
        assert any(layer.startswith("namespaces(") for layer in row["layers"]), row


@pytest.mark.parametrize("who", ["root", "user"])
def test_no_shared_probe_escapes_without_namespaces(who: str) -> None:
    assert escapes("native", who) == {"H": [], "L": [], "S": []}
    for row in shared_rows("native", who).values():
        assert not any(layer.startswith("namespaces(") for layer in row["layers"]), row


@pytest.mark.parametrize("who", ["root", "user"])
def test_none_of_our_own_probes_escapes(who: str) -> None:
    report = json.loads(in_arena("matrix", who, ""))
    assert report["root"] is (who == "root")
    assert set(report["backends"]) == {"native", "native+namespaces"}
    assert report["counts"]["probes"] == len(PROBES) > 60
    void = [row["id"] for row in report["rows"] if row["void"]]
    assert len(void) <= 12, void
    outcomes = {
        (row["id"], name): outcome
        for row in report["rows"]
        for name, outcome in row["outcomes"].items()
        if outcome != "stopped"
    }
    assert outcomes == {("metadata", "native"): "known"}
    assert report["holds"] is True
    assert sys.platform == "linux"
