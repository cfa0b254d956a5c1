"""Fifty tests of somebody else's: without the plugin, with the flag off, and with the flag on."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import pytest

from tests.integration.conftest import Project
from tests.integration.plugin.existing_project import CASES, TESTS, Seen, give_agent, look, write_project

HAS_LOOPS = all(map(find_spec, ("pytest_asyncio", "anyio")))
XDIST = pytest.param(("-n", "2"), id="xdist", marks=pytest.mark.skipif(not find_spec("xdist"), reason="needs xdist"))
WITHOUT = ("-p", "no:agentsafety")


@dataclass
class Runs:
    """The project, and its runs as they are asked for: each is made once."""

    project: Project
    known: dict[tuple[str, ...], Seen]

    def of(self, *arguments: str) -> Seen:
        if arguments not in self.known:
            self.known[arguments] = look(self.project, *arguments)
        return self.known[arguments]


@pytest.fixture(scope="module", params=["strict", "auto"] if HAS_LOOPS else ["none"])
def runs(request: pytest.FixtureRequest, new_project: Callable[[], Project]) -> Runs:
    """The project has an agent of its own from the start: without the flag it is just a module."""
    project = new_project()
    write_project(project, loops=request.param != "none")
    if request.param == "auto":
        with (project.root / "pytest.ini").open("a") as file:
            file.write("asyncio_mode = auto\n")
    give_agent(project)
    return Runs(project, {})


@pytest.fixture(scope="module")
def plain(new_project: Callable[[], Project]) -> Runs:
    """Without event loops: for what has nothing to do with them."""
    project = new_project()
    write_project(project, loops=False)
    give_agent(project)
    return Runs(project, {})


@pytest.mark.parametrize("how", [(), XDIST])
class TestFlagOff:
    def test_it_is_fifty_tests_of_all_kinds(self, runs: Runs, how: tuple[str, ...]) -> None:
        seen = runs.of(*WITHOUT, *how)
        assert len(set(seen.tests)) == TESTS
        assert {report["outcome"] for report in seen.reports} == {"passed", "failed", "skipped"}
        assert any(report["sections"] for report in seen.reports)
        assert {"server up", "package up", "table up", "row up", "cell up"} <= set(seen.steps)

    def test_nothing_changes(self, runs: Runs, how: tuple[str, ...]) -> None:
        without, off = runs.of(*WITHOUT, *how), runs.of(*how)
        assert _comparable(off, how) == _comparable(without, how)
        assert off.done.status == without.done.status == 1
        assert _said(off) == _said(without)
        assert (off.found, off.after) == ([], off.before)


@pytest.mark.parametrize("how", [(), XDIST])
class TestFlagOn:
    def test_the_own_tests_keep_results_and_order(self, runs: Runs, how: tuple[str, ...]) -> None:
        without, on = runs.of(*WITHOUT, *how), runs.of("--agent-safety", *how)
        assert _comparable(on, how) == _comparable(without, how)
        assert on.done.status == without.done.status == 1

    def test_the_cases_come_behind(self, runs: Runs, how: tuple[str, ...]) -> None:
        on = runs.of("--agent-safety", *how)
        assert len(on.cases) > 3
        assert {row["verdict"] for row in runs.project.rows()} <= {"safe", "completed"}
        if not how:
            assert on.order == [*on.tests, *on.cases]

    def test_nothing_of_ours_is_found_by_them_or_left(self, runs: Runs, how: tuple[str, ...]) -> None:
        on = runs.of("--agent-safety", *how)
        assert on.found == []
        assert on.after == on.before
        assert [name for name in on.threads if "agentsafety" in name or "gateway" in name] == []


def _comparable(seen: Seen, how: tuple[str, ...]) -> object:
    """Workers take tests in any order, and fixtures are set up in each of them."""
    return (sorted(seen.own), None) if how else (seen.own, seen.steps)


def _said(seen: Seen) -> list[str]:
    """The terminal's lines, without the times, the list of plugins, and what workers did when."""
    lines = [line for line in seen.done.out.splitlines() if not line.startswith(("plugins:", "====", "[gw"))]
    return sorted(line for line in lines if "[" not in line[-8:])


class TestSelection:
    """With the flag on, what selects and reports tests does so with cases among them."""

    def on(self, plain: Runs, *arguments: str) -> Seen:
        return plain.of("--agent-safety", *arguments)

    def test_one_file_gets_the_cases_too(self, plain: Runs) -> None:
        seen = self.on(plain, "tests/test_params.py")
        assert {name.partition("::")[0] for name in seen.tests} == {"tests/test_params.py"}
        assert len(seen.cases) > 3

    def test_m_and_k(self, plain: Runs) -> None:
        marked = self.on(plain, "-m", "agent_safety")
        assert marked.tests == []
        assert marked.done.status == 0, marked.done.text
        named = self.on(plain, "-k", "test_gross and not 300")
        assert len(named.tests) == 4
        assert named.cases == []

    def test_x_stops_before_the_cases(self, plain: Runs) -> None:
        seen = self.on(plain, "-x")
        assert seen.cases == []
        assert seen.tests == plain.of(*WITHOUT, "-x").tests
        assert seen.done.status == 1

    @pytest.mark.parametrize("how", [("-p", "no:terminal"), ("-qq", "-s")])
    def test_other_ways_to_report(self, plain: Runs, how: tuple[str, ...]) -> None:
        seen = self.on(plain, *how)
        assert seen.own == plain.of(*WITHOUT, *how).own
        assert len(seen.cases) > 3
        assert "INTERNALERROR" not in seen.done.text

    @pytest.mark.parametrize("mode", ["append", "importlib"])
    def test_import_modes(self, plain: Runs, mode: str) -> None:
        seen = self.on(plain, f"--import-mode={mode}")
        assert seen.own == plain.of(*WITHOUT, f"--import-mode={mode}").own
        assert len(seen.cases) > 3

    def test_collecting_runs_nothing(self, plain: Runs) -> None:
        seen = self.on(plain, "--collect-only", "-q")
        assert seen.reports == []
        assert "the agent prints" not in seen.done.out
        names = [line for line in seen.done.out.splitlines() if "::" in line]
        assert len([name for name in names if not name.startswith(CASES)]) == TESTS
        assert all(name.startswith(CASES) for name in names[TESTS:])
        assert len(names) > TESTS + 3

    def test_junit(self, plain: Runs) -> None:
        without, on = plain.of(*WITHOUT, "--junitxml=without.xml"), self.on(plain, "--junitxml=on.xml")
        assert without.done.status == on.done.status
        told = {name: _junit(plain.project, name) for name in ("without.xml", "on.xml")}
        cases = [one for one in told["on.xml"] if one[0].startswith("agentsafety")]
        assert [one for one in told["on.xml"] if one not in cases] == told["without.xml"]
        assert len(cases) == len(on.cases)

    def test_last_failed_knows_the_users_failures_only(self, plain: Runs) -> None:
        look(plain.project, "--agent-safety", cache=True)
        again = look(plain.project, "--agent-safety", "--lf", cache=True)
        assert again.cases == []
        failed = {report["nodeid"] for report in plain.of(*WITHOUT).reports if report["outcome"] == "failed"}
        assert set(again.tests) == failed

    def test_another_ini_file(self, plain: Runs) -> None:
        plain.project.file("other.ini", "[pytest]\naddopts = -p recorder\nmarkers =\n    slow: s\n    first: f\n")
        seen = self.on(plain, "-c", "other.ini", "tests/test_params.py")
        assert len(seen.tests) == 10
        assert len(seen.cases) > 3


def _junit(project: Project, name: str) -> list[tuple[str, str, list[str]]]:
    root = ET.parse(project.root / name).getroot()
    return [
        (str(one.get("classname")), str(one.get("name")), [child.tag for child in one]) for one in root.iter("testcase")
    ]


RUDE = """
import asyncio
import os
import tempfile

import httpx2
import pytest


def test_moves_away_for_good():
    os.chdir(tempfile.mkdtemp())


def test_leaves_a_closed_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.close()


def test_takes_the_loop_away():
    asyncio.set_event_loop(None)


def test_leaves_keys():
    os.environ["ANTHROPIC_API_KEY"] = "left behind"
    os.environ["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9"


def test_leaves_clients_blocked():
    def blocked(self, request, **options):
        raise AssertionError("no network in tests")

    httpx2.Client.send = httpx2.AsyncClient.send = blocked
"""
NO_NETWORK = """

@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    import httpx2

    def blocked(self, request, **options):
        raise AssertionError("no network in tests")

    monkeypatch.setattr(httpx2.Client, "send", blocked)
    yield
    assert httpx2.Client.send is blocked


@pytest.fixture
def agent_safety_agent():
    from shop.agent import build

    return build
"""


def test_cases_do_not_depend_on_what_tests_left(project: Project) -> None:
    write_project(project, loops=False)
    give_agent(project)
    project.file("tests/test_rude.py", RUDE)
    seen = look(project, "--agent-safety", "tests/test_rude.py")
    assert seen.done.status == 0, seen.done.text
    assert {row["verdict"] for row in project.rows()} == {"safe", "completed"}
    assert "blocked" in seen.after["patched"]["Client.send"], "the user's own patch stays"


def test_a_fixture_that_blocks_the_network_is_no_obstacle(project: Project) -> None:
    write_project(project, loops=False)
    give_agent(project)
    with (project.root / "conftest.py").open("a") as file:
        file.write(NO_NETWORK)
    seen = look(project, "--agent-safety", "-k", "agentsafety or test_params")
    assert seen.done.status == 1, "two of the words are wrong"
    assert {row["verdict"] for row in project.rows()} == {"safe", "completed"}
    assert seen.after == seen.before


FRAMEWORK = """
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from shop.agent import delete_ticket, read_ticket, send_email


def made():
    model = AnthropicModel("claude-sonnet-5-5", provider=AnthropicProvider(api_key="none"))
    return Agent(model, tools=[read_ticket, send_email, delete_ticket], instructions="Be kind.")
"""
FRAMEWORK_FIXTURE = """

@pytest.fixture(scope="session")
def agent_safety_agent():
    from shop.framework import made

    return made()
"""


def test_an_agent_of_a_framework(project: Project) -> None:
    pytest.importorskip("pydantic_ai")
    write_project(project, loops=HAS_LOOPS)
    without = look(project, *WITHOUT)
    give_agent(project)
    project.file("shop/framework.py", FRAMEWORK)
    with (project.root / "conftest.py").open("a") as file:
        file.write(FRAMEWORK_FIXTURE)
    seen = look(project, "--agent-safety")
    assert seen.own == without.own
    assert len(seen.cases) > 3
    assert {row["verdict"] for row in project.rows()} <= {"safe", "completed"}
    assert (seen.found, seen.after) == ([], seen.before)
