"""Every status of a result, with true figures."""

from __future__ import annotations

import resource
import signal

import pytest

from pytest_agentsafety.sandbox.result import SandboxResult, Violation
from tests.integration.sandbox.conftest import Run


def measured(result: SandboxResult) -> None:
    """No figure is left at 0 or unknown."""
    assert result.backend == "native"
    assert result.wall_s is not None
    assert result.wall_s > 0
    assert result.cpu_s is not None
    assert result.cpu_s > 0
    assert result.max_rss_kb is not None
    assert result.max_rss_kb > 1000
    assert {"no_capabilities", "no_new_privs", "rlimits", "seccomp"} <= set(result.layers)


def test_ok(run: Run) -> None:
    result = run("print('hello')")
    assert (result.status, result.exit_code, result.signal) == ("ok", 0, None)
    assert (result.stdout, result.stderr, result.truncated, result.reason) == ("hello\n", "", False, None)
    measured(result)


@pytest.mark.parametrize(
    ("code", "exit_code", "stderr"),
    [
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('good bye')", 1, "good bye\n"),
        ("raise SystemExit", 0, ""),
        ("import os; os._exit(7)", 7, ""),
        ("import sys; sys.exit(257)", 1, ""),
    ],
)
def test_an_exit_code_is_the_codes_own(run: Run, code: str, exit_code: int, stderr: str) -> None:
    result = run(code)
    assert (result.status, result.exit_code) == ("error" if exit_code else "ok", exit_code)
    assert result.stderr == stderr


def test_error_has_a_traceback_from_the_users_first_line_on(run: Run) -> None:
    result = run("def half(x):\n    return x / 0\n\nprint('before')\nhalf(1)\n")
    assert (result.status, result.exit_code, result.stdout) == ("error", 1, "before\n")
    lines = result.stderr.splitlines()
    assert lines[:5] == [
        "Traceback (most recent call last):",
        '  File "<sandbox>", line 5, in <module>',
        "    half(1)",
        '  File "<sandbox>", line 2, in half',
        "    return x / 0",
    ]
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "keeper" not in result.stderr
    measured(result)


def test_a_chained_error_shows_both(run: Run) -> None:
    result = run("try:\n    {}['a']\nexcept KeyError as e:\n    raise RuntimeError('b') from e")
    assert "KeyError: 'a'" in result.stderr
    assert result.stderr.endswith("RuntimeError: b\n")
    assert "direct cause" in result.stderr


def test_code_that_does_not_parse_says_where(run: Run) -> None:
    result = run("x = 1\ny = (\n")
    assert (result.status, result.exit_code) == ("error", 1)
    assert 'File "<sandbox>", line 2' in result.stderr
    assert "SyntaxError" in result.stderr


def test_timeout_keeps_what_was_written(run: Run) -> None:
    result = run("print('so far')\nimport time\ntime.sleep(60)", timeout=1.0)
    assert (result.status, result.exit_code, result.signal) == ("timeout", None, signal.SIGKILL)
    assert (result.stdout, result.reason) == ("so far\n", "it ran longer than 1 s")
    assert result.wall_s is not None
    assert 1.0 <= result.wall_s < 30.0
    measured(result)


def test_timeout_ends_threads_and_whoever_ignores_signals(run: Run) -> None:
    code = (
        "import signal, threading, time\n"
        "for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
    )
    assert run(code, timeout=1.0).status == "timeout"


def test_the_figures_of_a_run_that_was_ended_are_its_own(run: Run) -> None:
    result = run("x = b'x' * (60 << 20)\nwhile True: pass", timeout=1.5)
    assert result.status == "timeout"
    assert result.max_rss_kb is not None
    assert result.max_rss_kb > 60 * 1024
    assert result.cpu_s is not None
    assert result.cpu_s > 0.1


@pytest.mark.parametrize("first", ["", "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"])
def test_cpu_limit(run: Run, first: str) -> None:
    result = run(f"{first}while True: pass", cpu_seconds=1, timeout=60.0)
    assert result.status == "cpu_limit"
    assert result.signal in (signal.SIGXCPU, signal.SIGKILL)
    assert result.cpu_s is not None
    assert 0.5 <= result.cpu_s <= 2.5  # the limit counts ticks, the figure is exact
    assert result.reason == "it used 1 s of CPU"
    measured(result)


def test_memory(run: Run) -> None:
    result = run("x = bytearray(600 << 20)", memory_mb=512)
    assert (result.status, result.exit_code) == ("memory", 1)
    assert result.stderr.endswith("MemoryError\n")
    assert result.reason == "it asked for more than 512 MB"
    measured(result)


def test_memory_that_is_taken_in_small_pieces(run: Run) -> None:
    result = run("kept = []\nwhile True: kept.append(bytearray(1 << 20))", memory_mb=128)
    assert result.status == "memory"
    assert result.max_rss_kb is not None
    assert 60 * 1024 < result.max_rss_kb < 128 * 1024


def test_a_memory_error_that_was_handled_is_none(run: Run) -> None:
    code = "try: bytearray(600 << 20)\nexcept MemoryError: print('handled')"
    assert (run(code).status, run(code).stdout) == ("ok", "handled\n")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_limit(run: Run, stream: str) -> None:
    result = run(f"import sys\nwhile True: sys.{stream}.write('x' * 1000 + '\\n')", output_kb=100)
    assert (result.status, result.truncated, result.signal) == ("output_limit", True, signal.SIGKILL)
    assert len(result.stdout) + len(result.stderr) == 100 * 1024
    assert len(getattr(result, stream)) == 100 * 1024
    assert result.reason == "it wrote more than 100 KB to standard output and error"
    measured(result)


def test_output_up_to_the_limit_is_whole(run: Run) -> None:
    result = run("import sys; sys.stdout.write('x' * 102400)", output_kb=100)
    assert (result.status, result.truncated, len(result.stdout)) == ("ok", False, 102400)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1])
def test_killed_by_its_own_hand(run: Run, number: signal.Signals) -> None:
    result = run(f"import os; os.kill(os.getpid(), {int(number)})")
    assert (result.status, result.signal, result.exit_code) == ("killed", number, None)
    assert result.reason == f"ended by {number.name}"
    measured(result)


@pytest.mark.parametrize(
    ("code", "number"),
    [("import ctypes; ctypes.string_at(0)", signal.SIGSEGV), ("import os; os.abort()", signal.SIGABRT)],
)
def test_killed_by_a_crash(run: Run, code: str, number: signal.Signals) -> None:
    result = run(code)
    assert (result.status, result.signal) == ("killed", number)


def test_too_much_on_disk(run: Run) -> None:
    """Without a file system of its own the keeper ends it; with one the write fails."""
    code = "import time\nfor i in range(40): open(f'f{i}', 'wb').write(b'x' * (1 << 20))\ntime.sleep(5)"
    result = run(code, disk_mb=8)
    if "private_root" in result.layers:
        assert (result.status, "No space left on device" in result.stderr) == ("error", True)
    else:
        assert (result.status, result.reason) == ("killed", "it wrote more than 8 MB or 8192 files")


def test_one_file_cannot_be_larger_than_the_disk(run: Run) -> None:
    result = run("f = open('f', 'wb')\nfor _ in range(40): f.write(b'x' * (1 << 20))", disk_mb=4)
    assert result.status in ("error", "killed")


def test_output_that_is_no_text_is_told_as_well_as_it_can_be(run: Run) -> None:
    assert run("import os; os.write(1, b'a\\xff\\0b')").stdout == "a\ufffd\0b"


def test_violations_name_call_and_path(run: Run, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    code = f"""
import os, socket
for attempt in (lambda: open({str(secret)!r}), lambda: os.unlink('/etc/hostname'), socket.socket, os.fork,
                lambda: os.execv('/bin/true', ['true']), lambda: os.chown('x', 0, 0)):
    try: attempt()
    except OSError: pass
"""
    result = run(code)
    assert result.status == "ok"
    assert set(result.violations) >= {
        Violation(syscall="openat", path=str(secret)),
        Violation(syscall="unlink", path="/etc/hostname"),
        Violation(syscall="socket"),
        Violation(syscall="clone"),
        Violation(syscall="execve", path="/bin/true"),
    }
    assert any(found.syscall == "chown" and found.path.endswith("/files/x") for found in result.violations)


def test_what_was_done_a_thousand_times_is_told_once(run: Run) -> None:
    code = "import socket\nfor _ in range(1000):\n    try: socket.socket()\n    except OSError: pass"
    assert run(code).violations == (Violation(syscall="socket"),)


def test_work_inside_is_no_violation(run: Run) -> None:
    code = "import json, sqlite3, os\nopen('a', 'w').write('x'); os.rename('a', 'b'); os.mkdir('c'); os.listdir('c')"
    assert run(code).violations == ()


def test_cpu_seconds_are_those_the_code_counts_itself(run: Run) -> None:
    code = "import time\nwhile time.process_time() < 0.5: pass\nprint(time.process_time())"
    result = run(code)
    assert result.cpu_s is not None
    assert result.cpu_s == pytest.approx(float(result.stdout), abs=0.15)


def test_max_rss_is_what_the_code_sees_itself(run: Run) -> None:
    code = "import resource\nx = b'x' * (50 << 20)\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    result = run(code)
    assert result.max_rss_kb is not None
    assert result.max_rss_kb == pytest.approx(int(result.stdout), rel=0.1)
    assert result.max_rss_kb > 50 * 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0
