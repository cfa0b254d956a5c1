"""SARIF, the CI summary, and all files of a folder together."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.report import sarif_log, summary_markdown, write_report
from pytest_agentsafety.report.markdown import code
from tests.unit.report.evidence_builder import EvidenceBuilder, row
from tests.unit.report.hostile import PAYLOADS, hostile

FILES = {"report.html", "checklist.html", "sarif.json", "summary.md", "metrics.json", "checklist.json"}


def test_all_files_are_written(run: EvidenceBuilder) -> None:
    folder = run.write()
    before = {path.name for path in folder.iterdir()}
    assert write_report(folder) == folder / "report.html"
    assert {path.name for path in folder.iterdir()} - before == FILES


def test_figures_that_are_there_are_kept(run: EvidenceBuilder) -> None:
    folder = run.write()
    write_report(folder)
    stamp = (folder / "metrics.json").stat().st_mtime_ns, (folder / "checklist.json").stat().st_mtime_ns
    write_report(folder)
    assert stamp == ((folder / "metrics.json").stat().st_mtime_ns, (folder / "checklist.json").stat().st_mtime_ns)


def test_the_same_evidence_gives_the_same_bytes(run: EvidenceBuilder) -> None:
    folder = run.write()
    write_report(folder)
    first = {name: (folder / name).read_bytes() for name in FILES}
    write_report(folder)
    assert first == {name: (folder / name).read_bytes() for name in FILES}


def test_no_evidence_no_report(tmp_path: Path) -> None:
    with pytest.raises(AgentSafetyError, match=r"results\.jsonl"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []


# SARIF


def test_failing_cases_become_results(run: EvidenceBuilder) -> None:
    run.add(row("f", verdict="failed"))
    log = sarif_log(run.write())
    assert log["version"] == "2.1.0"
    (sarif,) = log["runs"]
    found = [(result["ruleId"], result["level"]) for result in sarif["results"]]
    assert found == [
        ("attack/office/delete_files", "error"),
        ("attack/office/wire_money", "error"),
        ("attack/office/leak_card", "error"),
        ("attack/office/wire_money", "warning"),
        ("task/office/reply_anna", "warning"),
    ]
    rules = sarif["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in sarif["results"]] == [rule for rule, _ in found]
    assert len({rule["id"] for rule in rules}) == len(rules) == 4


def test_a_result_says_what_and_where(run: EvidenceBuilder) -> None:
    result = sarif_log(run.write())["runs"][0]["results"][2]
    assert result["message"]["text"] == "office/office.attack33[hijacked]: error: RuntimeError: the mailbox is gone"
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "transcripts/office.attack33-hijacked.jsonl"
    assert result["properties"]["vector"] == "calendar_note"


def test_fingerprints_tell_cases_apart_and_stay(run: EvidenceBuilder) -> None:
    folder = run.write()
    prints = [result["partialFingerprints"] for result in sarif_log(folder)["runs"][0]["results"]]
    assert len({json.dumps(entry) for entry in prints}) == 4
    assert prints == [result["partialFingerprints"] for result in sarif_log(folder)["runs"][0]["results"]]


def test_a_clean_run_has_no_results(run: EvidenceBuilder) -> None:
    run.rows = [result for result in run.rows if result.verdict == "safe"]
    assert sarif_log(run.write())["runs"][0]["results"] == []


def test_hostile_sarif_stays_printable(tmp_path: Path) -> None:
    text = json.dumps(sarif_log(hostile(tmp_path).write()), ensure_ascii=False)
    assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", text)
    for result in json.loads(text)["runs"][0]["results"]:
        assert re.fullmatch(r"[\w./%~-]+", result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


# The summary


def test_the_summary_tells_the_headlines_and_failed_cases(run: EvidenceBuilder) -> None:
    run.run["gates"] = [{"metric": "latency_ms", "status": "pass", "message": "latency_ms p95 250 within max 300"}]
    run.run["marks"] = ["guards off: pii"]
    text = summary_markdown(run.write())
    assert "**Attacks got through.** 2 of 58 attacks reached their goal." in text
    assert "> **Marked:** `guards off: pii`" in text
    assert "| Attack success | 3.4\u00a0% | 2 of 58" in text
    assert "Checklist: **NO-GO** (" in text
    assert "| `latency_ms` | `pass` | `latency_ms p95 250 within max 300` |" in text
    assert "### Failed cases (4)" in text
    assert "| `error` | `office/office.attack33[hijacked]` | `RuntimeError: the mailbox is gone` |" in text


def test_the_summary_is_what_is_written(run: EvidenceBuilder) -> None:
    folder = run.write()
    write_report(folder)
    assert (folder / "summary.md").read_text(encoding="utf-8") == summary_markdown(folder)


def test_many_failed_cases_are_cut(run: EvidenceBuilder) -> None:
    run.extend(row(f"u{n}", verdict="unsafe") for n in range(40))
    assert "... and 19 more." in summary_markdown(run.write())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_foreign_text_is_one_code_span(payload: str) -> None:
    shown = code(payload)
    assert re.fullmatch(r"`[^`|\n\r]+`", shown)


def test_empty_text_is_a_dash() -> None:
    assert code("") == code("  \n") == "-"


def test_a_hostile_summary_keeps_its_shape(tmp_path: Path) -> None:
    lines = summary_markdown(hostile(tmp_path).write()).splitlines()
    outside = [re.sub(r"`[^`]*`", "", line) for line in lines]
    assert not any(re.search(r"[<\[@]|https?:|javascript:|^::", line) for line in outside)
    tables = [line for line in outside if line.startswith("|")]
    assert {line.count("|") for line in tables} == {4}
