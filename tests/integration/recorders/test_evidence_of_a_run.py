"""What a real run leaves: every call in the log, each with what led to it, sound against its anchor."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.recorders import verify_audit

CALLS = frozenset({"model_called", "model_replied", "tool_called", "tool_decided", "tool_returned", "approval_given"})
SELECTED = ("--case=inbox.triage", "--case=inbox.triage*order")
Records = list[dict[str, Any]]


def lines(path: Path) -> Records:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module", params=["alone", "two workers"])
def done(request: pytest.FixtureRequest, new_project: Callable[[], Any]) -> Any:
    """The evidence of a small run, by one process and by two."""
    project = new_project()
    if request.param == "alone":
        project.done = project.cli("run", *SELECTED)
    else:
        pytest.importorskip("xdist")
        options = [option.replace("--case", "--agent-safety-case") for option in SELECTED]
        project.done = project.pytest("--agent-safety-only", "-p", "xdist", "-n2", "--agent-safety", *options)
    assert project.done.status in (0, 1), project.done.text
    return project


@pytest.fixture
def audit(done: Any) -> Records:
    return lines(done.folder / "audit.jsonl")


def key(record: dict[str, Any]) -> tuple[Any, ...]:
    return (record["type"], record["task_id"], record["call_id"], record["ts"])


def test_every_event_of_every_transcript_is_in_the_audit(done: Any, audit: Records) -> None:
    transcripts = [event for row in done.rows() for event in lines(done.folder / row["transcript"])]
    assert len([event for event in transcripts if event["type"] in CALLS]) >= 40
    assert Counter(map(key, transcripts)) - Counter(map(key, audit)) == Counter()


def test_the_chain_holds_against_the_anchor_of_the_run(done: Any, audit: Records) -> None:
    anchor = done.read("run.json")["audit"]
    report = verify_audit(done.folder / "audit.jsonl", {"seq": anchor["records"], "hash": anchor["head"]})
    assert (report.ok, report.anchored, report.records) == (True, True, len(audit))


def test_every_verdict_is_in_the_audit(done: Any, audit: Records) -> None:
    ended = {
        (r["result"]["case_id"], r["result"]["mode"]): r["result"]["verdict"]
        for r in audit
        if "result" in r and r["type"] == "case_ended"
    }
    assert ended == {(row["case_id"], row["mode"]): row["verdict"] for row in done.rows()}


def test_every_record_of_a_case_leads_back_to_the_users_task(audit: Records) -> None:
    by_seq = {record["seq"]: record for record in audit}
    for record in audit:
        task, steps = record.get("task_id"), 0
        while task and record["type"] != "case_started":
            parent = by_seq[record["parent"]]
            assert parent["seq"] < record["seq"]
            assert parent["task_id"] == task
            record, steps = parent, steps + 1
            assert steps < len(audit)
        assert not task or record["prompt"]


def test_a_call_of_a_tool_was_asked_for_by_a_model_and_says_why(audit: Records) -> None:
    by_seq = {record["seq"]: record for record in audit}
    called = [record for record in audit if record["type"] == "tool_called"]
    assert {by_seq[record["parent"]]["type"] for record in called} == {"model_replied"}
    assert any(record.get("stated_reason_untrusted") for record in called)
    assert all("stated_reason_untrusted" not in record for record in audit if record["type"] != "tool_called")


def test_before_anything_runs_it_was_decided(audit: Records) -> None:
    by_seq = {record["seq"]: record for record in audit}
    returned = [record for record in audit if record["type"] == "tool_returned"]
    assert returned
    for record in returned:
        kinds = []
        while record["type"] != "model_replied":
            kinds.append(record["type"])
            record = by_seq[record["parent"]]
        assert "tool_decided" in kinds
        assert kinds[-1] == "tool_called"


def test_spans_are_one_trace_a_task_and_count_the_same_calls(done: Any, audit: Records) -> None:
    documents = lines(done.folder / "spans.jsonl") if (done.folder / "spans.jsonl").exists() else []
    if not documents:
        documents = [doc for path in done.folder.glob("workers/*/spans.jsonl") for doc in lines(path)]
    traces = [doc["resourceSpans"][0]["scopeSpans"][0]["spans"] for doc in documents]
    assert len(traces) == len(done.rows())
    assert len({span["traceId"] for spans in traces for span in spans}) == len(traces)
    names = Counter(span["name"].split()[0] for spans in traces for span in spans)
    kinds = Counter(record["type"] for record in audit)
    assert (names["chat"], names["execute_tool"]) == (kinds["model_called"], kinds["tool_called"])


LOGGED = """
import logging, sys
from pytest_agentsafety.tracing import JsonFormatter
handler = logging.StreamHandler(open(sys.argv[1], "w"))
handler.setFormatter(JsonFormatter())
logging.getLogger("agent").addHandler(handler)
logging.getLogger("agent").setLevel(logging.INFO)
from pytest_agentsafety.cli.main import main
sys.exit(main(["run", "--case=inbox.triage", "--mode=hijacked"]))
"""


def test_the_log_names_the_run_of_run_json(new_project: Callable[[], Any]) -> None:
    project = new_project()
    done = project._run([sys.executable, "-c", LOGGED, "log.jsonl"], {})
    assert done.status in (0, 1), done.text
    logged = lines(project.root / "log.jsonl")
    assert {line["run_id"] for line in logged} == {project.read("run.json")["run_id"]}
    assert {line["details"]["task_id"] for line in logged} == {"inbox/inbox.triage[hijacked]"}
    returned = [line for line in logged if line["action"] == "tool_returned"]
    assert returned
    for line in returned:
        assert {"tool", "arguments", "latency_ms", "success"} <= set(line)
        assert len(line["result_summary"]) <= 200
