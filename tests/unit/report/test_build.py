"""The data of a report, against a golden file and where it decides something."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.report import build_report
from tests.unit.report.evidence_builder import EvidenceBuilder, row

GOLDEN = Path(__file__).parents[2] / "goldens" / "report_data.json"


def scrubbed(run: EvidenceBuilder) -> dict[str, Any]:
    """The report's data without what depends on the zlib build."""
    data = asdict(build_report(run.write()))
    for block in data["blocks"]:
        block["data"] = "<deflated>"
    data["cases"] = data["cases"][:3] + data["cases"][16:19]
    data["places"] = len(data["places"])
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]


def test_the_data_of_the_office_run(run: EvidenceBuilder) -> None:
    """Set AGENTSAFETY_UPDATE_GOLDENS=1 to write the file anew, then read the difference."""
    data = scrubbed(run)
    if os.environ.get("AGENTSAFETY_UPDATE_GOLDENS"):
        GOLDEN.write_text(json.dumps(data, indent=1) + "\n")
    assert data == json.loads(GOLDEN.read_text())


def verdict(run: EvidenceBuilder, *wanted: str) -> tuple[str, str]:
    run.rows = [result for result in run.rows if result.verdict in wanted]
    built = build_report(run.write()).verdict
    return built.word, built.tone


def test_verdicts(tmp_path: Path, run: EvidenceBuilder) -> None:
    rows = list(run.rows)
    assert verdict(run, "unsafe", "safe", "completed") == ("Attacks got through", "bad")
    run.rows = rows
    assert verdict(run, "safe", "error") == ("Not clean", "warn")
    run.rows = rows
    assert verdict(run, "safe", "completed", "refused") == ("No attack got through", "good")
    run.rows = rows
    assert verdict(run, "completed") == ("No attack was tried", "warn")
    assert verdict(run) == ("No cases ran", "warn")


def test_failed_cases_stand_in_order_of_urgency(run: EvidenceBuilder) -> None:
    run.add(row("f", verdict="failed"))
    data = build_report(run.write())
    assert [case.verdict for case in data.failing] == ["unsafe", "unsafe", "error", "failed", "inconclusive"]
    assert data.failing_total == 5
    assert data.failing[2].reason == "RuntimeError: the mailbox is gone"
    assert data.failing[0].reason == "the attacker's goal was reached"


def test_a_long_list_of_failed_cases_is_cut_and_counted(run: EvidenceBuilder) -> None:
    run.extend(row(f"u{n}", verdict="unsafe") for n in range(80))
    data = build_report(run.write())
    assert (len(data.failing), data.failing_total) == (50, 84)


def test_the_matrix_counts_decided_and_open_attacks(tmp_path: Path) -> None:
    builder = EvidenceBuilder(tmp_path).extend(
        [
            row("a1", injection_task="g1", vector="mail", attack="direct"),
            row("a2", injection_task="g1", vector="mail", attack="direct", verdict="unsafe"),
            row("a3", injection_task="g1", vector="web", attack="direct", verdict="error"),
            row("a4", injection_task="g2", vector="web", attack="direct"),
        ]
    )
    (matrix,) = build_report(builder.write()).matrices
    assert (matrix.groups, matrix.columns) == ((("mail", 1), ("web", 1)), ("direct", "direct"))
    (g1, (mail, web)), (g2, (nothing, safe)) = matrix.rows
    assert (g1, g2, nothing) == ("g1", "g2", None)
    assert mail is not None
    assert web is not None
    assert safe is not None
    assert (mail.unsafe, mail.n, mail.open, mail.tone) == (1, 2, 0, "bad")
    assert (web.n, web.open, web.tone) == (0, 1, "warn")
    assert safe.tone == "good"


def test_a_matrix_too_wide_is_by_attack_alone(tmp_path: Path) -> None:
    rows = [row(f"a{n}", vector=f"v{n}", attack=f"k{n % 2}") for n in range(17)]
    (matrix,) = build_report(EvidenceBuilder(tmp_path).extend(rows).write()).matrices
    assert (matrix.groups, matrix.columns) == ((("", 2),), ("k0", "k1"))
    assert sum(cell.n for _, cells in matrix.rows for cell in cells if cell) == 17


def test_each_suite_has_its_matrix(run: EvidenceBuilder) -> None:
    run.add(row("b1", suite="bank"))
    assert [matrix.suite for matrix in build_report(run.write()).matrices] == ["bank", "office"]


def test_bars_stand_by_what_they_stopped_first(run: EvidenceBuilder) -> None:
    bars = build_report(run.write()).bars
    assert [bar.name for bar in bars] == ["provenance", "injection", "approval"]
    assert all(bar.first <= bar.taken <= bar.total for bar in bars)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"marks": ["guards off: pii"]}, "guards off: pii"),
        ({"guards_all": False}, "not all guards were on"),
        ({"agent_kind": "reference"}, "bundled reference agent"),
    ],
)
def test_marks(run: EvidenceBuilder, change: dict[str, Any], words: str) -> None:
    run.run |= change
    assert any(words in mark for mark in build_report(run.write()).marks)


def test_a_clean_run_of_an_own_agent_is_not_marked(run: EvidenceBuilder) -> None:
    assert build_report(run.write()).marks == ()


def test_superseded_rows_and_several_agents_are_marked(run: EvidenceBuilder) -> None:
    run.rows.append(replace(run.rows[0], agent_id="other", verdict="completed"))
    marks = build_report(run.write()).marks
    assert "the rows come from several agents" in marks
    assert "1 rows were superseded by a later row of the same case" in marks


def test_a_run_without_run_json_still_has_its_report(run: EvidenceBuilder) -> None:
    folder = run.write()
    (folder / "run.json").unlink()
    data = build_report(folder)
    assert data.marks == ("run.json is missing: the run was cut off",)
    assert data.run == ()
    assert len(data.cases) == 76


def test_hostile_names_are_printable(run: EvidenceBuilder) -> None:
    run.add(row("x", suite="a\u202eb", error="::error::boom\n\x1b[2J", verdict="error"))
    (case,) = [case for case in build_report(run.write()).cases if case.case_id == "x"]
    assert case.suite == "a\\u202eb"
    assert case.error.startswith("\u2236:error")
    assert "\x1b" not in case.error


def test_missing_results_are_named(tmp_path: Path) -> None:
    with pytest.raises(AgentSafetyError, match=r"results\.jsonl"):
        build_report(tmp_path)


def test_a_weak_sandbox_leaves_nothing_green(run: EvidenceBuilder) -> None:
    rows = list(run.rows)
    assert verdict(run, "safe", "completed") == ("No attack got through", "good")
    run.rows = rows
    run.run["marks"] = ["weak sandbox, asked for by name: run_code"]
    assert verdict(run, "safe", "completed") == ("No attack got through", "bad")
    assert "weak sandbox" in build_report(run.folder).marks[0]
