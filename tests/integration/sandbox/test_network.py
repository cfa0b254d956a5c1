"""Code with a network: the allowed domains through our proxy, and nothing else, in a network made for the test."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.gate.exits import RuleExits
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import Sandbox, SandboxResult, Violation
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox
from pytest_agentsafety.sandbox.paths import executable
from pytest_agentsafety.sandbox.run import Program
from tests.integration.sandbox.conftest import WAYS, box
from tests.integration.sandbox.network import CONTROL, TOLD_BY_THE_FILTER, held, in_network, told
from tests.integration.sandbox.test_escapes import reachable

ROOT = Path(__file__).parents[3]
PROXY = ("127.0.0.1", 3128)


def test_without_a_sandbox_everybody_is_reached(folder: Path) -> None:
    report = in_network("control", folder)
    assert {row["name"] for row in report["rows"] if "got" in row} == CONTROL
    assert {"1.2.3.4:443", "169.254.169.254:80", "::1:9090", "udp 127.0.0.1:53"} <= set(report["reached"])


@pytest.mark.parametrize("way", WAYS)
def test_the_allowed_domains_and_nothing_else(way: str, folder: Path) -> None:
    box(way)  # skips where there are no namespaces
    report = in_network(way, folder)
    held(report)
    assert told(report["result"]) >= TOLD_BY_THE_FILTER
    assert any(layer.startswith("namespaces(") for layer in report["result"]["layers"]) is way.endswith("+namespaces")


@pytest.mark.parametrize("way", ["one-shot", "one-shot+namespaces"])
def test_the_same_for_an_unprivileged_user(way: str, folder: Path) -> None:
    box(way)
    parts = [folder, ROOT, Path(sysconfig.get_path("purelib"))]
    if not all(reachable(str(part / "x")) and part.stat().st_mode & 0o5 == 0o5 for part in parts):
        pytest.skip("an unprivileged user cannot read this test's files")
    held(in_network(way, folder, "user"))


# on this machine's own loopback


def rule(server: str, **more: Any) -> ToolRule:
    return ToolRule(effect="execute", no_network=False, allowed_domains=(server,), **more)


def run(code: str, given: ToolRule, **more: Any) -> SandboxResult:
    with Sandbox(exits=RuleExits, **more) as sandbox:
        return sandbox.run(
            f"import urllib.request, socket\nget = lambda u: urllib.request.urlopen(u).read()\n{code}", given
        )


def test_a_whole_origin_may_be_of_this_machine(server: str) -> None:
    result = run(f"print(get('{server}/a')); print(len(get('{server}/large')))", rule(server))
    assert (result.status, result.stdout) == ("ok", "b'/a'\n3000000\n"), result
    assert result.violations == ()


def test_a_large_body_goes_out(server: str) -> None:
    result = run(f"print(urllib.request.urlopen('{server}/p', data=bytes(3_000_000)).read())", rule(server))
    assert (result.status, result.stdout) == ("ok", "b'3000000'\n"), result


def test_asyncio_and_threads_get_through(server: str) -> None:
    host, port = PROXY
    code = f"""
import asyncio, threading
async def ask(i):
    r, w = await asyncio.open_connection({host!r}, {port})
    w.write(f"GET {server}/{{i}} HTTP/1.1\\r\\n\\r\\n".encode())
    answer = await r.read()
    w.close()
    return answer.rpartition(b"\\r\\n")[2].decode()
async def all(): return await asyncio.gather(*(ask(i) for i in range(10)))
print(asyncio.run(all()))
found = []
threads = [threading.Thread(target=lambda i=i: found.append(get(f"{server}/{{i}}"))) for i in range(10)]
[t.start() for t in threads]; [t.join() for t in threads]
print(len(set(found)))
"""
    result = run(code, rule(server))
    assert (result.status, result.stdout) == ("ok", f"{[f'/{i}' for i in range(10)]}\n10\n"), result


def test_a_socket_is_called_what_libraries_expect(server: str) -> None:
    code = f"""
one = socket.create_connection({PROXY!r})
print(one.getpeername(), one.getsockname())
a, b = socket.socketpair()
print(repr(a.getpeername()))
"""
    result = run(code, rule(server))
    assert (result.stdout, result.violations) == ("('127.0.0.1', 3128) ('127.0.0.1', 40000)\n''\n", ()), result


@pytest.mark.parametrize("library", ["httpx", "httpx2", "requests"])
def test_http_libraries_get_through(server: str, library: str) -> None:
    pytest.importorskip(library)
    result = run(f"import {library}\nprint({library}.get('{server}/a').text)", rule(server, memory_mb=1024))
    assert (result.status, result.stdout) == ("ok", "/a\n"), result


def test_an_async_one_too(server: str) -> None:
    pytest.importorskip("httpx2")
    code = f"""
import asyncio, httpx2
async def main():
    async with httpx2.AsyncClient() as client: print((await client.get('{server}/a')).text)
asyncio.run(main())
"""
    assert run(code, rule(server, memory_mb=1024)).stdout == "/a\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_curl_gets_through(server: str) -> None:
    box("one-shot+namespaces")
    code = f"import subprocess; print(subprocess.run(['curl', '-sS', '{server}/a'], capture_output=True).stdout)"
    assert run(code, rule(server, allow_subprocess=True)).stdout == "b'/a'\n"


def test_an_answer_that_never_comes_ends_with_the_time_limit(server: str) -> None:
    started = time.monotonic()
    result = run(f"get('{server}/never')", rule(server, timeout=2.0))
    assert result.status == "timeout"
    assert time.monotonic() - started < 15


def test_a_host_that_does_not_answer_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        result = run(f"get('{nobody}/')", rule(nobody))
    assert result.status == "error"
    assert "HTTP Error 502" in result.stderr
    assert result.violations == ()  # allowed, and not there


def test_one_connection_too_many_is_closed(server: str) -> None:
    code = f"""
kept = [socket.create_connection({PROXY!r}) for _ in range(40)]
closed = 0
for one in kept:
    one.settimeout(0.2)
    try: closed += one.recv(1) == b""
    except TimeoutError: pass
print(closed)
"""
    assert run(code, rule(server)).stdout == "8\n"


def test_code_that_starts_programs_has_the_same_way_out(server: str) -> None:
    box("one-shot+namespaces")
    code = f"""
import subprocess, sys
program = '''
import socket, urllib.request
print(urllib.request.urlopen("{server}/below").read())
try: socket.create_connection(("127.0.0.1", {server.rpartition(":")[2]}))
except OSError as error: print(error)
'''
print(subprocess.run([{executable()!r}, "-I", "-S", "-c", program], capture_output=True, text=True).stdout)
"""
    result = run(code, rule(server, allow_subprocess=True))
    assert "b'/below'\n[Errno 1]" in result.stdout, result


def test_nothing_is_left_of_it(server: str) -> None:
    def count() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208

    code = f"kept = [socket.create_connection({PROXY!r}) for _ in range(5)]; get('{server}/a')"
    with Sandbox(exits=RuleExits, warm=True) as sandbox:
        sandbox.run("1", rule(server))
        before = count()
        for _ in range(20):
            assert (
                sandbox.run(
                    f"import urllib.request, socket\nget = lambda u: urllib.request.urlopen(u).read()\n{code}",
                    rule(server),
                ).status
                == "ok"
            )
        end = time.monotonic() + 10
        while count() > before and time.monotonic() < end:
            time.sleep(0.05)  # the server's own threads and connections
        assert count() <= before


def test_a_warm_run_without_a_network_after_one_with_it(server: str) -> None:
    with Sandbox(exits=RuleExits, warm=True) as sandbox:
        code = f"import os, socket\nprint('HTTP_PROXY' in os.environ); socket.create_connection({PROXY!r}, 2)"
        assert sandbox.run(code, rule(server)).stdout == "True\n"
        result = sandbox.run(code, ToolRule(effect="execute"))
    assert (result.status, result.stdout) == ("error", "False\n")
    assert Violation(syscall="socket") in (result.violations or ())


# refused


def test_a_network_without_domains_is_refused() -> None:
    result = run("print(1)", ToolRule(effect="execute", no_network=False))
    assert (result.status, result.stdout, result.violations) == ("refused", "", None)
    assert "allowed_domains" in (result.reason or "")


def test_a_sandbox_that_knows_no_exits_refuses(server: str) -> None:
    result = Sandbox().run("print(1)", rule(server))
    assert (result.status, result.stdout) == ("refused", "")
    for namespaces in (False, True):
        bare = NativeSandbox(namespaces=namespaces).run(Program("print(1)"), Limits(network=True))
        assert (bare.status, bare.stdout) == ("refused", "")


NESTED = """
import ctypes, json, struct, sys
from pytest_agentsafety.sandbox.bpf import ALLOW, assemble
from pytest_agentsafety.sandbox.syscalls import machine
from pytest_agentsafety.gate.exits import RuleExits
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import Sandbox
import os
import shutil
tables = machine(os.uname().machine)
code = assemble(tables, allowed=[], tested={}, answers={}, default=ALLOW)
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)
buffer = ctypes.create_string_buffer(code, len(code))
program = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
assert libc.syscall(ctypes.c_long(tables.numbers["seccomp"]), 1, 8, program) > 0  # a listener above all that follows
found = []
for rule in (ToolRule(effect="execute"), ToolRule(effect="execute", no_network=False, allowed_domains=("a.test",))):
    found.append(Sandbox(exits=RuleExits).run("print(1)", rule).to_dict())
json.dump(found, sys.stdout)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="an unprivileged process may not set a filter for itself without more")
def test_below_another_listener_code_runs_without_a_network_and_with_one_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NESTED], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    without, with_network = json.loads(done.stdout)
    assert (without["status"], without["stdout"], without["violations"]) == ("ok", "1\n", None)  # seen by nobody
    assert (with_network["status"], with_network["stdout"]) == ("refused", "")
    assert "listener" in with_network["reason"]
