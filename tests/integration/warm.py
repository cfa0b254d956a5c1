"""Processes that are forked from one that has the SDK and pandas loaded, instead of each loading them for itself.

Loading takes longer than most of the runs that are tested here. What a run sees is a process of its own: environment,
folder, streams, `sys.argv`, `sys.path` and exit status are those of `python -m MODULE ARGUMENTS`. Only packages of
others and ours below the plugin are there already, and the seed of `hash(str)` is the template's. What has to see a
start from nothing (the flag off, an installed wheel, README commands) starts one.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import json
import os
import random
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

Ended = subprocess.CompletedProcess[bytes]

# Nothing that is itself a pytest plugin: pytest loads those in its own way.
_LOADED = (
    "anthropic",
    "pandas",
    "jinja2",
    "vcr",
    "yaml",
    "hypothesis.internal.observability",
    "pytest_agentsafety.session",
)


_NEW_NETWORK = 0x40000000  # CLONE_NEWNET, see unshare(2)


@dataclass
class Template:
    """The process that is forked from. One run at a time."""

    env: Mapping[str, str]
    _process: subprocess.Popen[str] | None = None
    _busy: threading.Lock = field(default_factory=threading.Lock)

    def run(self, asked: Mapping[str, Any], timeout: float) -> Ended:
        with self._busy, TemporaryDirectory() as streams:
            files = {name: str(Path(streams, name)) for name in ("out", "err")}
            status = self._ask(json.dumps({**asked, **files}), timeout)
            said = [Path(file).read_bytes() if Path(file).exists() else b"" for file in files.values()]
            if status is None:
                raise subprocess.TimeoutExpired(asked["argv"], timeout, *said)
            return subprocess.CompletedProcess(asked["argv"], status, *said)

    def _ask(self, line: str, timeout: float) -> int | None:
        if self._process is None:
            self._process = self._start()
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Timer(timeout, os.killpg, (process.pid, signal.SIGKILL))
        late.start()
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            said = process.stdout.readline()
        finally:
            late.cancel()
        if not said:
            self.close()
            return None
        return int(said)

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-u", __file__], env=dict(self.env), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            with process:
                pass


_templates: dict[tuple[tuple[str, str], ...], Template] = {}


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float) -> Ended:
    """`subprocess.run` of a `python -m MODULE ...`, both streams captured. `subprocess.TimeoutExpired` if it stays.

    Behind `unshare -n` it gets a network namespace of its own, as from that command.
    """
    apart = tuple(command[:2]) == ("unshare", "-n")
    python, minus_m, *argv = command[2:] if apart else command
    if (python, minus_m) != (sys.executable, "-m"):
        raise ValueError(f"only `{sys.executable} -m MODULE` can be forked, not {command}")
    kind = tuple(sorted((name, env[name]) for name in env if name.startswith(("PYTHON", "LANG", "LC_"))))
    asked = {"argv": argv, "cwd": str(cwd), "env": dict(env), "apart": apart}
    return _templates.setdefault(kind, Template(env)).run(asked, timeout)


def close() -> None:
    """End all templates."""
    while _templates:
        _templates.popitem()[1].close()


def _serve() -> None:
    """The template: a line for each run comes in, and its exit status goes out."""
    asking, answering = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    sys.path[:1] = []  # this file's folder
    for name in _LOADED:
        import_module(name)
    for line in asking:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            asking.close()
            answering.close()
            _become(asked)
        answering.write(f"{_status(os.waitpid(child, 0)[1])}\n")
        answering.flush()


def _status(waited: int) -> int:
    return -os.WTERMSIG(waited) if os.WIFSIGNALED(waited) else os.WEXITSTATUS(waited)


def _become(asked: Mapping[str, Any]) -> NoReturn:
    """The run, in the child."""
    for number, (name, flags) in enumerate(
        [(os.devnull, os.O_RDONLY), (asked["out"], os.O_WRONLY | os.O_CREAT), (asked["err"], os.O_WRONLY | os.O_CREAT)]
    ):
        opened = os.open(name, flags | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    if asked["apart"] and ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "no network namespace")
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    module, *arguments = asked["argv"]
    sys.argv, sys.path[:0] = [module, *arguments], [asked["cwd"]]
    random.seed()
    if module == "pytest":
        _let_plugins_be_loaded()
    status = _run(module)
    threading._shutdown()  # type: ignore[attr-defined]  # what the end of an interpreter does
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run(module: str) -> int:
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        return 1
    return 0


def _let_plugins_be_loaded() -> None:
    """pytest warns of a plugin's module that was loaded before it could rewrite its asserts."""
    from _pytest.assertion.rewrite import AssertionRewritingHook

    AssertionRewritingHook._warn_already_imported = lambda *_: None  # type: ignore[method-assign]


if __name__ == "__main__":
    _serve()
