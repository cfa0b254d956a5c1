"""The native backend in a default container, and the docker backend, against a real daemon."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.sandbox.docker import DockerSandbox
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.result import SandboxResult
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.workspace import Workspace
from tests.integration.sandbox.docker_image import IMAGE, NoDaemonError, daemon, import_image
from tests.integration.sandbox.test_escapes import shared_probes

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def docker() -> Iterator[None]:
    try:
        with daemon():
            import_image()
            yield
    except NoDaemonError as error:
        pytest.skip(f"the docker backend is NOT TESTED, no daemon can start here: {error}")


# the native backend in a default container


def in_container(code: str, *options: str) -> Any:
    """Run code with the package at hand in a container with docker's default settings; its last line is JSON."""
    command = ["docker", "run", "--rm", "--network", "none", "-v", f"{ROOT}:/repo:ro", "-e", "PYTHONPATH=/repo"]
    more = ["-e", "PYTHONDONTWRITEBYTECODE=1", *options, "--entrypoint", "python3", IMAGE, "-c", code]
    done = subprocess.run([*command, *more], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CHECK = "import json; from pytest_agentsafety.sandbox.check import check; print(json.dumps(check().to_dict()))"


@pytest.mark.parametrize("options", [(), ("--user", "1234")], ids=["root", "user"])
def test_the_native_backend_holds_in_a_default_container(options: tuple[str, ...]) -> None:
    report = in_container(CHECK, *options)
    assert report["chosen"] == "native"
    assert "unshare" in report["no_namespaces"]
    assert report["holds"] is True, [row for row in report["rows"] if not row["void"]]
    assert report["counts"]["void"] < 25
    assert any(layer.startswith("landlock") for layer in report["backends"]["native"])


def test_violations_have_paths_there_too() -> None:
    """Root in a container has no CAP_SYS_PTRACE."""
    code = """
import json
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import Sandbox
code = "try: open('/etc/hostname')\\nexcept OSError: pass"
print(json.dumps(Sandbox().run(code, ToolRule(effect="execute")).to_dict()))
"""
    assert {"syscall": "openat", "path": "/etc/hostname"} in in_container(code)["violations"]


def test_root_without_any_capability_is_refused_and_told_what_is_missing() -> None:
    code = """
import json
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import Sandbox
print(json.dumps(Sandbox().run("print(1)", ToolRule(effect="execute")).to_dict()))
"""
    result = in_container(code, "--cap-drop", "ALL")
    assert (result["status"], result["stdout"]) == ("refused", "")
    assert "CAP_CHOWN" in result["reason"]


# the docker backend


def run(code: str, workspace: Path | None = None, **limits: Any) -> SandboxResult:
    given = Limits(**{"timeout": 60.0, **limits})
    return DockerSandbox(IMAGE).run(Program(code), given, None if workspace is None else Workspace(workspace))


def containers() -> list[str]:
    done = subprocess.run(["docker", "ps", "--all", "--quiet"], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.fixture(autouse=True)
def nothing_left(docker: None) -> Iterator[None]:
    yield
    until(lambda: not containers())
    assert containers() == []


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("code", "limits", "status"),
    [
        ("print('x')", {}, "ok"),
        ("import sys; sys.exit(3)", {}, "error"),
        ("import time; print('x'); time.sleep(600)", {"timeout": 2.0}, "timeout"),
        ("while True: pass", {"cpu_seconds": 1}, "cpu_limit"),
        ("x = bytearray(600 << 20)", {}, "memory"),
        ("while True: print('x' * 1000)", {"output_kb": 100}, "output_limit"),
        ("import os; os.kill(os.getpid(), 9)", {}, "killed"),
    ],
)
def test_every_status_with_true_figures(code: str, limits: Any, status: str) -> None:
    result = run(code, **limits)
    assert (result.status, result.backend) == (status, "docker"), result
    assert result.cpu_s is not None
    assert result.cpu_s > 0
    assert result.wall_s is not None
    assert result.wall_s > 0
    assert result.max_rss_kb is not None
    assert result.max_rss_kb > 1000
    assert {"seccomp", "no_new_privs", "no_capabilities", "no_network", "read_only_root", "uid"} <= set(result.layers)


def test_a_traceback_points_to_the_users_line() -> None:
    result = run("x = 1\nx / 0")
    assert 'File "<sandbox>", line 2, in <module>\n    x / 0' in result.stderr


def test_files_in_and_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("2\n")
    (tmp_path / "gone").write_text("x")
    code = """
import os
os.mkdir("out"); open("out/b.txt", "w").write(str(int(open("in/a.txt").read()) * 21) + "\\n")
os.unlink("gone"); os.symlink("/etc/passwd", "link"); open("data", "wb").write(bytes(9))
"""
    result = run(code, tmp_path)
    assert result.status == "ok", result
    assert (tmp_path / "out/b.txt").read_text() == "42\n"
    assert not (tmp_path / "link").is_symlink()
    assert result.changes is not None
    assert dict(result.changes) == {
        "data": "added: 9 bytes",
        "gone": "removed",
        "out/b.txt": "--- /dev/null\n+++ b/out/b.txt\n@@ -0,0 +1 @@\n+42\n",
    }


def test_no_shared_probe_escapes() -> None:
    probes = shared_probes()
    escaped = []
    for probe in probes["probes"]:
        code = f"{probes['prelude']}\n{probe['code']}".replace("%CANPID%", "1")
        result = run(code, timeout=10.0)
        assert result.status != "refused", result
        if "R:ESC:" in result.stdout:
            escaped.append((probe["id"], probe["kind"], result.stdout))
    assert [found for found in escaped if found[1] in "HL"] == []
    assert len(escaped) <= 1, escaped


def test_code_starts_no_processes() -> None:
    code = "import os\ntry: os.fork(); print('forked')\nexcept OSError as e: print(e)"
    assert run(code).stdout == "[Errno 1] Operation not permitted\n"


def test_an_image_that_is_not_there_is_refused_and_never_pulled() -> None:
    result = DockerSandbox("agentsafety-no-such-image:1").run(Program("print(1)"), Limits())
    assert (result.status, result.stdout) == ("refused", "")
    assert "docker pull" in (result.reason or "")


def test_an_image_is_no_option() -> None:
    result = DockerSandbox("--privileged").run(Program("print(1)"), Limits())
    assert (result.status, result.stdout) == ("refused", "")


def test_without_the_program_or_the_daemon_it_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "cannot be started" in (run("print(1)").reason or "")
    monkeypatch.setenv("PATH", path)
    with monkeypatch.context() as context:
        context.setenv("DOCKER_HOST", f"unix://{tmp_path}/nowhere")
        assert run("print(1)").status == "refused"


def test_a_parent_that_is_killed_leaves_no_container() -> None:
    code = f"""
from pytest_agentsafety.sandbox.docker import DockerSandbox
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.run import Program
DockerSandbox({IMAGE!r}).run(Program("import time; time.sleep(600)"), Limits(timeout=600))
"""
    parent = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)})
    until(lambda: bool(containers()))
    assert len(containers()) == 1
    time.sleep(0.5)
    parent.send_signal(signal.SIGKILL)
    parent.wait()


def test_the_rule_chooses_it(tmp_path: Path) -> None:
    from pytest_agentsafety.model.policy import ToolRule
    from pytest_agentsafety.sandbox import Sandbox

    rule = ToolRule(effect="execute", sandbox="docker", image=IMAGE)
    (tmp_path / "a").write_text("x")
    result = Sandbox(folder=tmp_path).run("import os; print(os.listdir('.'))", rule)
    assert (result.status, result.backend, result.stdout) == ("ok", "docker", "['a']\n")
    assert shutil.which("docker") is not None
