"""The native backend in all four ways it runs: one-shot or warm, with namespaces or without."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("the native backend is Linux only", allow_module_level=True)

from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox
from pytest_agentsafety.sandbox.result import SandboxResult
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.support import namespaces_work, why_no_namespaces
from pytest_agentsafety.sandbox.warm import WarmSandbox
from pytest_agentsafety.sandbox.workspace import Workspace
from tests.integration.sandbox.network import Echo, certificates

WAYS = ("one-shot", "one-shot+namespaces", "warm", "warm+namespaces")
Run = Callable[..., SandboxResult]


def box(way: str, **more: Any) -> NativeSandbox:
    namespaces = way.endswith("+namespaces")
    if namespaces and not namespaces_work():
        pytest.skip(f"no namespaces here: {why_no_namespaces()}")
    return (WarmSandbox if way.startswith("warm") else NativeSandbox)(namespaces=namespaces, **more)


@pytest.fixture(scope="session", params=WAYS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[NativeSandbox]:
    made = box(request.param)
    yield made
    if isinstance(made, WarmSandbox):
        made.close()


@pytest.fixture
def run(sandbox: NativeSandbox) -> Run:
    """`run(code, workspace=folder, **limits)`."""

    def runner(code: str, *, workspace: Path | None = None, **limits: Any) -> SandboxResult:
        limits = {"timeout": 30.0, **limits}
        return sandbox.run(Program(code), Limits(**limits), None if workspace is None else Workspace(workspace))

    return runner


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Where every user may look, which pytest's own folders are not."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("the arena is made by root, with unshare(1)")
    with tempfile.TemporaryDirectory(prefix="agentsafety-certificates-") as made:
        yield certificates(Path(made))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as made:
        made.daemon_threads = True
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()
