"""A network for code to get out of: what its arena reports, and a server that may be reached."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.integration.sandbox.test_escapes import interpreter

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
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
