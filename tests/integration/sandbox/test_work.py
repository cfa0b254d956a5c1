"""Ordinary work runs inside."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pytest_agentsafety.sandbox.result import SandboxResult
from tests.integration.sandbox.conftest import Run

ROOT = Path(__file__).parents[3]


def done(result: SandboxResult) -> str:
    assert result.status == "ok", (result.status, result.reason, result.stderr, result.violations)
    return result.stdout


def needs(package: str) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import json; print(json.dumps({'a': [1, 2.5, None]}))", '{"a": [1, 2.5, null]}'),
        ("import csv, io; print(list(csv.DictReader(io.StringIO('a,b\\n1,2\\n'))))", "[{'a': '1', 'b': '2'}]"),
        ("import re, math, statistics; print(statistics.mean([1, 2, 3]), math.pi > 3)", "2 True"),
        ("import decimal, fractions; print(decimal.Decimal('0.1') + decimal.Decimal('0.2'))", "0.3"),
        ("from datetime import datetime, timezone; print(datetime(2026, 1, 2, tzinfo=timezone.utc))",
         "2026-01-02 00:00:00+00:00"),
        ("import datetime, zoneinfo\nzone = zoneinfo.ZoneInfo('Europe/Berlin'); "  # noqa: ISC004
         "print(datetime.datetime(2026, 7, 1, tzinfo=zone).utcoffset())", "2:00:00"),
        ("import hashlib, secrets; print(hashlib.md5(b'').hexdigest()[:4], len(secrets.token_hex(9)))", "d41d 18"),
        ("import random; random.seed(1); print(random.random())", "0.13436424411240122"),
        ("import zlib, gzip, bz2, lzma; print(lzma.decompress(lzma.compress(b'a')))", "b'a'"),
        ("print('ä€😀', 'ß'.encode())", "ä€😀 b'\\xc3\\x9f'"),
        ("import subprocess, multiprocessing, socket, ssl, ctypes; print('imported')", "imported"),
        ("import sys; print(sys.argv, __name__, sys.flags.isolated)", "['<sandbox>'] __main__ 1"),
        ("import dataclasses, typing, enum\n@dataclasses.dataclass\nclass A:\n    x: int = 1\nprint(A())", "A(x=1)"),
        ("import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))).__name__)", "A"),
        ("import os; print(os.getcwd().endswith('/files'), os.listdir('.'), os.cpu_count() > 0)", "True [] True"),
        ("import atexit; atexit.register(print, 'last'); print('first')", "first\nlast"),
    ],
)  # fmt: skip
def test_the_standard_library(run: Run, code: str, expected: str) -> None:
    assert done(run(code)).rstrip("\n") == expected


def test_sqlite_in_a_file(run: Run) -> None:
    code = """
import sqlite3
with sqlite3.connect("data.db") as db:
    db.execute("create table t (a, b)")
    db.executemany("insert into t values (?, ?)", [(i, str(i)) for i in range(1000)])
print(sqlite3.connect("data.db").execute("select count(*), max(a) from t").fetchone())
"""
    assert done(run(code)) == "(1000, 999)\n"


def test_asyncio(run: Run) -> None:
    code = """
import asyncio, time
async def one(i):
    await asyncio.sleep(0.01)
    return i
async def main():
    in_thread = await asyncio.to_thread(lambda: 5)
    return sum(await asyncio.gather(*(one(i) for i in range(100)))) + in_thread
print(asyncio.run(main()))
"""
    assert done(run(code)) == "4955\n"


def test_threads_and_pools(run: Run) -> None:
    code = """
import threading, queue
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(lambda x: x * x, range(100))))
q = queue.Queue()
threading.Thread(target=lambda: q.put("from a thread")).start()
print(q.get(timeout=10))
"""
    assert done(run(code)) == "328350\nfrom a thread\n"


def test_a_thread_that_is_no_daemon_is_waited_for(run: Run) -> None:
    late = "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()"
    code = f"{late}\nprint('main')"
    assert done(run(code)) == "main\nlate\n"


def test_temporary_files(run: Run) -> None:
    code = """
import tempfile, pathlib
with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile("w+") as file:
    (pathlib.Path(folder) / "a").write_text("x")
    file.write("y"); file.seek(0)
    print(file.read(), pathlib.Path(folder, "a").read_text())
"""
    assert done(run(code)) == "y x\n"


def test_files_and_folders(run: Run) -> None:
    code = """
import os, pathlib, shutil, zipfile
pathlib.Path("a/b").mkdir(parents=True)
pathlib.Path("a/b/c.txt").write_text("text")
shutil.copyfile("a/b/c.txt", "d.txt")
shutil.move("d.txt", "e.txt")
os.symlink("e.txt", "link")
with zipfile.ZipFile("z.zip", "w") as z: z.write("e.txt")
shutil.rmtree("a")
print(sorted(os.listdir()), open("link").read(), zipfile.ZipFile("z.zip").read("e.txt"))
"""
    assert done(run(code)) == "['e.txt', 'link', 'z.zip'] text b'text'\n"


def test_numpy_with_a_large_array(run: Run) -> None:
    needs("numpy")
    code = """
import numpy as np
a = np.ones(200 * 1024 * 1024 // 8)
m = np.random.rand(200, 200)
print(a.nbytes >> 20, a.sum(), np.allclose(m @ np.linalg.inv(m), np.eye(200)))
"""
    result = run(code, memory_mb=1024)
    assert done(result) == "200 26214400.0 True\n"
    assert result.max_rss_kb is not None
    assert result.max_rss_kb > 200 * 1024


def test_pandas(run: Run) -> None:
    needs("pandas")
    code = """
import pandas as pd
table = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})
table.to_csv("t.csv", index=False)
print(pd.read_csv("t.csv").groupby("b")["a"].sum().to_dict())
"""
    assert done(run(code, memory_mb=1024)) == "{'x': 4, 'y': 2}\n"


def test_matplotlib_leaves_a_picture(run: Run, tmp_path: Path) -> None:
    needs("matplotlib")
    code = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
plt.plot([1, 3, 2]); plt.title("t"); plt.savefig("plot.png")
"""
    done(run(code, memory_mb=1024, timeout=120.0, workspace=tmp_path))
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_inputs_in_and_outputs_out(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/numbers.txt").write_text("1\n2\n3\n")
    (tmp_path / "gone.txt").write_text("old\n")
    (tmp_path / "kept.bin").write_bytes(bytes(range(256)))
    code = """
import os
total = sum(map(int, open("in/numbers.txt")))
os.mkdir("out")
open("out/total.txt", "w").write(f"{total}\\n")
open("in/numbers.txt", "a").write("4\\n")
os.unlink("gone.txt")
open("picture", "wb").write(bytes(300))
"""
    result = run(code, workspace=tmp_path)
    done(result)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "in", "in/numbers.txt", "kept.bin", "out", "out/total.txt", "picture",
    ]  # fmt: skip
    assert (tmp_path / "out/total.txt").read_text() == "6\n"
    assert (tmp_path / "in/numbers.txt").read_text() == "1\n2\n3\n4\n"
    assert result.changes is not None
    assert dict(result.changes) == {
        "gone.txt": "removed",
        "in/numbers.txt": "--- a/in/numbers.txt\n+++ b/in/numbers.txt\n@@ -1,3 +1,4 @@\n 1\n 2\n 3\n+4\n",
        "out/total.txt": "--- /dev/null\n+++ b/out/total.txt\n@@ -0,0 +1 @@\n+6\n",
        "picture": "added: 300 bytes",
    }


def test_a_run_without_a_change_tells_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    assert run("print(open('a').read())", workspace=tmp_path).changes == {}


def test_links_do_not_come_out(run: Run, tmp_path: Path) -> None:
    result = run("import os; os.symlink('/etc/passwd', 'l'); os.symlink('/', 'd')", workspace=tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert result.changes is not None
    assert set(result.changes) == {"l", "d"}


def test_a_file_in_place_of_a_folder_and_the_other_way_round(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/x").write_text("x")
    (tmp_path / "file").write_text("y")
    code = "import os\nos.unlink('folder/x'); os.rmdir('folder'); os.unlink('file')\n"
    done(run(f"{code}open('folder', 'w').write('z'); os.mkdir('file')", workspace=tmp_path))
    assert (tmp_path / "folder").read_text() == "z"
    assert (tmp_path / "file").is_dir()


def test_a_run_that_was_ended_leaves_what_it_had_written(run: Run, tmp_path: Path) -> None:
    code = "open('a', 'w').write('done')\nimport time; time.sleep(60)"
    result = run(code, workspace=tmp_path, timeout=2.0)
    assert (result.status, (tmp_path / "a").read_text()) == ("timeout", "done")


def test_a_workspace_that_is_too_large_is_refused_not_cut(run: Run, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(70 << 20))
    result = run("print(1)", workspace=tmp_path)
    assert (result.status, result.stdout) == ("refused", "")
    assert "more than there is room for" in (result.reason or "")


def test_the_environment_is_clean(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY_OF_SOMEBODY", "secret-value")
    out = done(run("import os; print(dict(os.environ)); print(open('/proc/self/cmdline').read())"))
    assert "secret-value" not in out
    assert "API_KEY_OF_SOMEBODY" not in out


def test_packages_beside_the_project_are_not_in_reach(run: Run) -> None:
    """Installed packages are; the folder the tests run from is not."""
    assert run("import tests.integration").status == "error"


def test_packages_that_are_installed_below_tmp(tmp_path: Path) -> None:
    """The private root is built on /tmp: what lies there is taken before it is covered."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        packages = Path(folder, "site-packages")
        packages.mkdir()
        (packages / "a_package_below_tmp.py").write_text("WHERE = __file__")
        code = """
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import Sandbox
result = Sandbox().run("import a_package_below_tmp as p; print(p.WHERE)", ToolRule(effect="execute"))
assert result.status == "ok", result
assert result.stdout.endswith("/site-packages/a_package_below_tmp.py\\n"), result
"""
        env = {**os.environ, "PYTHONPATH": f"{ROOT}:{packages}"}
        done = subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_modes_and_times_of_its_own_files(run: Run) -> None:
    """Without a root folder of its own the supervisor changes them for the code."""
    code = """
import os, shutil, tarfile
open("a", "w").write("x"); os.chmod("a", 0o640); os.utime("a", (5, 6))
shutil.copy("a", "b"); shutil.copy2("a", "c"); shutil.copytree(".", "../tmp/tree")
os.fchmod(os.open("b", os.O_RDONLY), 0o600)
with tarfile.open("t.tar", "w") as tar: tar.add("a")
tarfile.open("t.tar").extractall("out")
print([(oct(os.stat(n).st_mode & 0o777), os.stat(n).st_mtime == 6) for n in ("a", "b", "c", "out/a", "../tmp/tree/c")])
"""
    result = run(code)
    kept, changed = "('0o640', True)", "('0o600', False)"
    assert done(result) == f"[{kept}, {changed}, {kept}, {kept}, {kept}]\n"
    assert not [found for found in result.violations if found.syscall in ("chmod", "utimensat", "fchmod", "listxattr")]


def test_modes_and_times_of_the_machines_files_stay(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("x")
    target.chmod(0o666)
    before = target.stat()
    code = f"""
import os
os.symlink({str(target)!r}, "link"); os.mkdir("d"); os.symlink({str(tmp_path)!r}, "d/up")
for path in ({str(target)!r}, "link", "d/up/file", "d/up", "/usr/lib", "/dev/null", "/proc/self/fd/1"):
    for attempt in (lambda: os.chmod(path, 0), lambda: os.utime(path, (1, 1)), lambda: os.utime(path)):
        try: attempt(); print("changed", path)
        except OSError: pass
file = os.open({str(target)!r} if os.path.exists({str(target)!r}) else "/dev/null", os.O_PATH)
for attempt in (lambda: os.fchmod(file, 0), lambda: os.utime(file)):
    try: attempt(); print("changed by descriptor")
    except OSError: pass
"""
    assert done(run(code)) == ""
    after = target.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_atime_ns) == (
        before.st_mode,
        before.st_mtime_ns,
        before.st_atime_ns,
    )


def test_no_descriptor_is_inherited(run: Run, tmp_path: Path) -> None:
    """The three of every process, and one per folder of Python's own that its user cannot walk to."""
    from pytest_agentsafety.sandbox.paths import readable

    kept = (tmp_path / "mine").open("w")
    os.set_inheritable(kept.fileno(), True)
    code = """
import os
found = []
for number in range(300):
    try: os.fstat(number); found.append(number)
    except OSError: pass
print(found)
"""
    result = run(code)
    kept.close()
    doors = 0 if "private_root" in result.layers or os.geteuid() else len(readable().behind_doors())
    assert done(result) == f"{[0, 1, 2, *range(256 - doors, 256)]}\n"
    assert doors <= 2
