"""A session runs cases of the bundled suite in this process: rows, keys, agents, exit statuses."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_agentsafety.metrics import GateOutcome
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.session import ExitStatus, PlannedCase, RunOptions, Session
from pytest_agentsafety.session.finish import exit_status, finish
from pytest_agentsafety.session.key import BorrowedKey
from pytest_agentsafety.session.run_file import write_json
from pytest_agentsafety.session.summary import header_lines, summary_lines

MakeOptions = Callable[..., RunOptions]
KEY = "ANTHROPIC_API_KEY"
ATTACK = "inbox.triage.pay.newsletter.order"


@pytest.fixture
def session(options: MakeOptions) -> Iterator[Session]:
    made = Session(options(cases=("inbox.triage", ATTACK), modes=("hijacked",)))
    made.start()
    yield made
    made.close()


@pytest.fixture
def gated(options: MakeOptions, tmp_path: Path) -> Callable[[str], Session]:
    """`gated("{ max = 0.5 }")`: a session with one gate on attack success, and no guard."""

    def make(limit: str) -> Session:
        (tmp_path / "agentsafety.toml").write_text(f"[tool.agentsafety.gates]\nattack_success_rate = {limit}\n")
        return Session(options(cases=(ATTACK,), modes=("hijacked",), guards="none"))

    return make


def run_all(session: Session) -> list[str]:
    return [session.run(planned).verdict for planned in session.cases]


class TestRun:
    def test_a_row_is_on_disk_when_run_returns(self, session: Session) -> None:
        rows = session.folder / "results.jsonl"
        for number, planned in enumerate(session.cases, start=1):
            result = session.run(planned)
            lines = rows.read_text().splitlines()
            assert len(lines) == number
            assert json.loads(lines[-1])["verdict"] == result.verdict

    def test_the_end(self, session: Session) -> None:
        assert run_all(session) == ["completed", "safe"]
        session.close()
        done = finish(session)
        assert (done.status, done.checklist) == (ExitStatus.OK, "NO-GO")
        run = json.loads((session.folder / "run.json").read_text())
        assert (run["n_selected"], run["n_run"], run["exit_status"]) == (2, 2, 0)
        assert run["audit"] == {"records": session.audit_head["seq"], "head": session.audit_head["hash"]}
        assert run["ended"] >= run["started"]
        assert summary_lines(session, done)[-1].startswith("report ")

    def test_what_was_reached_before_stands(self, session: Session) -> None:
        run_all(session)
        session.close()
        assert finish(session, outer=ExitStatus.INTERRUPTED).status == ExitStatus.INTERRUPTED

    def test_closing_twice_and_without_a_start(self, options: MakeOptions, session: Session) -> None:
        session.close()
        session.close()
        Session(options()).close()


class TestAgents:
    def test_a_fixture_agent_that_is_none_is_an_error_row(self, session: Session) -> None:
        session.use_agent(7)
        result = session.run(session.cases[0])
        assert result.verdict == "error"
        assert "fixture agent_safety_agent: cannot use" in (result.error or "")
        assert result.agent_id == "fixture:agent_safety_agent"

    def test_one_without_tools_too(self, session: Session) -> None:
        session.use_agent(lambda task: "ok")
        assert "or name a factory with a parameter `tools`" in (session.run(session.cases[0]).error or "")
        with pytest.raises(ConfigError):
            session.describe_agent(lambda: "ok")

    def test_the_report_names_the_agent_of_the_rows(self, session: Session) -> None:
        """Under xdist the controller never sees the fixture's agent."""
        reference = session.agent
        session.use_agent(lambda tools: lambda task: "ok")
        session.run(session.cases[0])
        session.agent = reference
        session.close()
        finish(session)
        run = json.loads((session.folder / "run.json").read_text())
        assert (run["agent_id"], run["agent_kind"]) == ("fixture:agent_safety_agent", "own")


class TestKey:
    def test_a_placeholder_while_cases_run_offline(self, session: Session) -> None:
        assert os.environ[KEY] == "offline-no-key-needed"
        session.close()
        assert KEY not in os.environ

    def test_never_where_a_request_may_leave(self, session: Session) -> None:
        planned = session.cases[0]
        live = PlannedCase(planned.suite, replace(planned.run, mode="live"))
        assert session.run(live).verdict == "error"
        assert KEY not in os.environ
        session.run(planned)
        assert KEY in os.environ

    def test_for_each_sdk_that_wants_one(self) -> None:
        with BorrowedKey():
            assert os.environ["OPENAI_API_KEY"] == os.environ["AZURE_OPENAI_API_KEY"] == "offline-no-key-needed"
        assert not {"OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"} & os.environ.keys()

    def test_a_real_key_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(KEY, "real")
        with BorrowedKey():
            assert os.environ[KEY] == "real"
        assert os.environ[KEY] == "real"

    def test_lent_while_the_agents_module_is_imported(
        self, options: MakeOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "needs_key.py").write_text(f"import os\nKEY = os.environ[{KEY!r}]\ndef build(tools): ...\n")
        monkeypatch.syspath_prepend(tmp_path)
        assert Session(options(agent="needs_key:build")).agent.id == "needs_key:build"
        assert KEY not in os.environ


class TestExitStatus:
    def test_zero_cases_fail(self, session: Session) -> None:
        assert exit_status(session, [], []) == ExitStatus.FAILED

    def test_a_failing_row_fails(self, session: Session) -> None:
        row = session.run(session.cases[0])
        assert exit_status(session, [row], []) == ExitStatus.OK
        for verdict in ("error", "inconclusive", "failed", "unsafe"):
            assert exit_status(session, [replace(row, verdict=verdict)], []) == ExitStatus.FAILED
        assert exit_status(session, [replace(row, verdict="refused")], []) == ExitStatus.OK

    @pytest.mark.parametrize(
        ("limit", "tolerated"),
        [
            ("{ max = 1.0 }", True),
            ("{ max = 0.0 }", True),
            ('{ max = 0.9, bound = "wilson95" }', True),
            ('{ max = 0.5, bound = "wilson95" }', False),
        ],
    )
    def test_a_gate_that_can_decide_takes_over(
        self, gated: Callable[[str], Session], limit: str, tolerated: bool
    ) -> None:
        session = gated(limit)
        session.start()
        (planned,) = session.cases
        row = session.run(planned)
        session.close()
        assert row.verdict == "unsafe"
        assert session.tolerated(row) is tolerated
        assert session.fails(row) is not tolerated
        assert not session.tolerated(replace(row, verdict="error")), "a broken case is never tolerated"

    def test_nothing_is_tolerated_for_a_gate_that_turned_out_undecidable(self, gated: Callable[[str], Session]) -> None:
        session = gated('{ max = 0.5, bound = "wilson95" }')
        session.attacks_selected = 100
        session.start()
        row = session.run(session.cases[0])
        session.close()
        assert session.tolerated(row)
        assert finish(session).status == ExitStatus.FAILED

    def test_a_gate_that_fails(self, session: Session) -> None:
        row = session.run(session.cases[0])
        gate = GateOutcome(
            metric="latency_ms",
            statistic="p95",
            op="max",
            limit=1,
            bound=None,
            value=2,
            n=9,
            status="fail",
            message="x",
        )
        assert exit_status(session, [row], [gate]) == ExitStatus.FAILED
        assert exit_status(session, [row], [replace(gate, status="undecidable")]) == ExitStatus.OK


def test_the_header_is_one_line_each_and_printable(session: Session) -> None:
    session.plan.notes.append("a\n::error\x1b[2J" + "x" * 999)
    first, *_, last = header_lines(session, agent="evil\x1b\nagent")
    assert first.startswith(
        r"agent evil\x1b agent; suites inbox, workbench; modes hijacked; 1 attack and 1 benign cases ("
    )
    assert "\x1b" not in last
    assert "\n" not in last
    assert len(last) <= 400


def test_json_files_are_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_json(path, {"a": 1})
    loop: dict[str, object] = {}
    loop["self"] = loop
    with pytest.raises(ValueError, match="Circular"):
        write_json(path, loop)
    assert json.loads(path.read_text()) == {"a": 1}


def test_what_is_loaded_is_left_to_the_collector_again_when_the_session_ends(options: MakeOptions) -> None:
    gc.unfreeze()  # whatever an earlier test left open
    thresholds = gc.get_threshold()
    outer, inner = (Session(options(cases=("inbox.triage",), modes=("hijacked",))) for _ in range(2))
    outer.start()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] > thresholds[0]
    inner.start()
    inner.close()
    assert gc.get_freeze_count() > 0, "the inner session leaves alone what is not its own"
    assert gc.get_threshold()[0] > thresholds[0]
    outer.close()
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == thresholds


def test_a_collector_that_was_switched_off_stays_off(options: MakeOptions) -> None:
    gc.unfreeze()
    thresholds = gc.get_threshold()
    gc.set_threshold(0)
    try:
        session = Session(options(cases=("inbox.triage",), modes=("hijacked",)))
        session.start()
        assert gc.get_threshold()[0] == 0
        session.close()
        assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*thresholds)
