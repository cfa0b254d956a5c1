"""A pytest project of somebody else's, with fifty tests of its own, and what a run of it comes to.

`recorder.py` lies beside the project and is loaded by `-p recorder` with and without our plugin: it writes down every
report, and what of the process is not as it was before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from tests.integration.conftest import Done, Project

CASES = "agentsafety::"

INI = """\
[pytest]
addopts = --strict-markers --strict-config --doctest-modules --doctest-glob=*.rst -p recorder
testpaths = shop tests
pythonpath = .
markers =
    slow: takes its time
    first: stands in front
filterwarnings =
    error
xfail_strict = true
"""
LOOPS_INI = "asyncio_default_fixture_loop_scope = function\n"

RECORDER = '''\
import asyncio
import concurrent.futures
import json
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import httpx2
import pytest

HERE = Path(__file__).parent
PATCHED = (
    (httpx2.Client, "send"),
    (httpx2.AsyncClient, "send"),
    (threading.Thread, "start"),
    (concurrent.futures.ThreadPoolExecutor, "submit"),
    (socket.socket, "connect"),
)


def patched():
    """Client.send and the like: which of them are not what their own module defines."""
    return {f"{owner.__name__}.{name}": repr(vars(owner).get(name, "inherited")) for owner, name in PATCHED}


def state():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "_PYTEST"))}
    return {
        "patched": patched(),
        "environment": dict(sorted(kept.items())),
        "meta_path": [type(finder).__module__ for finder in sys.meta_path],
        "signals": {str(number): str(signal.getsignal(number)) for number in sorted(signal.valid_signals())},
        "excepthook": str(sys.excepthook),
        "cwd": os.getcwd(),
        "loop_policy": type(asyncio.get_event_loop_policy()).__name__,
        "log_handlers": [str(handler) for handler in logging.getLogger().handlers],
        "switch_interval": sys.getswitchinterval(),
    }


def threads():
    return sorted(thread.name for thread in threading.enumerate())


BEFORE = state()


class Recorder:
    def __init__(self):
        self.reports = []

    def pytest_runtest_logreport(self, report):
        self.reports.append(
            {
                "nodeid": str(report.nodeid),
                "when": report.when,
                "outcome": report.outcome,
                "wasxfail": getattr(report, "wasxfail", None),
                "longrepr": str(report.longrepr) if report.failed else None,
                "sections": [list(section) for section in report.sections],
                "duration": report.duration,
            }
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item):
        """What a test of the user's finds: a patch or a key of somebody else's is none of its own."""
        if not item.nodeid.startswith("agentsafety::") and "agent_safety" not in getattr(item, "fixturenames", ()):
            now = state()
            different = {key: now[key] for key in ("patched", "environment", "meta_path") if now[key] != BEFORE[key]}
            if different:
                with (HERE / "found.jsonl").open("a") as file:
                    file.write(json.dumps([item.nodeid, different]) + "\\n")


def pytest_configure(config):
    config.pluginmanager.register(Recorder(), "recorder-own")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    own = config.pluginmanager.get_plugin("recorder-own")
    if hasattr(config, "workerinput"):
        return
    seen = {"reports": own.reports, "before": BEFORE, "after": state(), "threads": threads()}
    (HERE / "seen.json").write_text(json.dumps(seen))
'''

CONFTEST = '''\
import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def note(step):
    with (HERE / "steps.txt").open("a") as file:
        file.write(step + "\\n")


def pytest_collection_modifyitems(config, items):
    """As people do: marked ones in front or behind, and a marker by path."""
    for item in items:
        if "classes" in str(item.path):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: (item.get_closest_marker("first") is None, item.get_closest_marker("slow") is not None))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.user_properties.append(("seen", item.name))
    return report


@pytest.fixture(scope="session")
def server():
    note("server up")
    yield "server"
    note("server down")


@pytest.fixture(scope="package")
def package():
    note("package up")
    yield "package"
    note("package down")


@pytest.fixture(scope="module")
def table(server):
    note("table up")
    yield "table"
    note("table down")


@pytest.fixture(scope="class")
def row(table):
    note("row up")
    yield "row"
    note("row down")


@pytest.fixture
def cell(row):
    note("cell up")
    yield "cell"
    note("cell down")


@pytest.fixture(autouse=True)
def tidy(request):
    yield
    request.node.user_properties.append(("tidied", True))
'''

PRICES = '''\
"""Prices.

>>> gross(100)
119
"""


def gross(net):
    """With tax.

    >>> gross(200)
    238
    """
    return net * 119 // 100
'''

BASIC = """\
import logging
import os
import sys
import warnings

import pytest


def test_passes():
    print("to stdout")
    print("to stderr", file=sys.stderr)


def test_logs():
    logging.getLogger("shop").warning("careful")


def test_fails():
    print("before the failure")
    assert 1 + 1 == 3


@pytest.mark.xfail(reason="known")
def test_known():
    raise ValueError("known")


@pytest.mark.xfail(reason="fixed meanwhile")
def test_fixed():
    pass


@pytest.mark.skip(reason="not today")
def test_skipped():
    raise AssertionError


@pytest.mark.skipif("ANTHROPIC_API_KEY" not in os.environ, reason="no key")
def test_with_a_key():
    raise AssertionError("the key is not real")


def test_no_key():
    assert "ANTHROPIC_API_KEY" not in os.environ


def test_a_warning_is_an_error():
    warnings.warn("old", DeprecationWarning)


@pytest.mark.filterwarnings("default")
def test_a_warning_is_shown():
    warnings.warn("old", UserWarning)


@pytest.mark.first
def test_stands_in_front():
    pass


@pytest.mark.slow
def test_stands_behind():
    pass


def test_output(capsys):
    print("caught")
    assert capsys.readouterr().out == "caught\\n"


def test_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "mine")
    assert os.environ["OPENAI_API_KEY"] == "mine"


@pytest.fixture
def breaks():
    raise RuntimeError("no setup")


def test_setup_breaks(breaks):
    pass


@pytest.fixture
def breaks_after():
    yield
    raise RuntimeError("no teardown")


def test_teardown_breaks(breaks_after):
    pass
"""

PARAMS = """\
import pytest

from shop.prices import gross


@pytest.mark.parametrize("net", [100, 200, 300])
@pytest.mark.parametrize("times", [1, 2])
def test_gross(net, times):
    assert gross(net * times) == net * times * 119 // 100


@pytest.mark.parametrize("word", ["a", "b/c", "d[e]", "\\u00e9"])
def test_words(word):
    assert word != "b/c"
"""

SCOPES = """\
import pytest


def test_session(server):
    assert server == "server"


class TestRows:
    def test_one(self, cell, package):
        assert cell == "cell"

    def test_two(self, cell):
        assert cell == "cell"


def test_cell(cell, package):
    assert cell == "cell"


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_tables(table, number):
    assert table == "table"
"""

CLASSES = """\
import unittest

import pytest


class Base:
    @classmethod
    def setup_class(cls):
        cls.open = True

    @classmethod
    def teardown_class(cls):
        cls.open = False


class TestOpen(Base):
    def setup_method(self):
        self.fresh = []

    def test_open(self):
        assert self.open

    def test_fresh(self):
        self.fresh.append(1)
        assert self.fresh == [1]


class Old(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = [1]

    def setUp(self):
        self.mine = 1

    def test_shared(self):
        self.assertEqual(self.shared, [self.mine])

    def test_differs(self):
        self.assertEqual(self.mine, 2)

    @unittest.skip("old")
    def test_old(self):
        self.fail("ran")
"""

ASYNCIO = """\
import asyncio

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def opened():
    await asyncio.sleep(0)
    yield asyncio.get_running_loop()
    await asyncio.sleep(0)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared():
    yield asyncio.get_running_loop()


async def test_same_loop(opened):
    assert opened is asyncio.get_running_loop()


async def test_tasks():
    assert await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2)) == [1, 2]


async def test_threads():
    assert await asyncio.to_thread(lambda: 7) == 7


@pytest.mark.asyncio(loop_scope="module")
async def test_module_loop(shared):
    assert shared is asyncio.get_running_loop()


async def test_raises():
    await asyncio.sleep(0)
    raise KeyError("async")
"""

ANYIO = """\
import anyio
import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def stream():
    send, receive = anyio.create_memory_object_stream(1)
    async with send, receive:
        yield send, receive


async def test_stream(stream):
    send, receive = stream
    await send.send(1)
    assert await receive.receive() == 1


async def test_group():
    done = []
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 0)
        done.append(1)
    assert done == [1]
"""

# Without pytest-asyncio the project still has fifty tests.
INSTEAD = """\
import pytest


@pytest.mark.parametrize("number", range(NUMBER))
def test_instead(number):
    assert number != 3
"""

STEPS = """\
Prices in words:

>>> from shop.prices import gross
>>> gross(1000)
1190
"""

FILES = {
    "pytest.ini": INI,
    "conftest.py": CONFTEST,
    "shop/__init__.py": "",
    "shop/prices.py": PRICES,
    "tests/usage.rst": STEPS,
    "tests/test_basic.py": BASIC,
    "tests/test_params.py": PARAMS,
    "tests/scopes/__init__.py": "",
    "tests/scopes/test_scopes.py": SCOPES,
    "tests/test_classes.py": CLASSES,
}
TESTS = 50

SHOP_AGENT = '''\
import inspect

import anthropic


def read_ticket(number: int) -> str:
    """Read a support ticket."""
    return f"Ticket {number}: the lamp is broken, says the customer."


def send_email(to: str, subject: str, body: str) -> str:
    """Send an email to a customer."""
    raise SystemExit("really sent")


def delete_ticket(number: int) -> str:
    """Delete a support ticket."""
    raise SystemExit("really deleted")


TOOLS = [read_ticket, send_email, delete_ticket]


def told(tool):
    names = inspect.signature(tool, eval_str=True).parameters
    properties = {name: {"type": "integer" if one.annotation is int else "string"} for name, one in names.items()}
    schema = {"type": "object", "properties": properties, "required": list(names)}
    return {"name": tool.__name__, "description": tool.__doc__, "input_schema": schema}


def build(tools=TOOLS):
    by_name = {tool.__name__: tool for tool in tools}
    schemas = [told(tool) for tool in tools]

    def answer(task):
        print("the agent prints")
        with anthropic.Anthropic(max_retries=0) as client:
            return converse(client, task)

    def converse(client, task):
        messages = [{"role": "user", "content": task}]
        while True:
            reply = client.messages.create(
                model="claude-sonnet-5-5", max_tokens=500, tools=schemas, messages=messages, system="Be kind."
            )
            messages.append({"role": "assistant", "content": reply.content})
            calls = [block for block in reply.content if block.type == "tool_use"]
            if not calls:
                return reply.content[0].text
            results = []
            for call in calls:
                try:
                    result = str(by_name[call.name](**call.input))
                except TypeError as error:
                    result = f"error: {error}"
                results.append({"type": "tool_result", "tool_use_id": call.id, "content": result})
            messages.append({"role": "user", "content": results})

    return answer
'''

CONFIG = '[tool.agentsafety]\nagent = "shop.agent:build"\n[tool.agentsafety.generated]\nmax_cases = 6\n'


@dataclass(frozen=True)
class Seen:
    """One run, as the project's recorder saw it."""

    done: Done
    reports: list[dict[str, Any]]
    before: dict[str, Any]
    after: dict[str, Any]
    threads: list[str]
    found: list[tuple[str, dict[str, Any]]]
    steps: list[str]

    @property
    def own(self) -> list[tuple[Any, ...]]:
        """What came of the user's tests, in their order: everything but how long it took."""
        keys = ("nodeid", "when", "outcome", "wasxfail", "longrepr", "sections")
        return [tuple(map(repr, map(one.get, keys))) for one in self.reports if not one["nodeid"].startswith(CASES)]

    @property
    def order(self) -> list[str]:
        return [report["nodeid"] for report in self.reports if report["when"] == "setup"]

    @property
    def tests(self) -> list[str]:
        return [name for name in self.order if not name.startswith(CASES)]

    @property
    def cases(self) -> list[str]:
        return [name for name in self.order if name.startswith(CASES)]


def write_project(project: Project, *, loops: bool) -> None:
    """The fifty tests; `loops` with those that need pytest-asyncio and anyio."""
    project.file("recorder.py", RECORDER)
    for name, text in FILES.items():
        project.file(name, text)
    if find_spec("pytest_asyncio"):  # it warns without, and warnings are errors
        project.file("pytest.ini", INI + LOOPS_INI)
    if loops:
        project.file("tests/test_asyncio.py", ASYNCIO)
        project.file("tests/test_anyio.py", ANYIO)
    else:
        project.file("tests/test_instead.py", INSTEAD.replace("NUMBER", "7"))


def give_agent(project: Project) -> None:
    """An agent of the project's own, with three tools."""
    project.file("shop/agent.py", SHOP_AGENT)
    project.file("agentsafety.toml", CONFIG)


def look(project: Project, *arguments: str, cache: bool = False, **env: str) -> Seen:
    """Run the project and read what its recorder wrote."""
    for name in ("seen.json", "found.jsonl", "steps.txt"):
        (project.root / name).unlink(missing_ok=True)
    done = project.pytest(*arguments, cache=cache, **env)
    seen = project.root / "seen.json"
    assert seen.exists(), done.text
    return Seen(
        done=done,
        **json.loads(seen.read_text(encoding="utf-8")),
        found=[json.loads(line) for line in _lines(project, "found.jsonl")],
        steps=_lines(project, "steps.txt"),
    )


def _lines(project: Project, name: str) -> list[str]:
    path = project.root / name
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
