"""The docker backend: a hardened container of an image that the user chooses, made for one run."""

from __future__ import annotations

import base64
import binascii
import json
import queue
import secrets
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.sandbox.call_paths import PATHS
from pytest_agentsafety.sandbox.carried import Carried
from pytest_agentsafety.sandbox.exits import Exits, proxy_environment
from pytest_agentsafety.sandbox.filter import EPERM, WATCHED, build_filter, refused_with
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.outcome import Ending, Streams, conclude
from pytest_agentsafety.sandbox.proxy import Proxy
from pytest_agentsafety.sandbox.result import SandboxResult, Violation
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.syscalls import MACHINES, machine
from pytest_agentsafety.sandbox.workspace import Tree, Workspace

_SETUP_SECONDS, _GRACE_SECONDS = 120.0, 20.0
_USER = 65534
_MOST_NOTED, _LONGEST_PATH = 200, 4096
_OWN_MB = 64  # for the container's own process, beside the code's memory and its files
_CHILD = "pytest_agentsafety.sandbox.child"
_MODULES = ("relay", "notices", "sockets", "watching", "contained")  # in the order in which they import each other
_BOOT = f"""
import json, sys
config = json.loads(sys.stdin.readline())
sys.modules[{_CHILD!r}] = type(sys)({_CHILD!r})
for name, source in config.pop("modules"):
    module = sys.modules[name] = type(sys)(name)
    exec(compile(source, name, "exec"), module.__dict__)
module.main(config, config.pop("program"))
"""
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/box/tmp",
    "TMPDIR": "/box/tmp",
    "MPLCONFIGDIR": "/box/tmp",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
# What the container must say of itself before it gets the code, and the layer that this is.
_WANTED: Mapping[str, tuple[str, Any]] = {
    "seccomp": ("Seccomp", "2"),
    "no_new_privs": ("NoNewPrivs", "1"),
    "no_capabilities": ("CapPrm", "0000000000000000"),
    "no_network": ("networks", ["lo"]),
    "read_only_root": ("read_only", True),
    "uid": ("uid", _USER),
    "own_filter": ("own_filter", True),
}


class DockerError(AgentSafetyError):
    """No container, or none that can be trusted with code."""


class DockerSandbox:
    """Runs code in a container of `image`, through the `docker` program. The image needs Python 3.8 or newer."""

    def __init__(self, image: str) -> None:
        self.image = image

    def run(
        self, program: Program, limits: Limits, workspace: Workspace | None = None, exits: Exits | None = None
    ) -> SandboxResult:
        """Never raises for what the code does; a refused result says what is missing. A network needs `exits`."""
        try:
            if limits.network and exits is None:
                raise DockerError("docker: nobody says where code with a network may go")
            before = Tree() if workspace is None else workspace.load()
            with _Container(self.image, limits) as container:
                layers = container.layers()
                proxy = None if exits is None or not limits.network else Proxy(exits, limits.timeout)
                return container.run(program, before, workspace, layers, proxy)
        except (DockerError, AgentSafetyError, OSError) as error:
            text = f"running code is refused: {error}"
            return SandboxResult(status="refused", stderr=text, reason=text, missing=(str(error),), backend="docker")


class _Container:
    """One `docker run`; its process is told and heard in lines of JSON, and nothing it says is trusted."""

    def __init__(self, image: str, limits: Limits) -> None:
        self.name, self._limits = f"agentsafety-{secrets.token_hex(8)}", limits
        self._said: queue.Queue[bytes | None] = queue.Queue(maxsize=256)
        self._telling = threading.Lock()
        self._told = False  # does the filter tell of what it refuses?
        self._noted: dict[Violation, None] = {}
        self._carried: Carried | None = None
        try:
            self._process = subprocess.Popen(  # noqa: S603
                command(image, limits, self.name),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise DockerError(f"docker: the program cannot be started: {error.strerror}") from None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> _Container:
        return self

    def __exit__(self, *_: object) -> None:
        """The container is gone when this returns: its process ends with its input, and it is killed if not."""
        process = self._process
        assert process.stdin is not None
        assert process.stderr is not None
        assert process.stdout is not None
        with suppress(OSError):  # it has ended
            process.stdin.close()
        try:
            process.wait(_GRACE_SECONDS if process.poll() is None else None)
        except subprocess.TimeoutExpired:
            subprocess.run(["docker", "rm", "--force", self.name], capture_output=True, check=False)  # noqa: S603, S607
            process.kill()
            process.wait()
        self._drain()
        process.stdout.close()
        process.stderr.close()

    def _drain(self) -> None:
        while self._reader.is_alive():
            try:
                self._said.get(timeout=0.05)
            except queue.Empty:
                continue

    def _read(self) -> None:
        assert self._process.stdout is not None
        longest = (self._limits.disk_mb << 21) + (16 << 20)  # base64, and the rest
        while True:
            line = self._process.stdout.readline(longest)
            self._said.put(line or None)
            if not line:
                return

    def _heard(self, seconds: float) -> dict[str, Any]:
        """The next message. Raises TimeoutError, DockerError for the end or for nonsense."""
        try:
            line = self._said.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise TimeoutError from None
        if line is None:
            raise DockerError(f"docker: {self._last_words()}")
        try:
            message = json.loads(line)
            if isinstance(message, dict):
                return message
        except ValueError:
            pass
        raise DockerError("docker: the container says nonsense")

    def _last_words(self) -> str:
        assert self._process.stderr is not None
        text = self._process.stderr.read(4000).decode("utf-8", "replace").strip()
        said = [line for line in text.splitlines() if line.startswith("docker:")]
        last = (said or text.splitlines() or ["the container has ended"])[-1].removeprefix("docker: ")
        return f"{last} Get it with docker pull." if "No such image" in text else last

    def _tell(self, message: object) -> None:
        assert self._process.stdin is not None
        with self._telling, suppress(OSError, ValueError):  # it has ended: what it said last tells why
            self._process.stdin.write(json.dumps(message).encode("ascii") + b"\n")
            self._process.stdin.flush()

    def layers(self) -> tuple[str, ...]:
        """Start the process in it and see what holds it. Raises DockerError when that is not enough."""
        folder = Path(__file__).with_name("child")
        limits = self._limits.for_kernel(processes=self._limits.threads)
        del limits["RLIMIT_NPROC"]  # counted over all containers of a user: the container has a limit of its own
        self._tell({
            "modules": [(f"{_CHILD}.{name}", (folder / f"{name}.py").read_text("utf-8")) for name in _MODULES],
            "program": (folder / "program.py").read_text("utf-8"),
            "filters": filters(processes=self._limits.subprocesses, network=self._limits.network),
            "limits": limits,
            "environment": _ENVIRONMENT,
            "room": self._limits.disk_mb << 20,
            "files": self._limits.files,
            "memory": self._limits.memory_mb << 20,
            "processes": self._limits.subprocesses,
            "network": self._limits.network,
        })  # fmt: skip
        try:
            ready = self._heard(_SETUP_SECONDS)
        except TimeoutError:
            raise DockerError("docker: no answer") from None
        if machine(str(ready.get("machine"))) is None:
            raise DockerError(f"docker: no filter is known for {ready.get('machine')!r}: x86_64 and aarch64 are")
        lacks = [layer for layer, (fact, wanted) in _WANTED.items() if ready.get(fact) != wanted]
        if lacks:
            raise DockerError(f"docker: the container has no {', no '.join(sorted(lacks))}")
        self._told = ready.get("notify") is True
        if self._limits.network and not self._told:
            raise DockerError("docker: the filter can have no listener there, and code no network without one")
        more = ("notify",) if self._told else ()
        return ("docker", *_WANTED, *more, "rlimits", "memory", "pids", "tmpfs")

    def run(
        self, program: Program, before: Tree, workspace: Workspace | None, layers: tuple[str, ...], proxy: Proxy | None
    ) -> SandboxResult:
        files = {path: base64.b64encode(data).decode("ascii") for path, data in before.files.items()}
        given: dict[str, Any] = {"code": program.code, "filename": program.filename}
        given["arguments"] = list(program.arguments)
        given["environment"] = {} if proxy is None else proxy_environment()
        self._carried = None if proxy is None else Carried(proxy, self._tell)
        started = time.monotonic()
        self._tell({**given, "folders": before.folders, "files": files})
        streams = Streams(self._limits.output_kb << 10)
        try:
            ours, ended = self._watch(streams, started + self._limits.timeout)
        finally:
            wall = time.monotonic() - started
            if proxy is not None and self._carried is not None:
                proxy.close()
                self._carried.close()
        changes = None if workspace is None else _stored(workspace, ended)
        seen = (*self._noted, *(() if proxy is None else proxy.violations)) if self._told else None
        return conclude(
            _ending(ended), streams, limits=self._limits, ours=ours, wall=wall, layers=layers, violations=seen,
            changes=changes, backend="docker",
        )  # fmt: skip

    def _watch(self, streams: Streams, deadline: float) -> tuple[str | None, Mapping[str, Any]]:
        """Why it was ended, if by us, and its last message; {} where there was none."""
        ours: str | None = None
        while True:
            try:
                message = self._heard(deadline - time.monotonic())
            except TimeoutError:
                if ours is not None:
                    return ours, {}
                ours, deadline = "timeout", time.monotonic() + _GRACE_SECONDS
                self._tell("stop")
                continue
            except DockerError:
                return ours, {}
            if message.get("kind") == "exit":
                return ours, message
            self._take(message, streams)
            if streams.full and ours is None:
                ours, deadline = "output_limit", time.monotonic() + _GRACE_SECONDS
                self._tell("stop")

    def _take(self, message: Mapping[str, Any], streams: Streams) -> None:
        """Output, a note, or a part of a connection; anything else is passed over."""
        kind = message.get("kind")
        if kind in ("out", "err"):
            streams.take(kind == "err", _bytes(message.get("data")))
        elif kind == "note" and len(self._noted) < _MOST_NOTED:
            self._noted[_noted(message)] = None
        elif kind in ("open", "data", "more") and self._carried is not None:
            self._carried.take(kind, message.get("id"), _bytes(message.get("data")))


def filters(*, processes: bool, network: bool) -> dict[str, Any]:
    """For each machine that is known: both forms of the filter, and what its listener has to know, for JSON."""
    found = {}
    for name in MACHINES:
        tables = machine(name)
        code = build_filter(name, private_root=True, processes=processes, reads=False, network=network)
        if tables is None or code is None:
            continue
        found[name] = {
            "loud": base64.b64encode(code.loud).decode("ascii"),
            "quiet": base64.b64encode(code.quiet).decode("ascii"),
            "seccomp": tables.numbers["seccomp"],
            "names": {str(number): call for number, call in tables.names.items()},
            "errno": {call: refused_with(call) for call in tables.numbers if refused_with(call) != EPERM},
            "watched": WATCHED,
            "paths": PATHS,
        }
    return found


def command(image: str, limits: Limits, name: str) -> list[str]:
    """The command line. The image is never pulled: that it is there is the user's choice."""
    memory = f"{limits.memory_mb + limits.disk_mb + _OWN_MB}m"
    box = (
        f"/box:rw,nosuid,nodev,noexec,size={limits.disk_mb}m,nr_inodes={limits.files},mode=0700,uid={_USER},gid={_USER}"
    )
    return [
        "docker", "run", "--rm", "--interactive", "--name", name, "--pull", "never", "--network", "none",
        "--read-only", "--tmpfs", box, "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
        "--pids-limit", str(limits.threads), "--memory", memory, "--memory-swap", memory, "--ipc", "none",
        "--ulimit", "core=0", "--log-driver", "none", "--user", f"{_USER}:{_USER}", "--workdir", "/",
        "--entrypoint", "python3", "--", image, "-I", "-B", "-X", "utf8", "-c", _BOOT,
    ]  # fmt: skip


def _ending(ended: Mapping[str, Any]) -> Ending:
    numbers = [ended.get(name) for name in ("status", "user", "system", "rss")]
    if not all(isinstance(number, int | float) and number >= 0 for number in numbers):
        return Ending.unknown()
    status, user, system, rss = numbers
    why = "memory" if ended.get("why") == "memory" else None
    return Ending(int(status) & 0xFFFF, float(user), float(system), int(rss), why)  # type: ignore[arg-type]


def _noted(message: Mapping[str, Any]) -> Violation:
    syscall, path = (message.get(name) for name in ("syscall", "path"))
    return Violation(
        syscall=one_line(syscall, 40) if isinstance(syscall, str) else "?",
        path=path[:_LONGEST_PATH] if isinstance(path, str) else None,
    )


def _bytes(data: object) -> bytes:
    try:
        return base64.b64decode(data, validate=True) if isinstance(data, str) else b""
    except binascii.Error:
        return b""


def _stored(workspace: Workspace, ended: Mapping[str, Any]) -> dict[str, str]:
    folders, files = ended.get("folders"), ended.get("files")
    if not isinstance(folders, list) or not isinstance(files, dict):
        return {".": "not taken out: there was more than there is room for, or the container was lost"}
    if not all(map(_is_inside, (*folders, *files))):
        return {".": "not taken out: the container names paths outside"}
    return workspace.store(Tree(folders=folders, files={path: _bytes(data) for path, data in files.items()}))


def _is_inside(path: object) -> bool:
    """A relative path of plain names."""
    return isinstance(path, str) and "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))
