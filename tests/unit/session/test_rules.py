"""The rules a suite runs under: its own, changed by options and by what the configuration says in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_agentsafety.config import load_settings
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.session import RunOptions, Session
from pytest_agentsafety.session.rules import SuiteRules

MakeOptions = Callable[..., RunOptions]
Adapted = Callable[..., Policy]


@pytest.fixture
def adapted(options: MakeOptions, tmp_path: Path) -> Adapted:
    """`adapted(toml, **options)`: a suite's own default policy, as it would run."""

    def make(text: str = "", **given: str) -> Policy:
        (tmp_path / "agentsafety.toml").write_text(f"[tool.agentsafety]\n{text}\n")
        return SuiteRules(options(**given), load_settings(tmp_path)).adapted(Policy())

    return make


def test_nothing_said_nothing_changed(adapted: Adapted) -> None:
    assert adapted() == Policy()


def test_the_configuration_counts_where_it_was_written(adapted: Adapted) -> None:
    assert adapted('provenance = "strict"').provenance == "strict"
    assert adapted('[tool.agentsafety.approval]\napprover = "oracle"').approval.approver == "oracle"


def test_options_beat_it(adapted: Adapted) -> None:
    assert adapted('provenance = "strict"', provenance="off").provenance == "off"
    written = '[tool.agentsafety.approval]\napprover = "oracle"'
    assert adapted(written, approver="deny").approval.approver == "deny"


def test_guards_come_from_the_option_alone(adapted: Adapted) -> None:
    assert adapted(guards="pii").guards == {"pii"}


def test_where_and_how_long_is_asked_leaves_recordings_valid(adapted: Adapted, options: MakeOptions) -> None:
    """It decides nothing, so that it is no part of the policy's hash; the run knows it all the same."""
    written = '[tool.agentsafety.approval]\nqueue = "asks/open.jsonl"\ntimeout = 5'
    assert adapted(written).sha256 == Policy().sha256
    assert adapted(written, approver="queue").sha256 != Policy().sha256, "who is asked decides a lot"
    session = Session(options())
    assert (session.asking.queue, session.asking.timeout) == (session.settings.root / "asks/open.jsonl", 5)
    assert session.asking.mask("ann@shop.test") != "ann@shop.test"


def test_the_queue_is_in_the_evidence_unless_configured(adapted: Adapted, options: MakeOptions) -> None:
    adapted()
    session = Session(options())
    assert session.asking.queue == session.folder / "approvals.jsonl"


def test_the_queue_outlives_the_run_that_made_it(options: MakeOptions) -> None:
    session = Session(options())
    for expected in ("", "one\n"):
        session.prepare_folder()
        queue = session.folder / "approvals.jsonl"
        assert (queue.read_text() if queue.exists() else "") == expected
        queue.write_text("one\n")
    assert not (session.folder.with_name(session.folder.name + ".previous") / "approvals.jsonl").exists()


def test_a_callback_of_the_configuration_serves_every_suite(adapted: Adapted) -> None:
    policy = adapted('[tool.agentsafety.approval]\ncallback = "people:ask"', approver="callback")
    assert (policy.approval.approver, policy.approval.callback is not None) == ("callback", True)


def test_one_policy_per_suite_is_kept(options: MakeOptions) -> None:
    session = Session(options())
    suite, other = session.plan.suites
    assert session.rules.policy_for(suite) is session.rules.policy_for(suite)
    assert session.rules.policy_for(other) is not session.rules.policy_for(suite)
    assert session.rules.policy_for(suite).tools.keys() >= {"send_mail", "pay_invoice"}


def test_marks_say_why_figures_are_no_statement_about_production(options: MakeOptions) -> None:
    assert Session(options(modes=("hijacked",))).describe()["marks"] == []
    marked = Session(options(guards="pii", provenance="off", approver="oracle")).describe()
    assert [mark.partition(" ")[0] for mark in marked["marks"]] == ["guards", "provenance", "approver"]
    assert marked["guards_all"] is False


def test_run_json_says_what_runs_on_what(options: MakeOptions) -> None:
    run = Session(options(cases=("inbox.triage",), command="agentsafety run")).describe()
    assert (run["n_selected"], run["suites"], run["modes"]) == (2, ["inbox", "workbench"], ["recorded", "hijacked"])
    assert run["policies"]["inbox"]["sha256"] == run["policy_sha256"]
    assert run["versions"].keys() >= {"python", "anthropic"}
    assert run["tools"]["send_mail"] == {"effect": "egress", "ruled": True, "drafted": False}
    assert (run["ended"], run["exit_status"], run["commit"]) == (None, None, None)
