"""A network to get out of, in a network namespace made for it, and code in the sandbox that tries.

    unshare --net python network_arena.py WAY CERTIFICATES WHO

WAY is control, one of the native ways, or docker:IMAGE; CERTIFICATES a folder with ca.pem, leaf.pem and leaf.key; WHO
is root or user.
Prints JSON: {"rows": [{"name", "got" or "refused"}], "reached": [who came where], "result": the sandbox's}.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PUBLIC, EVIL, METADATA = "93.184.216.34", "1.2.3.4", "169.254.169.254"
NAMES = {
    "api.example.com": [PUBLIC],
    "www.example.org": [PUBLIC],
    "meta.example.com": [METADATA],
    "inner.example.com": ["127.0.0.1"],
    "six.example.com": ["::1"],
}
ALLOWED = (
    "api.example.com", "http://api.example.com", "*.example.org", "meta.example.com", "inner.example.com",
    "six.example.com", "moving.example.com",
)  # fmt: skip


class Names:
    """A resolver of ours; one name moves to this machine at the second look."""

    def __init__(self) -> None:
        self.moved = False

    def resolve(self, host: str, port: int) -> list[str]:
        if host == "moving.example.com":
            self.moved, found = not self.moved, "127.0.0.1" if self.moved else PUBLIC
            return [found]
        if host not in NAMES:
            raise OSError("no such name")
        return NAMES[host]


class Allowed(BaseHTTPRequestHandler):
    """The host that may be reached."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        places = {"/leave": "http://evil.test/", "/metadata": f"http://{METADATA}/"}
        body = f"{self.command} {self.path} host={self.headers['Host']} ".encode()
        body += self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(302 if self.path in places else 200)
        if self.path in places:
            self.send_header("Location", places[self.path])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - its name is the method's

    def log_message(self, *_: Any) -> None:
        return


class Strangers:
    """Everybody else in the network, who notes who came."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        places = [(EVIL, 443), (EVIL, 80), (EVIL, 3128), (PUBLIC, 8443), (METADATA, 80), ("127.0.0.1", 9090)]
        for place in [*places, ("127.0.0.1", 443), ("127.0.0.1", 80)]:
            self._stream(socket.AF_INET, place)
        for place in (("::1", 9090), ("::1", 443)):
            self._stream(socket.AF_INET6, place)
        for place in (("127.0.0.1", 53), (EVIL, 53)):
            self._datagrams(place)

    def _stream(self, family: int, place: tuple[str, int]) -> None:
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(16)

        def loop() -> None:
            while True:
                one, _ = listener.accept()
                self.reached.append(f"{place[0]}:{place[1]}")
                with contextlib.suppress(OSError), one:
                    one.sendall(b"CANARY")

        threading.Thread(target=loop, daemon=True).start()

    def _datagrams(self, place: tuple[str, int]) -> None:
        receiver = socket.socket(type=socket.SOCK_DGRAM)
        receiver.bind(place)

        def loop() -> None:
            while True:
                receiver.recv(2000)
                self.reached.append(f"udp {place[0]}:{place[1]}")

        threading.Thread(target=loop, daemon=True).start()


def raise_loopback() -> None:
    """Switch the loopback device on and give it the addresses of everybody."""
    with socket.socket(type=socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 0x41))
        for number, address in enumerate((PUBLIC, EVIL, METADATA), 1):
            name = f"lo:{number}".encode()
            request = struct.pack("16sHH4s16x", name, socket.AF_INET, 0, socket.inet_aton(address))
            fcntl.ioctl(any_socket, 0x8916, request)


def serve(certificates: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "leaf.pem", certificates / "leaf.key")
    for port in (80, 443):
        server = ThreadingHTTPServer((PUBLIC, port), Allowed)
        if port == 443:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()


def run(way: str, code: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    """What the sandbox says of the run, or what an ordinary process says."""
    if way == "control":
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120)
        return {"stdout": done.stdout, "stderr": done.stderr, "status": "ok"}
    from pytest_agentsafety.gate.exits import RuleExits
    from pytest_agentsafety.model.policy import ToolRule
    from pytest_agentsafety.sandbox.docker import DockerSandbox
    from pytest_agentsafety.sandbox.limits import Limits
    from pytest_agentsafety.sandbox.native import NativeSandbox
    from pytest_agentsafety.sandbox.run import Program
    from pytest_agentsafety.sandbox.warm import WarmSandbox

    rule = ToolRule(effect="execute", no_network=False, allowed_domains=ALLOWED, timeout=100.0)
    exits = RuleExits(rule, resolver=Names())
    program, limits = Program(code, "<sandbox>", arguments), Limits.of(rule)
    if way.startswith("docker:"):
        return DockerSandbox(way.partition(":")[2]).run(program, limits, None, exits).to_dict()
    made = (WarmSandbox if way.startswith("warm") else NativeSandbox)(namespaces=way.endswith("+namespaces"))
    try:
        return made.run(program, limits, None, exits).to_dict()
    finally:
        if isinstance(made, WarmSandbox):
            made.close()


def run_as_user(way: str, folder: str) -> dict[str, Any]:
    """The same by a process of an unprivileged user."""
    done = subprocess.run(
        [sys.executable, __file__, way, folder, "inner"], capture_output=True, text=True, user=4321, group=4321,
        extra_groups=[], cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def main() -> None:
    way, folder, who = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    code = Path(__file__).with_name("network_attempts.py").read_text("utf-8")
    arguments = ((folder / "ca.pem").read_text("ascii"),)
    if who == "inner":
        json.dump(run(way, code, arguments), sys.stdout)
        return
    raise_loopback()
    serve(folder)
    strangers = Strangers()
    result = run_as_user(way, str(folder)) if who == "user" else run(way, code, arguments)
    rows = [json.loads(line) for line in result["stdout"].splitlines()]
    json.dump({"rows": rows, "reached": strangers.reached, "result": result}, sys.stdout)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
