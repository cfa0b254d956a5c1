"""Nothing is left behind: by many runs, by hostile runs, by a parent that is killed."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.warm import WarmSandbox
from pytest_agentsafety.sandbox.workspace import Workspace
from tests.integration.sandbox.conftest import WAYS, box

ROOT = Path(__file__).parents[3]
LONG = bool(os.environ.get("AGENTSAFETY_LONG"))
RUNS, MOMENTS = (1000, 40) if LONG else (40, 4)
MARK = "from posix import read"  # in the command line of every interpreter of ours


def ours() -> set[int]:
    """Living interpreters of the sandbox below this process, which adopts those whose parent has died."""
    parents: dict[int, int] = {}
    marked: set[int] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if MARK.encode() in (folder / "cmdline").read_bytes():
                marked.add(int(folder.name))
        except OSError:
            continue
    return {pid for pid in marked if below(pid, parents)}


def below(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False


@pytest.fixture(autouse=True)
def adopting() -> Iterator[None]:
    """Orphans of a killed parent become children of this process, so that they are seen; the dead ones are buried."""
    libc = ctypes.CDLL(None)
    libc.prctl(36, 1, 0, 0, 0)
    yield
    libc.prctl(36, 0, 0, 0, 0)


def bury() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return


def zombies() -> set[str]:
    """Dead children of this process that nobody has waited for."""
    found = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        for child in (task / "children").read_text().split():
            if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                found.add(child)
    return found


def boxes() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("agentsafety-box-*"))


def segments() -> str:
    return "".join(Path("/proc/sysvipc", name).read_text() for name in ("shm", "sem", "msg"))


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def nothing_left(
    adopting: None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Afterwards the machine is as it was, as far as this process and what it has started are concerned."""
    tmp_path_factory.getbasetemp()  # pytest's own, before TMPDIR changes
    folder = tempfile.mkdtemp(prefix="agentsafety-boxes-", dir="/tmp")
    Path(folder).chmod(0o1777)  # the boxes' own users walk through
    monkeypatch.setenv("TMPDIR", folder)
    monkeypatch.setattr(tempfile, "tempdir", None)
    before = ours(), boxes(), segments(), descriptors()
    yield
    gc.collect()
    until(lambda: ours() <= before[0] and boxes() <= before[1])
    bury()
    assert ours() <= before[0]
    assert boxes() <= before[1]
    assert segments() == before[2]
    assert descriptors() <= before[3]
    assert zombies() == set()
    Path(folder).rmdir()


def until(true, seconds: float = 20.0) -> None:
    """Wait for what is about to become true; the assertion that follows says whether it did."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)


@pytest.mark.parametrize("way", WAYS)
def test_many_runs(way: str, nothing_left: None, tmp_path: Path) -> None:
    made = box(way)
    codes = (
        "print(1)",
        "open('a', 'w').write('x'); 1 / 0",
        "import os; os.kill(os.getpid(), 9)",
        "import ctypes; ctypes.CDLL(None).shmget(0x5b5b, 4096, 0o1666); print(1)",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
    )
    wanted = ("ok", "error", "killed", "ok", "ok")
    for i in range(RUNS):
        result = made.run(Program(codes[i % 5]), Limits(timeout=60))
        assert result.status == wanted[i % 5], (i, result)
    if isinstance(made, WarmSandbox):
        made.close()


def test_a_warm_sandbox_that_is_dropped_ends(nothing_left: None) -> None:
    made = WarmSandbox(namespaces=False)
    assert made.run(Program("print(1)"), Limits()).status == "ok"
    del made


@pytest.mark.parametrize("way", ["one-shot", "warm", "one-shot+namespaces"])
@pytest.mark.parametrize(
    "code",
    [
        "import os\nfor i in range(3000):\n    os.mkdir('d'); os.chdir('d')\nopen('f', 'w').write('x')",
        "import os\nos.mkdir('shut'); open('shut/f', 'w').close(); os.mkdir('shut/in', 0)\nos.mkdir('dark', 0)",
        "import os\nfor i in range(500): os.symlink('/', f'l{i}')",
        "import os\nfor i in range(1000): open(os.fsdecode(bytes([0xff, 0xfe]) + str(i).encode()), 'w').close()",
        "import os\nopen('x' * 255, 'w').close(); open('a\\nb', 'w').close(); os.mkdir('-rf')",
        "import os\nos.mkdir('d'); os.chdir('d'); os.rmdir('../d')",
    ],
    ids=["deep", "shut", "links", "bytes", "names", "gone"],
)
def test_a_tree_that_is_hard_to_remove(way: str, code: str, nothing_left: None) -> None:
    made = box(way)
    assert made.run(Program(code), Limits(timeout=60)).status in ("ok", "error", "killed")  # killed: too deep to watch
    if isinstance(made, WarmSandbox):
        made.close()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("open('a' * 200, 'w').write('x')", "added"),
        ("import os\nfor i in range(50): os.mkdir('d'); os.chdir('d')", "not taken out: folders more than 32 deep"),
        ("for i in range(70): open(f'f{i}', 'wb').write(bytes(1 << 19))", "more than there is room for"),
    ],
    ids=["name", "deep", "much"],
)
@pytest.mark.parametrize("way", ["one-shot", "one-shot+namespaces"])
def test_a_hostile_tree_is_no_harm_to_who_takes_it_out(
    way: str, code: str, told: str, tmp_path: Path, nothing_left: None
) -> None:
    (tmp_path / "mine").write_text("mine")
    made = box(way)
    result = made.run(Program(code), Limits(timeout=60), Workspace(tmp_path, room=32 << 20))
    assert result.status == "ok"
    assert result.changes is not None
    if told == "added":
        assert list(result.changes) == ["a" * 200]
    else:
        assert told in result.changes["."]
        assert [path.name for path in tmp_path.iterdir()] == ["mine"]


KILLED = """
import sys
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.workspace import Workspace
from tests.integration.sandbox.conftest import WAYS, box
made = box(sys.argv[1])
sys.stdout.write("going\\n"); sys.stdout.flush()
while True:
    made.run(Program("open('a', 'w').write('x'); import time; time.sleep(float(%r))" % sys.argv[2]), Limits(timeout=60))
"""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("naps", ["0", "30"], ids=["many", "long"])
def test_a_parent_that_is_killed_at_any_moment(way: str, naps: str, nothing_left: None) -> None:
    box(way)  # skips
    for moment in range(MOMENTS):
        parent = subprocess.Popen(
            [sys.executable, "-c", KILLED, way, naps],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"going\n"
        time.sleep(moment * 0.04 / (10 if LONG else 1))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        parent.stdout.close()


def test_a_parent_that_ends_in_order_leaves_no_warm_process(nothing_left: None) -> None:
    code = KILLED.replace("while True:", "if True:")
    subprocess.run(
        [sys.executable, "-W", "error", "-c", code, "warm", "0"],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_the_check_would_see_what_is_left(nothing_left: None) -> None:
    before = ours()
    made = WarmSandbox(namespaces=False)
    made.run(Program("print(1)"), Limits())
    assert ours() > before
    made.close()


def test_a_fork_of_the_parent_leaves_the_parents_processes_alone() -> None:
    made = WarmSandbox(namespaces=False)
    made.run(Program("print(1)"), Limits())
    child = os.fork()
    if child == 0:
        try:
            answer = made.run(Program("print(2)"), Limits())
            made.close()
            os._exit(0 if answer.stdout == "2\n" else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert made.run(Program("print(3)"), Limits()).stdout == "3\n"
    made.close()
