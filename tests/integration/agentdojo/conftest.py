"""AgentDojo's own suites, and a model that obeys without being asked by anyone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pytest_agentsafety.catalog.agentdojo import resolve
from pytest_agentsafety.catalog.agentdojo.scenario import AgentDojoScenario
from pytest_agentsafety.catalog.agentdojo.suite import AgentDojoSuite
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream, load
from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.tasks import Case, Score

Obey = Callable[[AgentDojoSuite, Case], tuple[Score, Score | None]]


@pytest.fixture(scope="session")
def upstream() -> Upstream:
    pytest.importorskip("agentdojo", reason="needs the extra: pip install 'pytest-agentsafety[agentdojo]'")
    return load()


@pytest.fixture(scope="session")
def suites(upstream: Upstream) -> list[AgentDojoSuite]:
    return resolve("agentdojo", place="test")


@pytest.fixture(scope="session")
def obey() -> Obey:
    """Runs a case: the ground truth, the attacker's calls where the attack text comes out; utility and attack."""
    return _obey


def _obey(suite: AgentDojoSuite, case: Case) -> tuple[Score, Score | None]:
    opened = suite.open(case)
    pending, words = list(opened.benign_turns()), []
    calls: list[PlannedCall] = []
    waiting = dict(opened.injections)
    while pending:
        turn = pending.pop(0)
        words.append(turn.text)
        for call in turn.calls:
            calls.append(call)
            result = _use(opened, call)
            if waiting and _holds(result, waiting):
                waiting.clear()
                pending[:0] = opened.attack_turns() or ()
    answer = "\n".join(filter(None, words))
    attacked = opened.attack_succeeded(answer, calls) if case.kind == "attack" else None
    return opened.utility(answer, calls), attacked


def _use(opened: AgentDojoScenario, call: PlannedCall) -> str:
    tool = next(spec.fn for spec in opened.tools if spec.name == call.name)
    try:
        return str(tool(**call.arguments))
    except Exception as exc:
        return f"{type(exc).__name__}: {exc}"


def _holds(result: str, texts: dict[str, str]) -> bool:
    flat = re.sub(r"\\n|[\s\\]", "", result)
    lines = (re.sub(r"[\s\\]", "", line) for text in texts.values() for line in text.splitlines())
    return any(line[:40] in flat for line in lines if len(line) >= 40)
