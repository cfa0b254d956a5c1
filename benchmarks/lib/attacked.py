"""AgentDojo suites under another attack than its own, at the same places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from benchmarks.lib.attackers import ATTACKERS, Target
from pytest_agentsafety.catalog.agentdojo.suite import AgentDojoSuite
from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.tasks import Case, Mode
from pytest_agentsafety.protocols import Scenario

_SEEN = 40
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar as it is written


class AttackedSuite:
    """A Suite: another one's cases, with texts of an attacker of ours. Benign cases stay as they are."""

    modes: tuple[Mode, ...] = ("hijacked", "hijacked-exposed")
    policy: Policy | None = None
    cassettes: Path | None = None

    def __init__(self, inner: AgentDojoSuite, attack: str) -> None:
        self._inner, self._attack = inner, attack
        self.name, self.budget = inner.name, inner.budget
        self._stock: dict[str, Case] = {}
        self._calls: dict[str, list[PlannedCall]] = {}
        self._records: dict[str, Mapping[str, Any]] = {}

    def cases(self) -> Sequence[Case]:
        return self._cases

    @cached_property
    def _cases(self) -> tuple[Case, ...]:
        return tuple(self._renamed(case) for case in self._inner.cases())

    def _renamed(self, case: Case) -> Case:
        if case.kind == "benign":
            return case
        renamed = replace(case, case_id=case.case_id.replace(str(case.attack), self._attack), attack=self._attack)
        self._stock[renamed.case_id] = case
        return renamed

    def open(self, case: Case) -> Scenario:
        if case.kind == "benign":
            return self._inner.open(case)
        stock = self._stock[case.case_id]
        texts = self._inner.open(stock).injections
        target = Target(
            stock=next(iter(texts.values())),
            goal=self._inner.goal(stock),
            calls=self._attack_calls(stock),
            record=self._record(stock, texts),
        )
        return self._inner.open(stock, texts=dict.fromkeys(texts, ATTACKERS[self._attack](target)))

    def _attack_calls(self, stock: Case) -> list[PlannedCall]:
        """The attacker's calls, computed once for each injection task."""
        key = str(stock.injection_task)
        if key not in self._calls:
            turns = self._inner.open(stock).attack_turns() or ()
            self._calls[key] = [call for turn in turns for call in turn.calls]
        return self._calls[key]

    def _record(self, stock: Case, texts: Mapping[str, str]) -> Mapping[str, Any]:
        """An entry of the first result that carries the text, as that tool prints it."""
        if stock.user_task not in self._records:
            self._records[stock.user_task] = _entry(_carrier(self._inner.open(stock), texts))
        return self._records[stock.user_task]


def _carrier(scenario: Scenario, texts: Mapping[str, str]) -> str:
    """The first result of the benign run in which an injected text stands."""
    tools = {spec.name: spec.fn for spec in scenario.tools}
    starts = ["".join(text.split())[:_SEEN] for text in texts.values()]
    for turn in scenario.benign_turns():
        for call in turn.calls:
            with suppress(Exception):  # a call of the ground truth may fail where the attacker's text stands
                result = str(tools[call.name](**call.arguments))
                if any(start in "".join(result.split()) for start in starts):
                    return result
    return ""


def _entry(result: str) -> Mapping[str, Any]:
    """The first record in a result: a mapping, or the first mapping in a list. Long values are not part of it."""
    try:
        parsed = yaml.load(result, _LOADER)
    except yaml.YAMLError:
        return {}
    while isinstance(parsed, list) and parsed:
        parsed = parsed[0]
    if not isinstance(parsed, Mapping):
        return {}
    return {str(key): value for key, value in parsed.items() if len(str(value)) <= 2 * _SEEN}
