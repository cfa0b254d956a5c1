"""A real HTTPS and HTTP server on this machine, a certificate authority, a resolver and a network of our own."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore2
import pytest

PUBLIC = "93.184.216.34"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE")
NAMES = ("example.com", "other.example", "*.api.example.org", "_x.api.example.org", "xn--bcher-kva.example")


@dataclass
class Route:
    """What a server answers at a path: raw header pairs, and a body or pieces of one."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | Sequence[bytes] = b"ok"


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    tls: bool


@dataclass
class Site:
    """Both servers, their routes and what they were asked."""

    https_port: int
    http_port: int
    routes: dict[str, Route] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        tls = isinstance(self.connection, ssl.SSLSocket)
        self.site.seen.append(Seen(self.command, self.path, headers, body, tls))
        route = self.site.routes.get(self.path, Route())
        self.send_response(route.status)
        for name, value in route.headers:
            self.send_header(name, value)
        pieces = [route.body] if isinstance(route.body, bytes) else route.body
        if isinstance(route.body, bytes) and "content-length" not in {name.lower() for name, _ in route.headers}:
            self.send_header("content-length", str(len(route.body)))
        self.send_header("connection", "close")
        self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            for piece in pieces:
                try:
                    self.wfile.write(piece)
                except OSError:  # the client had enough, which is what it is tested for
                    return

    def log_request(self, *_: object) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A refused certificate or a cut connection is an outcome here, no mishap."""


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca.pem and the servers' chain.pem and leaf.key."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command, which makes the certificates, is not here")
    folder = tmp_path_factory.mktemp("authority")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    root = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    _openssl(folder, "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test root", *root)
    _openssl(folder, "req", "-new", *curve[:5], "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf")
    san = ",".join(f"DNS:{name}" for name in NAMES)
    (folder / "ext").write_text(f"subjectAltName={san}\nauthorityKeyIdentifier=keyid\nbasicConstraints=CA:FALSE\n")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext")
    _openssl(folder, "x509", "-req", "-in", "leaf.csr", "-out", "leaf.pem", *signing)
    return folder


@pytest.fixture(scope="session")
def trust(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority / "ca.pem"))


def _running(server: Server) -> threading.Thread:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    return thread


@pytest.fixture(scope="session")
def _servers(authority: Path) -> Iterator[Site]:
    site = Site(0, 0)
    answering = {f"do_{method}": Handler.answer for method in METHODS}
    handler = type("BoundHandler", (Handler,), {"site": site, **answering})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "leaf.pem", authority / "leaf.key")
    context.sni_callback = lambda _socket, name, _context: site.names.append(name)
    secure, plain = Server(("127.0.0.1", 0), handler), Server(("127.0.0.1", 0), handler)
    secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
    site.https_port, site.http_port = secure.server_address[1], plain.server_address[1]
    threads = [_running(server) for server in (secure, plain)]
    yield site
    for server, thread in zip((secure, plain), threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site(_servers: Site) -> Site:
    for kept in (_servers.routes, _servers.seen, _servers.names):
        kept.clear()
    return _servers


class Names:
    """A resolver of ours. A name's answers are given in turn; the last one stays."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(turns) for name, turns in answers.items()}
        self.asked: list[tuple[str, int]] = []

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        turns = self.answers.get(host)
        if turns is None:
            return [PUBLIC]
        return turns.pop(0) if len(turns) > 1 else turns[0]


class Network(httpcore2.SyncBackend):
    """Public addresses, played by the servers of this machine. Remembers every address that was dialled."""

    def __init__(self, site: Site, dead: Sequence[str] = ()) -> None:
        self.ports = {443: site.https_port, 80: site.http_port}
        self.dead = dead
        self.dialled: list[str] = []

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore2.NetworkStream:
        self.dialled.append(host)
        if host in self.dead:
            raise httpcore2.ConnectError("nobody there")
        return super().connect_tcp("127.0.0.1", self.ports[port], *args, **options)
