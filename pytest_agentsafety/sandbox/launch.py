"""Starting a bare interpreter with the child modules in it."""

from __future__ import annotations

import marshal
import os
import socket
import subprocess
from functools import cache
from pathlib import Path

from pytest_agentsafety.sandbox.paths import executable

_PACKAGE = "pytest_agentsafety.sandbox.child"
# In the order in which they import each other.
_MODULES = ("kernel", "wire", "landlock", "privileges", "seccomp", "namespaces", "confine", "program", "scratch",
            "keeper", "server")  # fmt: skip
_BOOT = """
import sys, marshal
from posix import read
def take(size):
    data = b""
    while len(data) < size:
        part = read(int(sys.argv[1]), size - len(data))
        if not part:
            raise SystemExit(1)
        data += part
    return data
modules, start, arguments = marshal.loads(take(int.from_bytes(take(4), "little")))
for name, code in modules:
    module = sys.modules[name] = type(sys)(name)
    exec(code, module.__dict__)
getattr(module, start)(*arguments)
"""
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": os.environ.get("TZ", ""),
    # Each of their threads reserves tens of megabytes of the address space that is bounded.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@cache
def _modules() -> tuple[tuple[str, object], ...]:
    """The child's modules, compiled by this interpreter for its like; the first one is the package they name."""
    folder = Path(__file__).with_name("child")
    found = []
    for name in _MODULES:
        file = folder / f"{name}.py"
        found.append((f"{_PACKAGE}.{name}", compile(file.read_bytes(), f"<{_PACKAGE}.{name}>", "exec")))
    return ((_PACKAGE, compile("", "<package>", "exec")), *found)


def start(
    entry: str, arguments: tuple[object, ...], socket_end: socket.socket, *,
    inherited: tuple[int, ...], out: int, err: int,
) -> subprocess.Popen[bytes]:  # fmt: skip
    """Start the interpreter; it calls `server.<entry>(*arguments)`. `socket_end` is ours of a pair with inherited[0].

    Raises OSError when it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [executable(), "-I", "-S", "-B", "-X", "utf8", "-c", _BOOT, str(inherited[0])],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        pass_fds=inherited,
        env={name: value for name, value in _ENVIRONMENT.items() if value},
        cwd="/",
        start_new_session=True,
    )
    data = marshal.dumps((_modules(), entry, arguments))  # type: ignore[arg-type]
    socket_end.sendall(len(data).to_bytes(4, "little") + data)
    return process
