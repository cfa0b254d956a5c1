"""The docker backend against a container that lies: a program of that name which says whatever a test wants."""

from __future__ import annotations

import base64
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.sandbox.docker import DockerSandbox, command
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.result import SandboxResult, Violation
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.workspace import Workspace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script stands for docker")

READY = {
    "kind": "ready", "Seccomp": "2", "NoNewPrivs": "1", "CapPrm": "0000000000000000", "networks": ["lo"],
    "read_only": True, "uid": 65534, "machine": "x86_64", "own_filter": True, "notify": True,
}  # fmt: skip
EXIT = {"kind": "exit", "status": 0, "user": 0.1, "system": 0.2, "rss": 9000, "folders": [], "files": {}}
LIMITS = Limits(timeout=20.0, output_kb=10, disk_mb=1)


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`says(first, *then, workspace=...)`: what the container says at its start, and after it got the code."""
    monkeypatch.setattr("pytest_agentsafety.sandbox.docker._SETUP_SECONDS", 3.0)

    def run(first: Any, *then: Any, workspace: Path | None = None, stderr: str = "", status: int = 0) -> SandboxResult:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        script = f"""#!{sys.executable}
import sys
heard = open({str(tmp_path / "heard")!r}, "w")
heard.write(sys.stdin.readline())
sys.stderr.write({stderr!r}); sys.stderr.flush()
if {status}: sys.exit({status})
sys.stdout.write({_lines([first])!r}); sys.stdout.flush()
heard.write(sys.stdin.readline()); heard.flush()
sys.stdout.write({_lines(then)!r}); sys.stdout.flush()
sys.stdin.read()
"""
        (folder / "docker").write_text(script)
        (folder / "docker").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        given = None if workspace is None else Workspace(workspace)
        return DockerSandbox("image").run(Program("print(1)"), LIMITS, given)

    return run


def _lines(messages: Any) -> str:
    return "".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in messages)


def out(text: str, kind: str = "out") -> dict[str, str]:
    return {"kind": kind, "data": base64.b64encode(text.encode()).decode()}


def heard(tmp_path: Path) -> list[Any]:
    return [json.loads(line) for line in (tmp_path / "heard").read_text().splitlines()]


def test_a_run(says: Any, tmp_path: Path) -> None:
    result = says(READY, out("hello\n"), out("oh\n", "err"), EXIT)
    assert (result.status, result.stdout, result.stderr, result.backend) == ("ok", "hello\n", "oh\n", "docker")
    assert (result.cpu_s, result.max_rss_kb, result.exit_code) == (pytest.approx(0.3), 9000, 0)
    first, second = heard(tmp_path)
    assert {"modules", "filters"} <= set(first)
    assert result.violations == ()
    assert "code" not in first, "the code comes second"
    assert second["code"] == "print(1)"


@pytest.mark.parametrize(
    ("change", "layer"),
    [
        ({"Seccomp": "0"}, "seccomp"),
        ({"NoNewPrivs": "0"}, "no_new_privs"),
        ({"CapPrm": "00000000a80425fb"}, "no_capabilities"),
        ({"networks": ["lo", "eth0"]}, "no_network"),
        ({"networks": []}, "no_network"),
        ({"read_only": False}, "read_only_root"),
        ({"uid": 0}, "uid"),
        ({"machine": "riscv64"}, "filter"),
        ({"own_filter": False}, "own_filter"),
        ({"own_filter": "yes"}, "own_filter"),
    ],
)
def test_a_container_that_is_not_held_gets_no_code(says: Any, tmp_path: Path, change: Any, layer: str) -> None:
    result = says({**READY, **change}, out("ran"), EXIT)
    assert (result.status, result.stdout, result.exit_code) == ("refused", "", None)
    assert layer in result.reason
    assert all("code" not in message for message in heard(tmp_path))


@pytest.mark.parametrize("first", ["", "nonsense\n", "[]\n", "5\n", '{"kind": "ready"}\n', "\xff\n", "{" * 5000 + "\n"])
def test_nonsense_at_the_start_is_a_refusal(says: Any, tmp_path: Path, first: str) -> None:
    result = says(first, EXIT)
    assert result.status == "refused"
    assert all("code" not in message for message in heard(tmp_path))


def test_what_docker_says_is_passed_on(says: Any) -> None:
    said = "Unable to find image\ndocker: Error response from daemon: No such image: image.\nSee 'docker run --help'.\n"
    result = says("", stderr=said, status=125)
    assert result.status == "refused"
    assert "No such image: image. Get it with docker pull." in result.reason


@pytest.mark.parametrize(
    "ended",
    [
        {"kind": "exit"},
        {**EXIT, "status": "0"},
        {**EXIT, "rss": None},
        {**EXIT, "user": -5},
        {**EXIT, "user": {"a": 1}},
    ],
)
def test_figures_that_are_none_are_not_believed(says: Any, ended: Any) -> None:
    result = says(READY, ended)
    assert (result.status, result.cpu_s, result.max_rss_kb, result.exit_code) == ("killed", None, None, None)


def test_a_container_that_ends_without_a_word_was_killed(says: Any) -> None:
    result = says(READY, "not json\n")
    assert (result.status, result.cpu_s) == ("killed", None)


@pytest.mark.parametrize("data", [5, None, "!!!", {"a": 1}, ["x"]])
def test_output_that_is_none_is_dropped(says: Any, data: Any) -> None:
    assert says(READY, {"kind": "out", "data": data}, EXIT).stdout == ""


def test_without_a_listener_nobody_has_seen_what_was_stopped(says: Any) -> None:
    result = says({**READY, "notify": False}, {"kind": "note", "syscall": "socket", "path": None}, EXIT)
    assert (result.status, result.violations) == ("ok", None)
    assert "notify" not in result.layers


def test_notes_are_bounded_texts(says: Any) -> None:
    notes = [
        {"kind": "note", "syscall": "openat", "path": "/etc/x"},
        {"kind": "note", "syscall": "openat", "path": "/etc/x"},
        {"kind": "note", "syscall": {"a": 1}, "path": ["x"]},
        {"kind": "note"},
        {"kind": "note", "syscall": "x" * 500 + "\n", "path": "y" * 9000},
        *({"kind": "note", "syscall": f"call_{i}", "path": None} for i in range(500)),
    ]
    result = says(READY, *notes, EXIT)
    assert result.status == "ok"
    seen = result.violations or ()
    assert (len(seen), seen[0], seen[1]) == (200, Violation(syscall="openat", path="/etc/x"), Violation(syscall="?"))
    assert all(len(one.syscall) <= 40 and len(one.path or "") <= 4096 and "\n" not in one.syscall for one in seen)


@pytest.mark.parametrize("number", [1, None, "x", {"a": 1}, -5, True])
def test_connections_of_code_without_a_network_are_none(says: Any, tmp_path: Path, number: Any) -> None:
    data = base64.b64encode(b"CONNECT a.test:443 HTTP/1.1\r\n\r\n").decode()
    result = says(READY, {"kind": "open", "id": number}, {"kind": "data", "id": number, "data": data}, EXIT)
    assert (result.status, result.violations) == ("ok", ())


def test_a_run_that_was_ended_for_its_memory(says: Any) -> None:
    result = says(READY, {**EXIT, "status": 9, "why": "memory"})
    assert (result.status, result.signal) == ("memory", 9)
    assert says(READY, {**EXIT, "status": 9, "why": ["x"]}).status == "killed"


def test_too_much_output_ends_it(says: Any) -> None:
    result = says(READY, *[out("x" * 4000) for _ in range(10)], EXIT)
    assert (result.status, result.truncated, len(result.stdout)) == ("output_limit", True, 10 * 1024)


@pytest.mark.parametrize(
    "path", ["../escaped", "/tmp/escaped", "a/../../escaped", "", "a//b", "./a", "a/./b", "..", "x\0y"]
)
def test_a_path_outside_takes_nothing_out(says: Any, tmp_path: Path, path: str) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "kept").write_text("x")
    files = {path: base64.b64encode(b"evil").decode()}
    result = says(READY, {**EXIT, "files": files}, workspace=mine)
    assert result.changes == {".": "not taken out: the container names paths outside"}
    assert [entry.name for entry in mine.iterdir()] == ["kept"]
    assert not (tmp_path / "escaped").exists()
    folders = says(READY, {**EXIT, "folders": [path]}, workspace=mine)
    assert folders.changes == {".": "not taken out: the container names paths outside"}


@pytest.mark.parametrize("files", [None, [], 5, "x"])
def test_files_that_are_none_take_nothing_out(says: Any, tmp_path: Path, files: Any) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "kept").write_text("x")
    result = says(READY, {**EXIT, "files": files}, workspace=mine)
    assert "not taken out" in result.changes["."]
    assert (mine / "kept").exists()


def test_files_come_out_and_missing_ones_are_removed(says: Any, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "gone").write_text("x")
    files = {"new/a": base64.b64encode(b"text\n").decode()}
    result = says(READY, {**EXIT, "folders": ["new"], "files": files}, workspace=mine)
    assert set(result.changes) == {"gone", "new/a"}
    assert (mine / "new/a").read_text() == "text\n"
    assert not (mine / "gone").exists()
    assert heard(tmp_path)[1]["files"] == {"gone": base64.b64encode(b"x").decode()}


def test_without_the_program_it_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = DockerSandbox("image").run(Program("print(1)"), LIMITS)
    assert (result.status, result.backend) == ("refused", "docker")
    assert "the program cannot be started: No such file or directory" in (result.reason or "")


def test_the_command_line_is_hardened() -> None:
    line = command("an/image:tag", Limits(memory_mb=100, disk_mb=10, threads=7, files=50), "name")
    pairs = set(pairwise(line))
    for pair in (
        ("--network", "none"), ("--cap-drop", "ALL"), ("--security-opt", "no-new-privileges"), ("--pids-limit", "7"),
        ("--memory", "174m"), ("--memory-swap", "174m"), ("--user", "65534:65534"), ("--pull", "never"),
        ("--ipc", "none"), ("--name", "name"),
    ):  # fmt: skip
        assert pair in pairs
    assert {"--read-only", "--rm", "--interactive"} <= set(line)
    assert not {"--privileged", "--volume", "-v", "--mount", "--device", "--env", "-e"} & set(line)
    assert line[line.index("--") + 1] == "an/image:tag", "what follows -- is no option"
    box = line[line.index("--tmpfs") + 1]
    assert "size=10m" in box
    assert "nr_inodes=50" in box
    assert {"nosuid", "nodev", "noexec"} <= set(box.split(":")[1].split(","))
