"""Found cases as items of a pytest session."""

from __future__ import annotations

import json
from typing import Any

import pytest

GUARD = """
from pytest_agentsafety.model.decisions import GuardrailResult

class Guard:
    name = "words"
    stages = frozenset({"input"})
    def check(self, text, context):
        hit = "ignore all previous" in text.lower()
        status, action = ("triggered", "block") if hit else ("clean", "allow")
        return GuardrailResult(guard="words", status=status, action=action)
"""
TEST = """
from hypothesis import strategies as st
from plugin_fuzz_guard import Guard
from pytest_agentsafety.fuzz import fuzz_guardrail, obfuscations

@fuzz_guardrail(Guard(), target="plugin_fuzz_guard:Guard", max_examples=30, oracles=["obfuscation"],
                obfuscations=obfuscations(names=["NAME"]))
def test_guard():
    pass

def test_by_fixture(agent_safety):
    agent_safety.fuzz(Guard, max_examples=20, oracles=["harmless"])
"""


@pytest.fixture
def home(project: Any) -> Any:
    project.file("agentsafety.toml", "[tool.agentsafety]\n")
    project.file("plugin_fuzz_guard.py", GUARD)
    project.file("conftest.py", "")
    return project


def cases(project: Any) -> list[Any]:
    return sorted((project.root / "tests/agentsafety-cases").glob("*.json"))


def test_from_the_decorator_to_the_item_to_the_fix(home: Any) -> None:
    home.file("test_own.py", TEST.replace("NAME", "zero_width"))
    found = home.pytest("test_own.py")
    assert found.status == 1
    assert "puts an invisible character between the letters" in found.out
    (path,) = cases(home)
    item = f"agentsafety::fuzz/{path.stem}[words]"

    failing = home.pytest("--agent-safety-only", "--agent-safety-case=words-*", "-v")
    assert failing.status == 1
    assert f"{item} FAILED" in failing.out
    assert "UNSAFE: broken: an attack that is detected stays detected" in failing.out
    assert "alone: agentsafety fuzz --replay" in failing.out
    assert not (home.folder / "results.jsonl").exists() or home.rows() == []

    data = json.loads(path.read_text())
    waiver = {"owner": "ann", "reason": "known", "expires": "2999-01-01"}
    path.write_text(json.dumps({**data, "waiver": waiver}))
    waived = home.pytest("--agent-safety", item, "-rA")
    assert waived.status == 0, waived.text
    assert "1 unsafe (tolerated)" in waived.out
    assert "waived by ann until 2999-01-01: known" in waived.out
    assert "0 of 1 hold; 0 bypassed, 1 bypassed and waived" in waived.out

    path.write_text(json.dumps({**data, "waiver": {**waiver, "expires": "2020-01-01"}}))
    assert home.pytest("--agent-safety", item).status == 1

    path.write_text(json.dumps(data))
    home.file("plugin_fuzz_guard.py", GUARD.replace("text.lower()", 'text.replace("\\u200b", "").lower()'))
    fixed = home.pytest("--agent-safety", "--agent-safety-case=words-*", "-v")
    assert fixed.status == 0, fixed.text
    assert f"{item} PASSED" in fixed.out
    assert "test_by_fixture PASSED" in fixed.out


def test_xdist_and_selection(home: Any) -> None:
    pytest.importorskip("xdist")
    options = ("--examples=200", "--seed=1", "--oracle=obfuscation", "-q")
    assert home.cli("fuzz", "plugin_fuzz_guard:Guard", *options).status == 1
    found = cases(home)
    count = len(found)
    assert count >= 3
    done = home.pytest("--agent-safety-only", "--agent-safety-case=words-*", "-n", "2")
    assert done.status == 1
    rows = [json.loads(line) for line in (home.folder / "fuzz.jsonl").read_text().splitlines()]
    assert [row["case"] for row in rows] == [path.stem for path in found]
    assert f"0 of {count} hold; {count} bypassed" in done.out
    one = home.pytest("--agent-safety-only", "--agent-safety-case=words-*", "-k", found[0].stem, "-v")
    assert one.out.count("FAILED agentsafety::fuzz") == 1
    listed = home.cli("list", "--case=words-*", "--json")
    assert len(json.loads(listed.out)["fuzz"]) == count
    ran = home.cli("run", "--case=words-*")
    assert ran.status == 1
    assert f"BYPASS fuzz/{found[0].stem}" in ran.out


def test_a_broken_case_file_is_a_usage_error(home: Any) -> None:
    home.file("tests/agentsafety-cases/x.json", "{}")
    done = home.pytest("--agent-safety-only")
    assert done.status == 4
    assert "x.json: schema None, this version reads 1" in done.text
