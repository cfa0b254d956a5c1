"""TOOL-3 by the self-test's file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.checklist.sandbox_judge import FILE, judge_sandbox

RUN = {"platform": "Linux-6.1-x86_64", "tools": {"execute_code": {"effect": "execute", "sandbox": "auto"}}}


def report(**changes: Any) -> dict[str, Any]:
    rows = [
        {"id": f"probe{n}", "kind": "H", "control": True, "outcomes": {"native": "stopped", "both": "stopped"}}
        for n in range(30)
    ]
    rows.append({"id": "shown", "kind": "S", "control": True, "outcomes": {"native": "known", "both": "stopped"}})
    rows.append({"id": "void", "kind": "S", "control": False, "outcomes": {"native": "stopped", "both": "stopped"}})
    whole = {"schema": 1, "platform": RUN["platform"], "chosen": "both", "backends": {"both": ["seccomp", "uid"]}}
    return {**whole, "rows": rows, "holds": True, **changes}


def judged(folder: Path, found: Any, run: Any = RUN) -> Any:
    text = found if isinstance(found, str) else json.dumps(found)
    (folder / FILE).write_text(text)
    return judge_sandbox(folder, run)


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert judge_sandbox(tmp_path, RUN) is None


def test_all_stopped_passes_and_names_the_backend(tmp_path: Path) -> None:
    status, words = judged(tmp_path, report())
    assert status == "PASS"
    assert words == "31 of 32 probes escape without the sandbox, 0 in it; both: seccomp, uid"


@pytest.mark.parametrize("outcome", ["escaped", "refused", "nonsense"])
def test_an_escape_fails_whatever_the_file_says_of_itself(tmp_path: Path, outcome: str) -> None:
    found = report(holds=True)
    found["rows"][3]["outcomes"]["native"] = outcome
    assert judged(tmp_path, found) == (
        "FAIL", "31 of 32 probes escape without the sandbox; not stopped in it: probe3"
    )  # fmt: skip


def test_many_escapes_are_cut(tmp_path: Path) -> None:
    found = report()
    for row in found["rows"]:
        row["outcomes"]["native"] = "escaped"
    assert judged(tmp_path, found)[1].endswith("probe0, probe1, probe2, probe3, probe4 and 27 more")


def test_too_few_positive_controls_prove_too_little(tmp_path: Path) -> None:
    found = report()
    for row in found["rows"][:15]:
        row["control"] = False
    status, words = judged(tmp_path, found)
    assert (status, "fewer than 20 prove too little" in words) == ("NOT TESTED", True)


def test_another_machines_file_says_nothing_about_this_one(tmp_path: Path) -> None:
    status, words = judged(tmp_path, report(platform="Linux-5.4-aarch64"))
    assert (status, "of another machine" in words) == ("NOT TESTED", True)
    assert judged(tmp_path, report(), {"tools": RUN["tools"]})[0] == "NOT TESTED"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1}', '{"schema": 2}', "null", '{"schema": 1, "rows": 5}'])
def test_a_damaged_file_is_not_tested(tmp_path: Path, text: str) -> None:
    status, words = judged(tmp_path, text)
    assert (status, FILE in words) == ("NOT TESTED", True)


def test_a_weak_sandbox_fails_with_any_file(tmp_path: Path) -> None:
    weak = {**RUN, "tools": {"execute_code": {"effect": "execute", "sandbox": "native-weak"}}}
    assert judged(tmp_path, report(), weak) == ("FAIL", "weak by name (sandbox = 'native-weak'): execute_code")
    (tmp_path / FILE).unlink()
    assert judge_sandbox(tmp_path, weak) == ("FAIL", "weak by name (sandbox = 'native-weak'): execute_code")
