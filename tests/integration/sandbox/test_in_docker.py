"""The native backend in a default container, and the docker backend, against a real daemon."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.gate.exits import RuleExits
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import Sandbox
from pytest_agentsafety.sandbox.check import check
from pytest_agentsafety.sandbox.docker import DockerSandbox
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.probes import PROBES
from pytest_agentsafety.sandbox.result import SandboxResult
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.workspace import Workspace
from tests.integration.sandbox.docker_image import (
    IMAGE,
    NoDaemonError,
    UntestedWarning,
    daemon,
    expected,
    import_image,
)
from tests.integration.sandbox.network import TOLD_BY_THE_FILTER, held, in_network, told
from tests.integration.sandbox.test_escapes import shared_probes

ROOT = Path(__file__).parents[3]

# Said, and no failure: whether it may be is decided above.
pytestmark = pytest.mark.filterwarnings("default::tests.integration.sandbox.docker_image.UntestedWarning")


@pytest.fixture(scope="module", autouse=True)
def docker() -> Iterator[None]:
    try:
        with daemon():
            import_image()
            yield
    except NoDaemonError as error:
        untested = f"the docker backend is NOT TESTED, no daemon can start here: {error}"
        if expected():
            pytest.fail(f"{untested}. Where that cannot be helped, AGENTSAFETY_NO_DOCKER says why.")
        warnings.warn(untested, UntestedWarning, stacklevel=2)  # in the summary, whatever options there are
        pytest.skip(untested)


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

    def tried(probe: Any) -> SandboxResult:
        return run(f"{probes['prelude']}\n{probe['code']}".replace("%CANPID%", "1"), timeout=10.0)

    with ThreadPoolExecutor(4) as pool:
        results = list(zip(probes["probes"], pool.map(tried, probes["probes"]), strict=True))
    assert [result for _, result in results if result.status == "refused"] == []
    escaped = [(probe["id"], probe["kind"], found.stdout) for probe, found in results if "R:ESC:" in found.stdout]
    assert [found for found in escaped if found[1] in "HL"] == []
    assert len(escaped) <= 1, escaped


def test_none_of_our_own_probes_escapes() -> None:
    report = check(image=IMAGE)
    assert set(report.backends) >= {"docker"}
    outcomes = {(row.id, name): found for row in report.rows for name, found in row.outcomes.items()}
    assert len([name for _, name in outcomes if name == "docker"]) == len(PROBES) > 60
    assert {where: found for where, found in outcomes.items() if where[1] == "docker" and found != "stopped"} == {}
    assert report.holds, report.escaped
    assert len(report.void) <= 12, report.void


def test_violations_have_paths_and_addresses() -> None:
    code = """
import os, socket
def tried(act):
    try: act()
    except OSError: pass
tried(lambda: open("/etc/new", "w"))
tried(lambda: open("/etc/hostname"))
tried(lambda: open("own", "w").close())
tried(lambda: os.unlink("/usr/bin/env"))
tried(lambda: socket.socket())
tried(lambda: os.execv("/bin/sh", ["sh"]))
tried(lambda: os.kill(1, 0))
"""
    result = run(code)
    assert result.status == "ok", result
    assert "notify" in result.layers
    assert {(one.syscall, one.path) for one in result.violations or ()} == {
        ("openat", "/etc/new"), ("unlink", "/usr/bin/env"), ("socket", None), ("execve", "/bin/sh"), ("kill", None),
    }  # fmt: skip


def test_there_are_no_violations_in_what_does_nothing() -> None:
    result = run("import json, asyncio, tempfile, threading\nasyncio.run(asyncio.sleep(0)); tempfile.TemporaryFile()")
    assert (result.status, result.violations) == ("ok", ()), result


# a network


def test_the_allowed_domains_and_nothing_else(folder: Path) -> None:
    report = in_network(f"docker:{IMAGE}", folder)
    held(report)
    assert told(report["result"]) >= TOLD_BY_THE_FILTER
    assert {"no_network", "notify"} <= set(report["result"]["layers"])


def out_to(server: str, code: str, **more: Any) -> SandboxResult:
    more = {"timeout": 60.0, **more}
    rule = ToolRule(
        effect="execute", sandbox="docker", image=IMAGE, no_network=False, allowed_domains=(server,), **more
    )
    return Sandbox(exits=RuleExits).run(f"import urllib.request\nask = urllib.request.urlopen\n{code}", rule)


def test_large_bodies_go_both_ways(server: str) -> None:
    code = f"print(len(ask('{server}/large').read()), ask('{server}/p', data=bytes(3_000_000)).read())"
    result = out_to(server, code)
    assert (result.status, result.stdout, result.violations) == ("ok", "3000000 b'3000000'\n", ()), result


def test_an_answer_that_never_comes_ends_with_the_time_limit(server: str) -> None:
    result = out_to(server, f"ask('{server}/never')", timeout=3.0)
    assert result.status == "timeout", result


def test_many_connections_at_once_and_one_too_many(server: str) -> None:
    code = f"""
import socket, threading
found = []
threads = [threading.Thread(target=lambda i=i: found.append(ask(f"{server}/{{i}}").read())) for i in range(20)]
[t.start() for t in threads]; [t.join() for t in threads]
print(len(set(found)))
kept = [socket.create_connection(("127.0.0.1", 3128)) for _ in range(40)]
closed = 0
for one in kept:
    one.settimeout(0.5)
    try: closed += one.recv(1) == b""
    except TimeoutError: pass
print(closed)
"""
    assert out_to(server, code, memory_mb=2048).stdout == "20\n8\n"


# processes of the code's own


def with_processes(code: str, **limits: Any) -> SandboxResult:
    return run(f"import os, subprocess, sys, time\n{code}", subprocesses=True, **limits)


def test_code_may_start_programs() -> None:
    code = "print(subprocess.run(['/bin/sh', '-c', 'echo $((6 * 7)); exit 3'], capture_output=True, text=True))"
    result = with_processes(code)
    assert result.status == "ok", result
    assert "returncode=3, stdout='42\\n', stderr=''" in result.stdout


def test_what_it_leaves_running_ends_with_it() -> None:
    """Also where it has left the session, and holds the output open."""
    code = """
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True: time.sleep(1)
        os._exit(0)
print("done")
"""
    result = with_processes(code)
    assert (result.status, result.stdout) == ("ok", "done\n"), result
    assert (result.wall_s or 99) < 15


def test_a_timeout_ends_its_grandchildren() -> None:
    code = """
for _ in range(3):
    if os.fork() == 0:
        os.fork()
        while True: pass
time.sleep(600)
"""
    result = with_processes(code, timeout=3.0)
    assert result.status == "timeout", result
    assert (result.cpu_s or 0) > 0.5, "what they used counts"


def test_the_memory_of_all_is_bounded_together() -> None:
    code = """
for _ in range(6):
    if os.fork() == 0:
        x = bytearray(100 << 20)
        time.sleep(30)
        os._exit(0)
time.sleep(30)
print("all of it")
"""
    result = with_processes(code, memory_mb=256)
    assert (result.status, result.stdout) == ("memory", ""), result
    assert "256 MB together" in (result.reason or "")
    assert with_processes(code.replace("range(6)", "range(1)").replace("30", "1"), memory_mb=256).status == "ok"


def test_the_kernel_bounds_it_where_looking_is_too_slow() -> None:
    """Memory that is shared counts for nobody, and stands in no process's own: the container's limit is for all."""
    code = """
import mmap
def filled(megabytes):
    made = mmap.mmap(-1, megabytes << 20)
    for i in range(0, megabytes << 20, 4096): made[i] = 1
    return made
kept = filled(300)
for _ in range(4):
    if os.fork() == 0:
        more = filled(100)
        time.sleep(20)
        os._exit(0)
while True: print(os.wait()[1])
"""
    result = with_processes(code, memory_mb=460, disk_mb=8)
    assert result.status == "memory", result


def test_a_bomb_of_processes_is_bounded() -> None:
    code = """
made = 0
try:
    while made < 500:
        if os.fork() == 0: time.sleep(60); os._exit(0)
        made += 1
except OSError as error: print(made < 64, error)
"""
    assert with_processes(code, memory_mb=2048).stdout == "True [Errno 11] Resource temporarily unavailable\n"


def test_processes_reach_neither_process_1_nor_the_network() -> None:
    code = """
import signal, socket
def tried(act):
    try: print("got", act())
    except OSError as error: print(type(error).__name__)
tried(lambda: open("/proc/1/mem", "rb").read(1))
tried(lambda: open("/proc/1/environ", "rb").read())
tried(lambda: socket.socket())
os.kill(1, signal.SIGKILL)
tried(lambda: os.setuid(0))
print("still here")
"""
    assert with_processes(code).stdout == "PermissionError\n" * 4 + "still here\n"


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
from pytest_agentsafety.gate.exits import RuleExits
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import Sandbox
from pytest_agentsafety.sandbox.check import check
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
    rule = ToolRule(effect="execute", sandbox="docker", image=IMAGE)
    (tmp_path / "a").write_text("x")
    result = Sandbox(folder=tmp_path).run("import os; print(os.listdir('.'))", rule)
    assert (result.status, result.backend, result.stdout) == ("ok", "docker", "['a']\n")
    assert shutil.which("docker") is not None
