"""A docker daemon and an image with this machine's own Python, without any registry."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IMAGE = "agentsafety-test:local"
_SKIPPED = {"__pycache__", "test", "site-packages", "dist-packages", "idlelib", "tkinter", "ensurepip", "lib2to3"}


class NoDaemonError(RuntimeError):
    """No daemon answers, and none could be started; the message says why."""


class UntestedWarning(UserWarning):
    """Something could not be tested on this machine."""


def expected() -> bool:
    """Must docker be tested here? In CI, unless that says in AGENTSAFETY_NO_DOCKER why it cannot have a daemon."""
    return bool(os.environ.get("AGENTSAFETY_CI")) and not os.environ.get("AGENTSAFETY_NO_DOCKER")


@contextmanager
def daemon() -> Iterator[None]:
    """A daemon that answers to `docker` inside: the machine's, else one of our own that ends afterwards."""
    if shutil.which("docker") is None:
        raise NoDaemonError("there is no docker program")
    if _answers():
        yield
        return
    if shutil.which("dockerd") is None or os.geteuid() != 0:
        raise NoDaemonError("no daemon answers, and there is no dockerd that could be started by this user")
    folder = Path(tempfile.mkdtemp(prefix="agentsafety-docker-"))
    os.environ["DOCKER_HOST"] = f"unix://{folder}/socket"
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        ["dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false",
         f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid",
         "-H", os.environ["DOCKER_HOST"]],
        stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while not _answers():
            if process.poll() is not None or time.monotonic() > end:
                raise NoDaemonError(f"dockerd does not start: {(folder / 'log').read_text()[-500:]}")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(60)
        log.close()
        del os.environ["DOCKER_HOST"]
        shutil.rmtree(folder, ignore_errors=True)


def _answers() -> bool:
    return subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0


def import_image() -> None:
    """Make IMAGE of the interpreter that runs now, its standard library and the shared libraries of both."""
    subprocess.run(["docker", "import", "-", IMAGE], input=_tar(), check=True, capture_output=True)


def _tar() -> bytes:
    python = Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
    stdlib = Path(sysconfig.get_path("stdlib"))
    dynload = Path(sysconfig.get_config_var("DESTSHARED") or stdlib / "lib-dynload")
    libraries = {path for file in (python, Path("/bin/sh"), *dynload.glob("*.so")) for path in _needed(file)}
    # libc loads it when a thread is ended from inside.
    libraries |= {path for place in ("/lib", "/usr/lib", "/usr/lib64") for path in Path(place).glob("**/libgcc_s.so.1")}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in ("proc", "dev", "sys", "tmp", "etc"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(entry)
        for path in {python, Path("/bin/sh"), *libraries}:
            _add(tar, os.path.realpath(path), str(path))
        _add(tar, os.path.realpath(python), "/usr/local/bin/python3")
        for path in (stdlib, *(() if dynload.is_relative_to(stdlib) else (dynload,))):
            tar.add(
                path,
                str(path).lstrip("/"),
                filter=lambda entry: None if Path(entry.name).name in _SKIPPED else _open(entry),
            )
    return buffer.getvalue()


def _kept(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    name = Path(entry.name).name
    return None if name in _SKIPPED or name.startswith("config-") else _open(entry)


def _add(tar: tarfile.TarFile, source: str, name: str) -> None:
    entry = tar.gettarinfo(source, name.lstrip("/"))
    entry.type, entry.linkname = tarfile.REGTYPE, ""
    entry.size = Path(source).stat().st_size
    with Path(source).open("rb") as file:
        tar.addfile(_open(entry), file)


def _open(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mode |= 0o555 if entry.isdir() else 0o444
    return entry


def _needed(file: Path) -> set[Path]:
    """The shared libraries of a program, the loader among them."""
    said = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=False).stdout
    return {Path(path) for path in re.findall(r"(/\S+) \(0x", said)}
