"""GO and NO-GO, blockers, waivers, the file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.checklist import Checklist, Waiver, evaluate, read_checklist, write_checklist
from pytest_agentsafety.model.errors import AgentSafetyError
from tests.unit.report.evidence_builder import EvidenceBuilder, row

TODAY = date(2026, 11, 22)


def waive_all(checklist: Checklist, expires: str = "2026-12-31") -> list[Waiver]:
    open_items = [item.id for item in checklist.items if item.status in ("FAIL", "NOT TESTED")]
    return [Waiver(item=id_, owner="R. Manager", reason="pilot", expires=expires) for id_ in open_items]


def judged(builder: EvidenceBuilder) -> Checklist:
    """With every open item waived: only blockers are left to say no."""
    folder = builder.folder if (builder.folder / "run.json").exists() else builder.write()
    return evaluate(folder, waivers=waive_all(evaluate(folder)), today=TODAY)


def test_untested_items_block(audited: EvidenceBuilder) -> None:
    checklist = evaluate(audited.folder)
    assert checklist.verdict == "NO-GO"
    assert checklist.blockers == ()
    assert checklist.counts["FAIL"] == 0
    assert sum(checklist.counts.values()) == 26


def test_whole_evidence_with_waivers_is_go(audited: EvidenceBuilder) -> None:
    checklist = judged(audited)
    assert checklist.verdict == "GO"
    assert checklist.counts["NOT TESTED"] == 0
    waived = next(item for item in checklist.items if item.status == "WAIVED")
    assert waived.waiver is not None
    assert waived.waiver.owner == "R. Manager"


def test_an_expired_waiver_does_not_hold(audited: EvidenceBuilder) -> None:
    waivers = waive_all(evaluate(audited.folder), expires="2026-11-21")
    assert evaluate(audited.folder, waivers=waivers, today=TODAY).counts["WAIVED"] == 0


def test_a_waiver_holds_through_its_last_day(audited: EvidenceBuilder) -> None:
    waivers = waive_all(evaluate(audited.folder), expires="2026-11-22")
    assert evaluate(audited.folder, waivers=waivers, today=TODAY).verdict == "GO"


def test_a_waiver_leaves_passed_items_alone(audited: EvidenceBuilder) -> None:
    waiver = Waiver(item="INJ-2", owner="x", reason="y", expires="2099-01-01")
    item = next(i for i in evaluate(audited.folder, waivers=[waiver]).items if i.id == "INJ-2")
    assert (item.status, item.waiver) == ("PASS", None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"agent_kind": "reference"}, "not your own"),
        ({"agent_kind": None}, "not your own"),
        ({"guards_all": False}, "not all guards"),
        ({"guards_all": None}, "not all guards"),
        ({"marks": ["guards off: pii"]}, "marked: guards off: pii"),
        ({"n_selected": 81}, "1 of 81 selected cases have no result"),
        ({"gates": [{"metric": "m", "status": "undecidable", "message": "needs 52"}]}, "gate undecidable: needs 52"),
    ],
)
def test_what_never_gives_go(good: EvidenceBuilder, change: dict[str, Any], words: str) -> None:
    good.run |= change
    checklist = judged(good)
    assert checklist.verdict == "NO-GO"
    assert [blocker for blocker in checklist.blockers if words in blocker]


def test_scripted_rows_never_give_go(good: EvidenceBuilder) -> None:
    good.add(row("s1", mode="scripted"))
    assert "cases were answered by a scripted model" in judged(good).blockers


def test_rows_of_several_agents_never_give_go(good: EvidenceBuilder) -> None:
    good.add(row("x1", agent_id="other"))
    assert "the rows come from several agents" in judged(good).blockers


def test_a_run_that_was_cut_off_never_gives_go(good: EvidenceBuilder) -> None:
    folder = good.write()
    (folder / "run.json").unlink()
    checklist = evaluate(folder)
    assert "run.json is missing: the run was cut off" in checklist.blockers
    assert checklist.header["commit"] is None


def test_no_case_never_gives_go(tmp_path: Path) -> None:
    assert "no case was run" in evaluate(EvidenceBuilder(tmp_path).write()).blockers


def test_a_bundled_agent_tests_only_the_installation(good: EvidenceBuilder) -> None:
    good.run["agent_kind"] = "reference"
    items = {item.id: item for item in evaluate(good.write()).items}
    assert items["INJ-2"].tested == "this installation"
    assert items["TOOL-1"].tested == "this policy"


def test_the_file_holds_everything_and_reads_back(audited: EvidenceBuilder) -> None:
    checklist = write_checklist(audited.folder)
    data = json.loads((audited.folder / "checklist.json").read_text())
    assert (data["schema"], data["verdict"]) == (1, "NO-GO")
    assert data["header"]["commit"] == "0123abcd"
    assert data["header"]["policy_sha256"].startswith("c0ffee")
    assert data["out_of_scope"][0]["id"] == "ASI07"
    assert set(data["items"][0]) >= {"id", "question", "status", "evidence", "tested", "rule", "standards"}
    assert read_checklist(audited.folder / "checklist.json") == checklist


def test_waivers_read_back(audited: EvidenceBuilder) -> None:
    checklist = judged(audited)
    path = audited.folder / "checklist.json"
    path.write_text(json.dumps(checklist.to_dict()))
    assert read_checklist(path) == checklist


def test_a_forged_verdict_is_not_believed(audited: EvidenceBuilder) -> None:
    write_checklist(audited.folder)
    path = audited.folder / "checklist.json"
    path.write_text(path.read_text().replace('"verdict": "NO-GO"', '"verdict": "GO"'))
    assert read_checklist(path).verdict == "NO-GO"


def test_forged_metrics_are_not_believed(good: EvidenceBuilder) -> None:
    folder = good.write()
    before = evaluate(folder)
    (folder / "metrics.json").write_text('{"schema": 1}')
    assert evaluate(folder) == before


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1}', '{"schema": 7}'])
def test_a_damaged_checklist_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "checklist.json"
    path.write_text(text)
    with pytest.raises(AgentSafetyError, match=r"checklist\.json"):
        read_checklist(path)


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_damaged_run_file_is_named(good: EvidenceBuilder, text: str) -> None:
    folder = good.write()
    (folder / "run.json").write_text(text)
    with pytest.raises(AgentSafetyError, match=r"run\.json"):
        evaluate(folder)
