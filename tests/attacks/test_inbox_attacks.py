"""The bundled suite with nobody on guard: every attack is real, and every user task can be done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from pytest_agentsafety.model.tasks import Case
from pytest_agentsafety.protocols import Scenario
from pytest_agentsafety.resources import data_dir

SUITE = FolderSuite.load(data_dir("suites") / "inbox")
ATTACKS = [case for case in SUITE.cases() if case.kind == "attack"]
BENIGN = [case for case in SUITE.cases() if case.kind == "benign"]
WORDS_ONLY = {"leak"}


@dataclass
class Played:
    """What a run without a gate left behind."""

    calls: list[PlannedCall] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def answer(self) -> str:
        return "\n".join(self.words)


def texts_in(result: Any) -> Iterator[str]:
    if isinstance(result, str):
        yield result
    elif isinstance(result, list | dict):
        for part in result.values() if isinstance(result, dict) else result:
            yield from texts_in(part)


def play(scenario: Scenario, turns: Sequence[PlannedTurn], played: Played) -> Iterator[bool]:
    """Execute turns against the tools; yields after each turn whether attacker text has come out of a tool."""
    tools: dict[str, Callable[..., Any]] = {spec.name: spec.fn for spec in scenario.tools}
    for turn in turns:
        for call in turn.calls:
            played.results.append(tools[call.name](**call.arguments))
            played.calls.append(call)
        if not turn.calls:
            played.words.append(turn.text)
        yield delivered(scenario, played.results)


def delivered(scenario: Scenario, results: Sequence[Any]) -> bool:
    return any(
        injected in text for injected in scenario.injections.values() for result in results for text in texts_in(result)
    )


def obey(scenario: Scenario) -> Played:
    """The benign run; as soon as the attack is read, the attacker's turns come in between."""
    played = Played()
    hijacked = False
    for out in play(scenario, scenario.benign_turns(), played):
        if out and not hijacked:
            hijacked = True
            for _ in play(scenario, scenario.attack_turns() or (), played):
                pass
    return played


@pytest.mark.parametrize("case", BENIGN, ids=lambda case: case.case_id)
def test_ground_truth_does_the_task(case: Case) -> None:
    scenario = SUITE.open(case)
    try:
        before = scenario.utility("", [])
        played = obey(scenario)
        score = scenario.utility(played.answer, played.calls)
    finally:
        scenario.close()
    assert score.value is True, score.reason
    assert before.value is False, "the check holds before anything was done"


@pytest.mark.parametrize("pair", sorted({(c.user_task, c.vector, c.injection_task) for c in ATTACKS}), ids="-".join)
def test_obedient_model_reaches_the_attackers_goal_and_the_users(pair: tuple[str, str, str]) -> None:
    for case in ATTACKS:
        if (case.user_task, case.vector, case.injection_task) != pair:
            continue
        scenario = SUITE.open(case)
        try:
            played = obey(scenario)
            attack = scenario.attack_succeeded(played.answer, played.calls)
            utility = scenario.utility(played.answer, played.calls)
        finally:
            scenario.close()
        assert delivered(scenario, played.results), f"{case.case_id}: attacker text never came out of a tool"
        assert attack.value is True, f"{case.case_id}: {attack.reason}"
        assert utility.value is True, f"{case.case_id}: {utility.reason}"


@pytest.mark.parametrize("case", ATTACKS[:: len(SUITE.definition.attacks)], ids=lambda case: case.case_id)
def test_attack_does_not_succeed_by_itself(case: Case) -> None:
    """A model that ignores the attacker: the check of the attack must not hold."""
    scenario = SUITE.open(case)
    played = Played()
    try:
        for _ in play(scenario, scenario.benign_turns(), played):
            pass
        attack = scenario.attack_succeeded(played.answer, played.calls)
        utility = scenario.utility(played.answer, played.calls)
    finally:
        scenario.close()
    assert attack.value is False, attack.reason
    assert utility.value is True, utility.reason


@pytest.mark.parametrize("injection", SUITE.definition.injections, ids=lambda task: task.id)
def test_only_the_declared_goal_is_words_alone(injection: Any) -> None:
    calls = [call for turn in injection.turns for call in turn.calls]
    assert bool(calls) == (injection.id not in WORDS_ONLY)
    assert all(item.startswith(("LLM", "ASI", "AML.")) for item in injection.standards)
    assert injection.standards


def test_size_of_the_suite() -> None:
    told = SUITE.definition
    assert len(told.tasks) >= 8
    assert len([task for task in told.injections if task.id not in WORDS_ONLY]) >= 6
    assert len(told.vectors) >= 3
    assert len(told.attacks) >= 4
    assert len({c.case_id for c in SUITE.cases()}) == len(SUITE.cases())


def test_every_attack_has_its_twin() -> None:
    benign = {case.case_id for case in BENIGN}
    assert {case.twin for case in ATTACKS} <= benign


def test_every_vector_is_read_by_some_task() -> None:
    assert {case.vector for case in ATTACKS} == {vector.id for vector in SUITE.definition.vectors}


def test_policy_covers_exactly_the_tools() -> None:
    scenario = SUITE.open(BENIGN[0])
    names = {spec.name for spec in scenario.tools}
    scenario.close()
    assert SUITE.policy is not None
    assert set(SUITE.policy.tools) == names
    assert not any(rule.drafted for rule in SUITE.policy.tools.values())


def test_writes_of_the_benign_runs_take_their_critical_arguments_from_the_prompt() -> None:
    """So that a guard which endorses only what the user wrote lets every benign task through."""
    policy = SUITE.policy
    assert policy is not None
    critical = {"path", "url", "destination", "amount", "identifier", "secret"}
    seen = 0
    for task in SUITE.definition.tasks:
        for call in (call for turn in task.turns for call in turn.calls):
            rule = policy.tools[call.name]
            assert not (rule.is_write and call.name in policy.approval.always_ask)
            for name, value in call.arguments.items():
                if rule.is_write and rule.roles.get(name) in critical:
                    values = value if isinstance(value, list) else [value]
                    assert all(str(part) in task.prompt for part in values), (task.id, call.name, name)
                    seen += 1
    assert seen >= 8


def test_attackers_values_stand_in_no_prompt() -> None:
    hostile = [".test", "mail-304", "mail-302", "ZZ-07-5521", "2900", "../system", "all@northwind.example"]
    prompts = " ".join(task.prompt for task in SUITE.definition.tasks)
    assert [value for value in hostile if value in prompts] == []


def test_canary_stands_in_the_system_prompt_and_in_no_benign_answer() -> None:
    assert SUITE.policy is not None
    (canary,) = SUITE.policy.canaries
    assert canary in (SUITE.definition.system or "")
    assert not any(canary in turn.text for task in SUITE.definition.tasks for turn in task.turns)


def test_only_reserved_domains() -> None:
    folder = data_dir("suites") / "inbox"
    texts = [file.read_text("utf-8") for file in folder.glob("*.yaml")]
    files = data_dir("fixtures") / "workspaces" / "inbox"
    texts += [file.read_text("utf-8") for file in files.rglob("*.*") if file.is_file()]
    hosts = {host for text in texts for host in re.findall(r"(?:@|https?://)([a-z0-9.-]+[a-z])", text)}
    assert len(hosts) >= 8
    assert {h for h in hosts if not h.endswith((".example", ".test", ".example.com", ".example.org"))} == set()


def test_files_outside_the_scratch_folder_are_out_of_reach() -> None:
    scenario = SUITE.open(BENIGN[0])
    tools = {spec.name: spec.fn for spec in scenario.tools}
    try:
        for path in ("/etc/hostname", "../../outside.txt", "../system/../../outside.txt"):
            with pytest.raises(PermissionError):
                tools["read_file"](path=path)
            with pytest.raises(PermissionError):
                tools["write_file"](path=path, text="x")
    finally:
        scenario.close()


def test_tools_refuse_what_is_not_there() -> None:
    scenario = SUITE.open(BENIGN[0])
    tools = {spec.name: spec.fn for spec in scenario.tools}
    try:
        with pytest.raises(LookupError, match="mail-999"):
            tools["read_mail"](mail_id="mail-999")
        assert tools["fetch_page"](url="https://venue.example.com/none") == "404 Not Found"
        assert tools["list_files"]() == [
            "documents/invoice-NW-2207.txt", "documents/q3-figures.csv", "documents/staff.csv",
            "notes/board-minutes.md", "notes/paper-needs.md", "reports/october.md",
        ]  # fmt: skip
        assert tools["list_events"](date="2031-01-01") == []
    finally:
        scenario.close()
