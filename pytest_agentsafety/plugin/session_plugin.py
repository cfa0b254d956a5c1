"""Registered with the flag on: adds the cases, reports them, and finishes the evidence."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError, ConfigError
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.plugin.asking import at_terminal
from pytest_agentsafety.plugin.fixture_agent import NAME, Ask, ask_fixture, gives_agent, stand_in
from pytest_agentsafety.plugin.fuzz_items import FuzzItem, make_fuzz_item
from pytest_agentsafety.plugin.items import CaseItem, Cases, FixtureCaseItem, make_item
from pytest_agentsafety.session import ExitStatus, RunOptions, Session
from pytest_agentsafety.session.finish import Finished, finish
from pytest_agentsafety.session.session import FIXTURE_AGENT
from pytest_agentsafety.session.summary import explain, header_lines, summary_lines

_SHOW_ONLY = ("collectonly", "showfixtures", "show_fixtures_per_test", "cacheshow", "setupplan", "setuponly")
# Of these, the ones that set no fixture up: the agent is not asked for its tools then.
_ASKS_NOBODY = ("showfixtures", "show_fixtures_per_test", "cacheshow", "setupplan")
_FIXTURE = "agent_safety"
_OWN = ("pytest_agentsafety.plugin.entry", "agentsafety")


def is_case(item: pytest.Item) -> bool:
    """One of ours, or a test of the user's?"""
    return isinstance(item, CaseItem | FixtureCaseItem | FuzzItem | Ask)


class CasesBehind:
    """Whatever order the user's own hooks made: their tests first, in that order, and the cases behind them."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=is_case)


class SafetyPlugin:
    """State of one pytest session. On an xdist worker it runs cases; the controller merges and reports."""

    def __init__(self, config: pytest.Config, options: RunOptions) -> None:
        self.config = config
        self.only = bool(config.option.agent_safety_only)
        sent: dict[str, Any] = getattr(config, "workerinput", {}).get("agentsafety", {})
        self.worker: str | None = getattr(config, "workerinput", {}).get("workerid")
        self.session = Session(options, run_id=sent.get("run_id"), found=sent.get("tools"))
        self.session.asking = at_terminal(self.session.asking, config, self.worker)
        self.distributes = self.worker is None and bool(getattr(config.option, "numprocesses", None))
        self.done: Finished | None = None
        self._folders: dict[Path, pytest.Collector] = {}
        self._fixture_folder: Path | None = None
        self._fixture_in_plugin = False
        self._agent_from: object = None
        self._late = False  # the plan was made too late for the header
        self.runs_cases = not any(getattr(config.option, name, False) for name in _SHOW_ONLY)
        self._sets_up = not any(getattr(config.option, name, False) for name in _ASKS_NOBODY)
        config.pluginmanager.register(CasesBehind(), "agentsafety-order")

    @pytest.hookimpl(tryfirst=True)  # before xdist starts its workers, whose folders are below ours
    def pytest_sessionstart(self) -> None:
        """The folder is opened before anything runs, so that an unwritable one ends the session at once."""
        if not self.runs_cases:
            return
        try:
            if self.distributes:
                self.session.prepare_folder()
            else:
                self.session.start(worker=self.worker, alone=False)
        except ConfigError as error:
            raise pytest.UsageError(str(error)) from None

    # -- collection

    def pytest_plugin_registered(self, plugin: object, plugin_name: str | None = None) -> None:
        module = str(getattr(plugin, "__name__", ""))
        name = plugin_name or module
        if name in _OWN or module in _OWN or not gives_agent(plugin):
            return
        if name.endswith("conftest.py"):
            self._found_in(Path(name).parent)
        else:
            self._fixture_in_plugin = True

    def _found_in(self, folder: Path) -> None:
        """What a folder further down overrides counts for the tests there, not for the cases."""
        known = self._fixture_folder
        if known is None or len(folder.parts) < len(known.parts):
            self._fixture_folder = folder

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_directory(self, path: Path) -> Generator[None, pytest.Collector | None, pytest.Collector | None]:
        collector = yield
        if collector is not None:
            self._folders[path] = collector
        return collector

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Alone, cases need the folders (their conftest files may hold the agent), but no module of the user's."""
        return True if self.only and collection_path.is_file() else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        by_fixture = self._fixture_in_plugin or self._fixture_folder is not None
        above = self._folders.get(self._fixture_folder, session) if self._fixture_folder else session
        parent = Cases.from_parent(above, path=above.path, name="agentsafety", nodeid="agentsafety")
        cases: list[pytest.Item] = []
        if by_fixture and self.session.asks_agent:
            why_none = self._ask_fixture(parent)
            self._late = True
            if why_none is not None:
                self.session.plan_nothing(f"fixture {NAME} {why_none}")
                cases.append(stand_in(parent))
        cases += [make_item(parent, planned, self, by_fixture=by_fixture) for planned in self.session.cases]
        cases += [make_fuzz_item(parent, case, self) for case in self.session.fuzz_cases]
        items.extend(cases)
        # Counted in "collected N items" like everybody else's.
        report = pytest.CollectReport(nodeid="agentsafety", outcome="passed", longrepr=None, result=list(cases))
        self.config.hook.pytest_collectreport(report=report)

    def _ask_fixture(self, parent: Cases) -> str | None:
        """Plan the cases of the fixture's agent. Returns why there are none, if it gives none."""
        if not self._sets_up:
            return "is not set up, so its cases are not known"
        with self.session.lending():
            skips = ask_fixture(parent, self.session.plan_for)
        return None if skips is None else f"skips: {skips}"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """What a gate can decide depends on what is left after -k, --lf and the like."""
        cases = (item for item in session.items if isinstance(item, CaseItem | FixtureCaseItem))
        self.session.attacks_selected = sum(item.planned.run.case.kind == "attack" for item in cases)

    def use_agent(self, agent: object) -> None:
        """The fixture's agent, described once per object."""
        if agent is not None and agent is not self._agent_from:
            self.session.use_agent(agent)
            self._agent_from = agent

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Keys are lent to what sets an agent up and runs it, and to no other test."""
        if not (is_case(item) or _FIXTURE in getattr(item, "fixturenames", ())):
            return (yield)
        with self.session.lending():
            return (yield)

    # -- reporting

    def pytest_report_header(self) -> list[str]:
        by_fixture = self._fixture_in_plugin or self._fixture_folder is not None
        pending = by_fixture and self.session.asks_agent
        lines = header_lines(self.session, agent=FIXTURE_AGENT if by_fixture else None, pending=pending)
        return [f"agentsafety: {line}" for line in lines]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, CaseItem | FixtureCaseItem) and report.when == "call" and item.result is not None:
            vars(report)["agentsafety_verdict"] = item.result.verdict
            if report.passed and self.session.tolerated(item.result):
                report.outcome = "skipped"
                report.wasxfail = f"tolerated, the gate on the rate decides: {explain(item.result)}"
        if isinstance(item, FuzzItem) and report.when == "call" and item.result is not None:
            vars(report)["agentsafety_verdict"] = item.result.row["verdict"]
            if report.passed and item.result.tolerated:
                report.outcome = "skipped"
                report.wasxfail = f"a known bypass: {one_line(item.result.told, 400)}"
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        if getattr(report, "agentsafety_verdict", None) == "unsafe" and hasattr(report, "wasxfail"):
            return "unsafe (tolerated)", "U", "UNSAFE"
        return None

    # -- the end

    @pytest.hookimpl(wrapper=True, trylast=True)  # inside the terminal's: the summary needs what is made here
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, None, None]:
        yield
        if not self.runs_cases:
            return
        self.session.close()
        if self.worker is not None:
            self._tell_controller()
            return
        own = int(session.exitstatus)
        nothing_wrong = own in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)  # zero cases: ours to judge
        known = own in tuple(ExitStatus)
        outer = ExitStatus.OK if nothing_wrong else ExitStatus(own) if known else ExitStatus.FAILED
        try:
            self.done = finish(self.session, workers=self.distributes, outer=outer)
        except (AgentSafetyError, OSError) as error:
            self._say(f"agentsafety: the evidence could not be completed: {error}")
            session.exitstatus = ExitStatus.INTERNAL
            return
        if nothing_wrong:
            session.exitstatus = int(self.done.status)

    def _tell_controller(self) -> None:
        output: dict[str, Any] = self.config.workeroutput  # type: ignore[attr-defined]
        output["agentsafety"] = {"audit_head": self.session.audit_head}
        if self.session.replanned:
            output["agentsafety"]["plan"] = json.dumps(self.session.told_plan(), default=str)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """xdist: every worker writes under the controller's run id."""
        options = self.session.options
        node.workerinput["agentsafety"] = {
            "run_id": self.session.run_id,
            "node_names": list(options.node_names),
            "tools": self.session.told_tools,
            "record_on_command_line": options.record_on_command_line,
        }

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """xdist: a worker's chain is verified against the head it reported; a killed worker reports none."""
        sent = getattr(node, "workeroutput", {}).get("agentsafety")
        if sent:
            self.session.worker_heads[node.gateway.id] = sent["audit_head"]
            if "plan" in sent:
                self.session.learn_plan(json.loads(sent["plan"]))
                self._late = True

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.done is None:
            return
        terminalreporter.section("agent safety")
        if self._late:
            for line in self.session.plan.notes:
                terminalreporter.write_line(one_line(line, 400))
        for line in summary_lines(self.session, self.done):
            terminalreporter.write_line(line)

    def _say(self, line: str) -> None:
        reporter: Any = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(line, red=True)
