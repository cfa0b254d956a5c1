"""Code with a network: the allowed domains through our proxy, and nothing else, in a network made for the test."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
from tests.integration.sandbox.test_escapes import interpreter, reachable

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROXY = ("127.0.0.1", 3128)
# Attempts of network_attempts.py that must get something, and what.
WORKS = {
    "allowed_https": "GET /a host=api.example.com ",
    "allowed_http": "GET /a?x=1 host=api.example.com ",
    "allowed_below": "GET /b host=www.example.org ",
    "allowed_post": "POST /p host=api.example.com n=1",
    "allowed_upper_case": "HTTP/1.1 200",
    "many_at_once": "20",
    "host_header": "GET /host host=api.example.com ",
}
# What gets out where nothing holds it; the others ask a proxy, which is not there.
CONTROL = {
    *("direct", "direct_to_the_proxys_port", "direct_loopback", "direct_metadata", "direct_ipv6"),
    *("direct_ipv6_mapped", "fast_open", "udp", "udp_dns", "raw", "listening"),
}  # fmt: skip
TOLD = {
    *("connect evil.test:443", "connect evil.test", "connect 169.254.169.254", "connect inner.example.com:443"),
    *("connect meta.example.com:443", "connect moving.example.com:443", "connect api.example.com:8443"),
    "connect [::1]:9090",
}  # fmt: skip
TOLD_BY_THE_FILTER = {"connect 1.2.3.4:443", "connect 1.2.3.4:3128", "socket inet datagram", "socket inet6 stream"}


def certificates(folder: Path) -> Path:
    """ca.pem, and leaf.pem with leaf.key for the allowed hosts, readable by everybody."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command, which makes the certificates, is not here")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    authority = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", "-x509", *curve, "-days", "2", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=x", *authority)
    openssl("req", "-new", *curve, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf")
    names = "DNS:api.example.com,DNS:www.example.org"
    (folder / "ext").write_text(f"subjectAltName={names}\nauthorityKeyIdentifier=keyid\nbasicConstraints=CA:FALSE\n")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext")
    openssl("x509", "-req", "-in", "leaf.csr", "-out", "leaf.pem", *signing)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder


def in_network(way: str, folder: Path, who: str = "root") -> Any:
    """The report of network_arena.py."""
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"no network namespace for the arena: {tried.stderr.strip()}")
    paths = os.pathsep.join((str(ROOT), sysconfig.get_path("purelib")))
    python = sys.executable if who == "root" else interpreter(who)
    done = subprocess.run(
        ["unshare", "--net", python, str(HERE / "network_arena.py"), way, str(folder), who],
        capture_output=True, text=True, cwd="/", timeout=300,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def held(report: Any) -> None:
    """Everything allowed was got, nothing else, nobody was reached, and it is told."""
    assert report["result"]["status"] == "ok", report["result"]
    got = {row["name"]: row["got"] for row in report["rows"] if "got" in row}
    assert got.pop("smuggled").endswith("GET /first host=api.example.com ")  # and no second answer
    assert got == WORKS
    assert len(report["rows"]) > 50
    assert report["reached"] == []
    assert told(report["result"]) >= TOLD


def told(result: Any) -> set[str]:
    return {f"{one['syscall']} {one['path']}" for one in result["violations"] or ()}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where every user may look, which pytest's own folders are not."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("the arena is made by root, with unshare(1)")
    with tempfile.TemporaryDirectory(prefix="agentsafety-certificates-") as made:
        yield certificates(Path(made))


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


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/never":
            time.sleep(60)
        body = b"x" * 3_000_000 if self.path == "/large" else self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        size = len(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", str(len(str(size))))
        self.end_headers()
        self.wfile.write(str(size).encode())

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as made:
        made.daemon_threads = True
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


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
