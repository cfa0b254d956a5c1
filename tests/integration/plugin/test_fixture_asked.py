"""The fixture `agent_safety_agent` is asked for its tools when tests are collected: as a test would, but it is none."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import pytest

from tests.integration.conftest import Project
from tests.integration.plugin.existing_project import LOOPS_INI, RECORDER, SHOP_AGENT, Seen, look

INI = "[pytest]\naddopts = -p recorder --strict-markers --strict-config\nfilterwarnings = error\n"
# A plugin of the user's that counts tests by every hook there is for it.
HOOKS = """
from pathlib import Path

import pytest
from agent import build

HERE = Path(__file__).parent


def note(step):
    with (HERE / "steps.txt").open("a") as file:
        file.write(step + "\\n")


def pytest_runtest_logstart(nodeid):
    note(f"hook {nodeid}")


def pytest_runtest_logreport(report):
    note(f"hook {report.nodeid}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    note(f"hook {item.nodeid}")
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    note(f"hook {item.nodeid}")
    return (yield)


def pytest_runtest_call(item):
    note(f"hook {item.nodeid}")


def pytest_itemcollected(item):
    note(f"hook {item.nodeid}")
"""
SCOPES = """
@pytest.fixture(scope="session")
def server():
    print("the server prints")
    note("server up")
    yield
    note("server down")


@pytest.fixture(scope="module")
def table(server, request):
    note(f"table up {request.module.__name__ != ''}")
    yield
    note("table down")


@pytest.fixture(scope="package", autouse=True)
def package():
    yield


@pytest.fixture(scope="class", autouse=True)
def row(request):
    yield


@pytest.fixture
def agent_safety_agent(table):
    note("agent up")
    yield build
    note("agent down")
"""
NEEDY = """
import os


@pytest.fixture
def agent_safety_agent(request, tmp_path, capsys, caplog, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOP_AGENT", "on")
    print("heard")
    assert capsys.readouterr().out == "heard\\n"
    note(f"asked by {request.node.name.partition('/')[0]}, {request.function.__name__}, {request.cls}")
    yield build
"""
NAMED = """
@pytest.fixture(name="agent_safety_agent")
def shop_agent():
    return build
"""
SKIPS = """
@pytest.fixture
def agent_safety_agent():
    pytest.skip("no staging system here")
"""
BROKEN_END = """
@pytest.fixture
def agent_safety_agent():
    yield build
    raise RuntimeError("cannot close")
"""
PLAIN_ASYNC = """
@pytest.fixture
async def agent_safety_agent():
    return build
"""
COROUTINE = """
@pytest.fixture
def agent_safety_agent():
    async def made():
        return build

    return made()
"""
ASYNCIO = """
import asyncio

import pytest_asyncio


@pytest_asyncio.fixture
async def agent_safety_agent():
    await asyncio.sleep(0)
    yield build
    await asyncio.sleep(0)
    note("agent down")
"""
ANYIO = """
import anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def agent_safety_agent(anyio_backend):
    await anyio.sleep(0)
    yield build
    note("agent down")
"""
CASES = 6


def shop(project: Project, fixture: str) -> Project:
    project.file("recorder.py", RECORDER)
    project.file("pytest.ini", INI + (LOOPS_INI if find_spec("pytest_asyncio") else ""))
    project.file("agent.py", SHOP_AGENT)
    project.file("conftest.py", HOOKS + fixture)
    project.file("agentsafety.toml", "[tool.agentsafety.generated]\nmax_cases = 1\n")
    project.file("test_own.py", "def test_own():\n    pass\n")
    return project


def own_steps(seen: Seen) -> list[str]:
    return [step for step in seen.steps if not step.startswith("hook ")]


def all_is_well(project: Project, seen: Seen) -> bool:
    assert seen.done.status == 0, seen.done.text
    assert len(seen.cases) == CASES
    assert {row["verdict"] for row in project.rows()} == {"safe", "completed"}
    assert seen.after == seen.before
    assert seen.found == []
    return True


@pytest.fixture(scope="module")
def ran(new_project: Callable[[], Project]) -> tuple[Project, Seen]:
    project = shop(new_project(), SCOPES)
    return project, look(project, "--agent-safety", "--junitxml=junit.xml", "--durations=0", "-vv", cache=True)


class TestScopes:
    def test_all_scopes_work(self, ran: tuple[Project, Seen]) -> None:
        assert all_is_well(*ran)

    def test_the_sessions_fixtures_are_set_up_once_and_others_torn_down(self, ran: tuple[Project, Seen]) -> None:
        asked = ["server up", "table up True", "agent up", "agent down", "table down"]
        cases = ["table up True", *["agent up", "agent down"] * CASES, "table down", "server down"]
        assert own_steps(ran[1]) == [*asked, *cases]

    def test_it_is_no_test(self, ran: tuple[Project, Seen]) -> None:
        """Not for a plugin of the user's, nor for the terminal, the cache, junit and durations."""
        project, seen = ran
        assert [step for step in seen.steps if step == "hook agentsafety::agent_safety_agent"] == []
        assert f"{CASES + 1} passed" in seen.done.out
        assert "::agent_safety_agent" not in seen.done.text
        assert "prints" not in seen.done.text
        assert "agent_safety_agent" not in (project.root / "junit.xml").read_text()
        kept = [path.read_text() for path in (project.root / ".pytest_cache").rglob("*") if path.is_file()]
        assert not any("::agent_safety_agent" in text for text in kept)

    def test_collecting_sets_up_and_tears_down(self, ran: tuple[Project, Seen]) -> None:
        seen = look(ran[0], "--agent-safety", "--collect-only", "-q")
        assert seen.done.out.count("agentsafety::") == CASES
        assert own_steps(seen)[-3:] == ["agent down", "table down", "server down"]

    def test_setups_are_shown_where_they_are_asked_for(self, ran: tuple[Project, Seen]) -> None:
        shown = look(ran[0], "--agent-safety", "--setup-show")
        assert shown.done.out.count("SETUP    S server") == 1
        planned = look(ran[0], "--agent-safety", "--setup-plan")
        assert planned.done.status == 0, planned.done.text
        assert own_steps(planned) == [], "a plan sets nothing up"
        assert "SETUP    F agent_safety_agent" in planned.done.out

    @pytest.mark.skipif(not find_spec("xdist"), reason="needs xdist")
    def test_each_worker_asks(self, ran: tuple[Project, Seen]) -> None:
        seen = look(ran[0], "--agent-safety", "-n", "2")
        assert all_is_well(ran[0], seen)
        assert seen.steps.count("server up") == seen.steps.count("server down") == 2


@pytest.mark.parametrize("fixture", [NEEDY, NAMED])
def test_what_a_fixture_may_use_and_be_called(project: Project, fixture: str) -> None:
    seen = look(shop(project, fixture), "--agent-safety")
    assert all_is_well(project, seen)
    if fixture is NEEDY:
        assert own_steps(seen)[:2] == [
            "asked by agent_safety_agent, _wants, None",
            "asked by generated, run_with, None",
        ]


def test_a_fixture_that_skips_is_one_skipped_item_and_no_pass(project: Project) -> None:
    seen = look(shop(project, SKIPS), "--agent-safety", "-rs")
    assert seen.done.status == 1
    assert "1 passed, 1 skipped" in seen.done.out
    assert "no cases: fixture agent_safety_agent skips: no staging system here" in seen.done.out


@pytest.mark.parametrize(
    ("fixture", "told"),
    [
        (BROKEN_END, "fixture agent_safety_agent failed at teardown"),
        (PLAIN_ASYNC, "may be a plain fixture that returns an async agent"),
        (COROUTINE, "fixture agent_safety_agent returned coroutine: agent_safety_agent may be a plain fixture"),
    ],
)
def test_what_cannot_be_used_is_a_usage_error(project: Project, fixture: str, told: str) -> None:
    seen = look(shop(project, fixture), "--agent-safety")
    assert seen.done.status == 4
    assert told in seen.done.err
    assert seen.after == seen.before
    assert "never awaited" not in seen.done.text


@pytest.mark.parametrize(("fixture", "needs"), [(ASYNCIO, "pytest_asyncio"), (ANYIO, "anyio")])
def test_async_fixtures_of_their_plugins(project: Project, fixture: str, needs: str) -> None:
    pytest.importorskip(needs)
    seen = look(shop(project, fixture), "--agent-safety")
    assert all_is_well(project, seen)
    assert own_steps(seen) == ["agent down"] * (CASES + 1)


def test_a_folder_below_may_have_another_agent_for_its_tests(project: Project) -> None:
    shop(project, NAMED)
    project.file(
        "below/conftest.py", "import pytest\n\n\n@pytest.fixture\ndef agent_safety_agent():\n    return 1 / 0\n"
    )
    project.file("below/test_below.py", "def test_below():\n    pass\n")
    assert all_is_well(project, look(project, "--agent-safety"))
