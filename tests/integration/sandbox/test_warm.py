"""The fork server: as isolated as a start from nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox
from pytest_agentsafety.sandbox.result import SandboxResult
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.warm import WarmSandbox
from pytest_agentsafety.sandbox.workspace import Workspace
from tests.integration.sandbox.conftest import box


@pytest.fixture(params=["warm", "warm+namespaces"])
def warm(request: pytest.FixtureRequest) -> Iterator[NativeSandbox]:
    made = box(request.param, imports=("json", "random", "numpy"))
    assert isinstance(made, WarmSandbox)
    with made:
        yield made


def ran(warm: NativeSandbox, code: str, **limits: float) -> SandboxResult:
    result = warm.run(Program(code), Limits(**{"timeout": 60.0, "memory_mb": 1024, **limits}))  # type: ignore[arg-type]
    assert result.status == "ok", result
    return result


def test_it_has_the_layers_of_a_start_from_nothing(warm: NativeSandbox) -> None:
    cold = NativeSandbox(namespaces=warm.namespaces).run(Program("print(1)"), Limits())
    assert ran(warm, "print(1)").layers == cold.layers


def test_imports_are_there(warm: NativeSandbox) -> None:
    ran(warm, "print(1)")
    assert ran(warm, "import sys; print('numpy' in sys.modules, 'pandas' in sys.modules)").stdout == "True False\n"


def test_nothing_of_a_run_reaches_the_next(warm: NativeSandbox) -> None:
    first = (
        "import json, sys, os\njson.poison = 1; sys.argv.append('x'); os.environ['LEFT'] = 'x'\nopen('f', 'w').close()"
    )
    then = "import json, sys, os\nprint(hasattr(json, 'poison'), sys.argv, 'LEFT' in os.environ, os.listdir('.'))"
    ran(warm, first)
    assert ran(warm, then).stdout == "False ['<sandbox>'] False []\n"


def test_every_run_has_random_numbers_ids_and_folders_of_its_own(warm: NativeSandbox) -> None:
    code = """
import os, random, uuid, secrets, tempfile
import numpy
print(random.random(), numpy.random.random(), numpy.random.default_rng().random(), uuid.uuid4(), secrets.token_hex(4))
print(tempfile.mktemp(), os.getuid())
"""
    found = [ran(warm, code).stdout.replace("\n", " ").split() for _ in range(4)]
    for column, values in enumerate(zip(*found, strict=True)):
        if column < 6 or os.geteuid() == 0:
            assert len(set(values)) == 4, (column, values)


def test_no_run_sees_another(warm: NativeSandbox) -> None:
    """Two at once: neither the other's process nor its files, and not the template."""
    code = """
import os, time
open('mark', 'w').write('x')
time.sleep(0.5)
seen = []
for pid in range(os.getpid() - 40, os.getpid() + 40):
    if pid > 0 and pid != os.getpid():
        for attempt in (lambda: os.kill(pid, 0), lambda: open(f'/proc/{pid}/environ').read()):
            try: attempt(); seen.append(pid)
            except OSError: pass
print(seen, os.listdir('.'))
"""
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: ran(warm, code), range(3)))
    assert [result.stdout for result in results] == ["[] ['mark']\n"] * 3


def test_other_limits_are_other_processes(warm: NativeSandbox) -> None:
    """The process that is ready has the limits of the run before."""
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 20)"
    assert [ran(warm, code, memory_mb=mb).stdout for mb in (700, 800, 800, 700)] == ["700\n", "800\n", "800\n", "700\n"]


def test_a_workspace_and_none_in_turn(warm: NativeSandbox, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    limits = Limits(memory_mb=1024)
    for _ in range(2):
        assert warm.run(Program("import os; print(os.listdir('.'))"), limits, Workspace(tmp_path)).stdout == "['a']\n"
        assert warm.run(Program("import os; print(os.listdir('.'))"), limits).stdout == "[]\n"


def test_many_at_once(warm: NativeSandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        outputs = list(pool.map(lambda i: ran(warm, f"print({i} * {i})").stdout, range(24)))
    assert outputs == [f"{i * i}\n" for i in range(24)]


def test_time_spent_waiting_is_not_the_codes(warm: NativeSandbox) -> None:
    ran(warm, "pass", timeout=5.0)
    time.sleep(1.0)  # the next process is ready by now, and its clock must not have started
    result = ran(warm, "print(1)", timeout=5.0)
    assert result.wall_s is not None
    assert result.wall_s < 1.0


def test_a_template_that_was_killed_is_replaced(warm: NativeSandbox) -> None:
    ran(warm, "print(1)")
    assert isinstance(warm, WarmSandbox)
    template = warm._kept._template
    assert template is not None
    os.kill(template._process.pid, signal.SIGKILL)
    template._process.wait()
    assert [ran(warm, "print(2)").stdout for _ in range(3)] == ["2\n"] * 3


def test_an_import_that_fails_is_a_refusal() -> None:
    with WarmSandbox(namespaces=False, imports=("no_such_package_anywhere",)) as warm:
        result = warm.run(Program("print(1)"), Limits())
    assert (result.status, result.stdout) == ("refused", "")
    assert "no_such_package_anywhere" in (result.reason or "")


def test_after_close_it_starts_again(warm: NativeSandbox) -> None:
    assert isinstance(warm, WarmSandbox)
    assert ran(warm, "print(1)").stdout == "1\n"
    warm.close()
    warm.close()
    assert ran(warm, "print(2)").stdout == "2\n"
