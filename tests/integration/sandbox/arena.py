"""A machine to escape from: canaries, listeners and a victim inside namespaces, and probes run in it.

    unshare --mount --net --pid --ipc --fork --kill-child python arena.py REPO BACKEND USER < probes.json

BACKEND is control, native or namespaces, or matrix: the package's own probes, which need no file. USER is root or user.

Everything a probe can hit stands on file systems and in a network that were made for this and end with it. Prints a
JSON line per probe: {"id", "kind", "escaped", "said"}.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

OUTER = Path("/tmp/outer")
USER = 4321
MEGABYTE = 1 << 20
LIMITS = {"timeout": 8.0, "memory_mb": 512, "disk_mb": 64, "output_kb": 1024}


def sh(command: str) -> None:
    subprocess.run(["sh", "-c", command], check=True)


def build(repo: str) -> None:
    """Fresh file systems over everything that is written to, and what is to be found there."""
    sh(
        "mount --make-rprivate / && mount -t proc proc /proc && mount -t tmpfs tmpfs /mnt && "
        "mkdir /mnt/repo /mnt/etc && "
        f"mount --bind {repo} /mnt/repo && "
        "for d in /opt /srv /home /dev/shm /var/tmp /tmp; do mount -t tmpfs -o mode=1777,size=2g tmpfs $d; done && "
        "printf 'root:CANARY:1::::::\n' > /mnt/etc/shadow && chmod 644 /mnt/etc/shadow && "
        "mount --bind /mnt/etc/shadow /etc/shadow && "
        "printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' > /mnt/etc/resolv.conf && "
        "mount --bind /mnt/etc/resolv.conf /etc/resolv.conf"
    )
    raise_loopback()
    outside, ssh = OUTER / "outside", OUTER / "home/.ssh"
    outside.mkdir(parents=True)
    ssh.mkdir(parents=True)
    for path in (outside / "canary.txt", ssh / "id_rsa"):
        path.write_text("CANARY")
    refresh()


def raise_loopback() -> None:
    """Switch the loopback device on, with the metadata address beside its own."""
    with socket.socket(type=socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 0x41))
        address = struct.pack("16sHH4s16x", b"lo:1", socket.AF_INET, 0, socket.inet_aton("169.254.169.254"))
        fcntl.ioctl(any_socket, 0x8916, address)


def refresh() -> None:
    """What a probe may have taken away is there again; open to all, so that no mode does the sandbox's work."""
    outside = OUTER / "outside"
    for name in ("victim", "victim2", "mine", "log.txt"):
        (outside / name).write_text("CANARY")
    for path in (OUTER, *OUTER.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666)
    os.chown(outside / "mine", USER, USER) if os.environ.get("ARENA_USER") else None


class Listeners:
    """TCP on loopback and on the metadata address, DNS, a path and an abstract socket; counts who came."""

    def __init__(self) -> None:
        self.datagrams: list[bytes] = []
        for address in (("127.0.0.1", 18080), ("169.254.169.254", 80)):
            self._serve(socket.socket(), address)
        self._serve(socket.socket(socket.AF_UNIX), str(OUTER / "outside/u.sock"))
        self._serve(socket.socket(socket.AF_UNIX), "\0sbxcanary")
        for port in (53, 18081):
            self._collect(socket.socket(type=socket.SOCK_DGRAM), ("127.0.0.1", port))
        self._collect(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), str(OUTER / "outside/d.sock"))
        self._collect(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), "\0sbxdatagram")
        (OUTER / "outside/u.sock").chmod(0o777)
        (OUTER / "outside/d.sock").chmod(0o777)

    def _serve(self, listener: socket.socket, address: Any) -> None:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(64)

        def loop() -> None:
            while True:
                one, _ = listener.accept()
                with contextlib.suppress(OSError):
                    one.sendall(b"CANARY")
                one.close()

        threading.Thread(target=loop, daemon=True).start()

    def _collect(self, receiver: socket.socket, address: Any) -> None:
        receiver.bind(address)

        def loop() -> None:
            while True:
                self.datagrams.append(receiver.recv(2000))

        threading.Thread(target=loop, daemon=True).start()


def victim(user: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "1000"], user=user, group=user, extra_groups=[])


def run_in(backend: str, code: str) -> dict[str, Any]:
    """Run code; {"stdout", "status", "wall", "stdout_bytes", "result"}."""
    started = time.monotonic()
    if backend == "control":
        folder = Path("/tmp/control")
        folder.mkdir(exist_ok=True)
        try:
            done = subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=folder, capture_output=True, timeout=25)
            out, status = done.stdout, "ok" if done.returncode == 0 else "error"
        except subprocess.TimeoutExpired as late:
            out, status = late.stdout or b"", "timeout"
        return {"stdout": out.decode("utf-8", "replace"), "status": status, "wall": time.monotonic() - started}
    from pytest_agentsafety.sandbox.limits import Limits
    from pytest_agentsafety.sandbox.native import NativeSandbox
    from pytest_agentsafety.sandbox.run import Program

    box = NativeSandbox(namespaces=backend == "namespaces")
    result = box.run(Program(code), Limits(**LIMITS))
    said = {"stdout": result.stdout, "status": result.status, "wall": time.monotonic() - started}
    return {**said, "result": result.to_dict()}


def outside_checks(probe: str, done: dict[str, Any], listeners: Listeners) -> bool:
    """Escapes that only the world outside can see."""
    if probe == "dns_exfil":
        return any(b"exfil" in data for data in listeners.datagrams)
    if probe == "udp_send":
        return any(b"SBXUDP" in data for data in listeners.datagrams)
    if probe == "daemon_survives":
        return any(name.read_text() == "sbxdaemon\n" for name in Path("/proc").glob("[0-9]*/comm"))
    if probe == "daemon_holds_pipe":
        return bool(done["wall"] > 6)
    if probe == "huge_stdout":
        return len(done["stdout"]) >= 60 * MEGABYTE
    if probe == "sysv_shm_left":
        return any(line.split()[0] == str(0x5B5B) for line in Path("/proc/sysvipc/shm").read_text().splitlines())
    if probe == "busy_forever":
        return bool(done["wall"] > 20)
    return False


def clean(keep: set[int]) -> None:
    """End what a probe has left running, and remove its shared memory."""
    for folder in Path("/proc").glob("[0-9]*"):
        number = int(folder.name)
        if number not in keep:
            with contextlib.suppress(OSError):
                os.kill(number, 9)
    ipc = ctypes.CDLL(None)
    found = ipc.shmget(0x5B5B, 0, 0)
    if found >= 0:
        ipc.shmctl(found, 0, None)


def main() -> int:
    repo, backend, who = sys.argv[1:4]
    if backend == "matrix":
        return matrix(repo, who)
    given = json.load(sys.stdin)
    build(repo)
    if who == "user":
        os.environ["ARENA_USER"] = "1"
        refresh()
    listeners = Listeners()
    target = victim(USER if who == "user" else 0)
    os.environ["AWS_SECRET_ACCESS_KEY"] = "CANARY"
    sys.path.insert(0, "/mnt/repo")
    for probe in given["probes"]:
        refresh()
        listeners.datagrams.clear()
        code = f"{given['prelude']}\n{probe['code']}".replace("%CANPID%", str(target.pid))
        done = as_user(backend, code) if who == "user" else run_in(backend, code)
        time.sleep(0.05)
        escaped = "R:ESC:" in done["stdout"] or outside_checks(probe["id"], done, listeners)
        said = done["stdout"][:200] if len(done["stdout"]) < 10_000 else f"{len(done['stdout'])} characters"
        lines = {"id": probe["id"], "kind": probe["kind"], "escaped": escaped, "said": said.strip()}
        result = done.get("result") or {}
        lines |= {
            "status": done["status"],
            "layers": result.get("layers"),
            "stderr": (result.get("stderr") or "")[-300:],
        }
        lines["violations"] = result.get("violations")
        sys.stdout.write(json.dumps(lines) + "\n")
        sys.stdout.flush()
        clean({os.getpid(), target.pid, 1})
    return 0


def matrix(repo: str, who: str) -> int:
    """`sandbox.check` inside; prints its report."""
    build(repo)
    program = (
        "import json, sys; sys.path.insert(0, '/mnt/repo'); from pytest_agentsafety.sandbox.check import check; "
        "json.dump(check().to_dict(), sys.stdout)"
    )
    number = USER if who == "user" else 0
    return subprocess.run(
        [sys.executable, "-c", program], user=number, group=number, extra_groups=[], cwd="/tmp"
    ).returncode


def as_user(backend: str, code: str) -> dict[str, Any]:
    """The same by a process of an unprivileged user."""
    program = (
        "import json, sys; sys.path[:0] = ['/mnt/repo', sys.argv[2]]; import arena; "
        "json.dump(arena.run_in(sys.argv[1], sys.stdin.read()), sys.stdout)"
    )
    here = f"/mnt/repo/{Path(__file__).parent.relative_to(sys.argv[1])}"
    done = subprocess.run(
        [sys.executable, "-c", program, backend, here], input=code.encode(), capture_output=True, user=USER, group=USER,
        extra_groups=[], cwd="/tmp",
    )  # fmt: skip
    if done.returncode != 0:
        return {"stdout": f"HARNESS {done.stderr.decode()[-300:]}", "status": "harness", "wall": 0.0}
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
