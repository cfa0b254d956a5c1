"""Rows of results.jsonl go out and come back the same; damaged ones say what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.jsonl import dump_line
from pytest_agentsafety.model.results import SCHEMA, CaseResult, ToolStats

ROW = CaseResult(
    run_id="r1",
    agent_id="bundled",
    case_id="inbox.t1.i1.body.plain",
    kind="attack",
    suite="inbox",
    user_task="t1",
    injection_task="i1",
    vector="body",
    attack="plain",
    mode="hijacked",
    model_ids=("claude-opus-5-5",),
    trial=1,
    variant="",
    guards=("injection", "pii"),
    provenance="enforce",
    policy_sha256="0" * 64,
    verdict="safe",
    utility=True,
    attack_succeeded=False,
    delivered=True,
    exposed=True,
    stopped_by=("provenance",),
    escalations=1,
    held=1,
    tool_calls=3,
    tools={"send": ToolStats(calls=2, denied=1), "read": ToolStats(calls=1, errors=1, held=1)},
    retries=0,
    routes=({"asked": "a", "used": "b"},),
    input_tokens=10,
    output_tokens=5,
    cost_usd=0.25,
    cost_estimated=False,
    latency_ms=1.5,
    error=None,
    cassette_sha256=None,
    transcript="transcripts/x.jsonl",
)


def stored(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(dump_line(ROW.to_dict()))
    return {**row, **changes}


def test_a_row_survives_the_file() -> None:
    assert CaseResult.from_dict(stored()) == ROW


def test_a_benign_row_survives_with_its_nulls() -> None:
    benign = replace(
        ROW, kind="benign", injection_task=None, vector=None, attack=None, verdict="completed", delivered=None
    )
    assert CaseResult.from_dict(json.loads(dump_line(benign.to_dict()))) == benign


def test_every_field_of_the_contract_is_written() -> None:
    names = """
        schema run_id agent_id case_id kind suite user_task injection_task vector attack mode model_ids trial variant
        guards provenance policy_sha256 verdict utility attack_succeeded delivered exposed stopped_by escalations held
        tool_calls tools retries routes input_tokens output_tokens cost_usd cost_estimated latency_ms error
        cassette_sha256 transcript synthetic
    """
    assert sorted(stored()) == sorted(re.findall(r"\w+", names))
    assert set(stored()["tools"]["send"]) == {"calls", "errors", "denied", "held"}


def test_key_and_node_name() -> None:
    assert ROW.key == ("inbox.t1.i1.body.plain", "hijacked", 1, "")
    assert ROW.node_name == "inbox/inbox.t1.i1.body.plain[hijacked]"


@pytest.mark.parametrize("schema", [0, SCHEMA + 1, "1", None])
def test_another_schema_is_refused(schema: object) -> None:
    with pytest.raises(AgentSafetyError, match=rf"schema {schema!r}, this version reads {SCHEMA}"):
        CaseResult.from_dict(stored(schema=schema))


def test_missing_fields_are_named() -> None:
    row = stored()
    del row["verdict"], row["tools"]
    with pytest.raises(AgentSafetyError, match=r"'inbox\.t1\.i1\.body\.plain' lacks tools, verdict"):
        CaseResult.from_dict(row)


def test_fields_of_a_later_version_are_ignored() -> None:
    assert CaseResult.from_dict(stored(new_field=1)) == ROW


@pytest.mark.parametrize("tools", [None, [], "x", {"send": {"calls": 1, "what": 2}}, {"send": 3}])
def test_damaged_tool_counts_are_an_error_that_names_the_case(tools: object) -> None:
    with pytest.raises(AgentSafetyError, match=r"case 'inbox\.t1\.i1\.body\.plain'"):
        CaseResult.from_dict(stored(tools=tools))


def test_a_damaged_list_is_an_error_that_names_the_case() -> None:
    with pytest.raises(AgentSafetyError, match="inbox"):
        CaseResult.from_dict(stored(guards=5))


def test_null_lists_read_as_empty() -> None:
    row = CaseResult.from_dict(stored(stopped_by=None, routes=None))
    assert (row.stopped_by, row.routes) == ((), ())
