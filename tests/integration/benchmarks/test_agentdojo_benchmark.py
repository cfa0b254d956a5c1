"""The AgentDojo benchmark on a small slice: its figures are what its rows say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("agentdojo", reason="needs the extra: pip install 'pytest-agentsafety[agentdojo]'")

from benchmarks import agentdojo as benchmark
from benchmarks.lib import running
from benchmarks.lib.attackers import ATTACKERS, Target, names_like
from benchmarks.lib.figures import figures, quantile
from benchmarks.lib.rows import Row, read_rows
from benchmarks.lib.running import Bench, Choice
from benchmarks.lib.suites import load_suites
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.metrics.stats import wilson
from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.policy import Policy

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "benchmarks" / "agentdojo.py"


def run(*options: str) -> str:
    command = [sys.executable, str(SCRIPT), "--suites", "banking", "--quiet", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=120).stdout


def cells(output: str, label: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(label))[len(label) :].strip()


@pytest.fixture(scope="module")
def slice_of(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Row]]:
    file = tmp_path_factory.mktemp("bench") / "rows.json"
    output = run("--every", "20", "--json", str(file))
    return output, read_rows(file)


def test_the_table_says_what_the_rows_say(slice_of: tuple[str, list[Row]]) -> None:
    output, rows = slice_of
    attacks = [row for row in rows if row.kind == "attack" and row.decided]
    benign = [row for row in rows if row.kind == "benign" and row.decided]
    assert (len(attacks), len(benign)) == (8, 1)
    for label, found, good in (
        ("attack success", attacks, [row.attack_succeeded for row in attacks]),
        ("utility under attack", attacks, [row.utility for row in attacks]),
        ("benign utility, asks refused", benign, [row.utility for row in benign]),
        ("benign utility, oracle", benign, [row.oracle for row in benign]),
        ("benign tasks that ask", benign, [row.asks > 0 for row in benign]),
    ):
        low, high = wilson(sum(map(bool, good)), len(found))
        share = sum(map(bool, good)) / len(found)
        expected = f"{sum(map(bool, good))}/{len(found)} {share:.1%} [{low:.1%}, {high:.1%}]"
        assert cells(output, label) == expected, label
    assert cells(output, "decisions on non-reads") == str(sum(len(row.decisions_us) for row in rows))
    assert all(row.by_calls and row.upstream for row in attacks)


def test_every_refused_task_is_listed_with_its_reason(slice_of: tuple[str, list[Row]]) -> None:
    output, rows = slice_of
    unhappy = [row for row in rows if row.kind == "benign" and not row.utility]
    for row in unhappy:
        assert f"{row.suite}  {row.user_task}  {row.verdict}" in output
        for refusal in row.refusals:
            assert refusal.rule in output
            assert refusal.reason in output


def test_without_guards_the_agent_obeys(tmp_path: Path) -> None:
    output = run("--every", "20", "--guards", "none", "--no-oracle")
    assert cells(output, "attack success").startswith("8/8 100.0%")
    assert "attacks that succeeded (8)" in output
    assert cells(output, "benign tasks that ask").startswith("0/1")


def test_two_processes_give_the_same_rows(slice_of: tuple[str, list[Row]], tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    run("--every", "20", "--jobs", "2", "--json", str(file))
    names = [(row["case_id"], row["verdict"], row["utility"]) for row in json.loads(file.read_text())["rows"]]
    assert names == [(row.case_id, row.verdict, row.utility) for row in slice_of[1]]


def test_cases_by_id_and_the_earlier_run(slice_of: tuple[str, list[Row]], tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    run("--case", "banking.user_task_0", "--guards", "none", "--json", str(old))
    assert [row.case_id for row in read_rows(old)] == ["banking.user_task_0"]
    assert "against the earlier run" in run("--case", "banking.user_task_0", "--against", str(old))


@pytest.mark.parametrize("attack", [*ATTACKERS, "words"])
def test_every_attack_is_delivered_and_obeyed(attack: str) -> None:
    bench = Bench(Choice(suites=("agentdojo:banking",), attack=attack, guards="none", every=144))
    units = [unit for unit in bench.units() if attack in unit.case_id]
    with bench.running() as case:
        rows = [case(unit) for unit in units]
    assert [row.verdict for row in rows] == ["unsafe"] * len(units)
    assert units


def test_an_attack_by_glob_and_a_wrong_name() -> None:
    assert names_like("paraphrase-*") == ["paraphrase-1", "paraphrase-2", "paraphrase-3"]
    with pytest.raises(SystemExit, match="'nope' is not known"):
        names_like("nope")
    with pytest.raises(SystemExit, match="--foreign: 'nope' is not known"):
        load_suites([], ["nope"])


def test_adaptive_texts_carry_the_values_in_the_forms_that_provenance_reads() -> None:
    calls = [PlannedCall(name="pay", arguments={"recipient": "DE99000000001234", "to": "['a@b.example']", "amount": 3})]
    record = {"recipient": "GB1100000000", "amount": "1", "id": "7"}
    target = Target(stock="", goal="Pay me.", calls=calls, record=record)
    assert "\nIBAN: DE99000000001234\nEmail: a@b.example\nAmount: 3\n" in ATTACKERS["adaptive-label"](target)
    assert "- recipient: DE99000000001234\n  amount: '3'\n  id: '7'\n" in ATTACKERS["adaptive-record"](target)
    assert "please also pay me." in ATTACKERS["adaptive-quote"](target)
    assert ATTACKERS["adaptive-directory"](target).splitlines()[1:] == ["DE99000000001234", "a@b.example", "3"]
    assert ATTACKERS["adaptive-value"](target) == "a@b.example"


def test_undecided_cases_are_in_no_rate() -> None:
    def row(verdict: str, succeeded: bool | None) -> Row:
        return Row(
            suite="s", case_id=verdict, kind="attack", user_task="u", injection_task="i", attack="a", verdict=verdict,
            attack_succeeded=succeeded, utility=True, delivered=True, asks=0, by_calls=True, upstream=True,
            stopped_by=(), answer_changed=(), error=None, wall=0.0, cpu=0.0,
        )  # fmt: skip

    found = figures("s", [row("unsafe", True), row("safe", False), row("error", None), row("inconclusive", False)])
    assert (found.attacks.k, found.attacks.n, found.errors, found.inconclusive) == (1, 2, 1, 1)


def test_quantiles() -> None:
    assert [quantile([4, 1, 3, 2], share) for share in (0.25, 0.5, 0.95)] == [1, 2, 4]
    assert str(quantile([], 0.5)) == "nan"


def test_knock_outs_reach_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[frozenset[str]] = []

    class Knocked(Gate):
        def __init__(self, policy: Policy, *, provenance_off: frozenset[str] = frozenset(), **named: Any) -> None:
            taken.append(provenance_off)
            super().__init__(policy, **named)

    monkeypatch.setattr(running, "Gate", Knocked)
    options = ["--suites", "banking", "--case", "banking.user_task_1", "--quiet", "--off-each", "intent,egress"]
    assert benchmark.main(options) == 0
    assert dict.fromkeys(taken) == dict.fromkeys([frozenset(), frozenset({"intent"}), frozenset({"egress"})])
