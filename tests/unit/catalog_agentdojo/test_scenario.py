"""One case: ground truths as turns, and a check's word as a score."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import Enum
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from pytest_agentsafety.catalog.agentdojo.scenario import AgentDojoScenario
from pytest_agentsafety.catalog.agentdojo.tools import shapes
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from pytest_agentsafety.model.tasks import Score


class Till(BaseModel):
    coins: list[int] = [1, 2]
    log: str = ""


class Size(Enum):
    big = 5


def functions() -> list[Any]:
    from agentdojo.functions_runtime import Depends, make_function

    def put(till, coin, reason=None):
        """Puts a coin in.

        :param coin: Its value.
        :param reason: Why.
        """
        till.coins.append(coin)
        return till

    def total(till):
        """The sum of all coins."""
        return sum(till.coins)

    till = Annotated[Till, Depends(lambda till: till)]
    put.__annotations__ = {"till": till, "coin": int, "reason": Any, "return": Till}
    total.__annotations__ = {"till": till, "return": int}
    return [make_function(put), make_function(total)]


class Task:
    """A task by parts: what it plans, and how it is judged."""

    ID, PROMPT, GOAL, GROUND_TRUTH_OUTPUT = "task", "Count the coins", "Take the coins", ""

    def __init__(self, plan: Any = (), words: str = "", judge: Any = None, by_traces: Any = None) -> None:
        self.GROUND_TRUTH_OUTPUT = words
        self._plan, self._judge, self._by_traces = plan, judge, by_traces

    def init_environment(self, environment: Till) -> Till:
        environment.log = "ready"
        return environment

    def ground_truth(self, environment: Till) -> Any:
        return self._plan(environment) if callable(self._plan) else list(self._plan)

    def utility(self, answer: str, before: Till, after: Till) -> Any:
        return self._judge(answer, before, after)

    def utility_from_traces(self, answer: str, before: Till, after: Till, traces: Sequence[Any]) -> Any:
        return self._by_traces(traces) if self._by_traces else None

    security, security_from_traces = utility, utility_from_traces


@pytest.fixture
def scenario(upstream: Upstream) -> Any:
    def build(user: Task | None = None, attacker: Task | None = None, **more: Any) -> AgentDojoScenario:
        known = functions()
        return AgentDojoScenario(
            upstream,
            environment=Till(),
            runtime=upstream.runtime(known),
            shapes=shapes(known),
            user_task=user or Task(),
            injection_task=attacker,
            **more,
        )

    return build


def fc(upstream: Upstream, name: str, **arguments: Any) -> Any:
    return upstream.function_call(function=name, args=arguments)


def use(opened: AgentDojoScenario, name: str, **arguments: Any) -> str:
    return str(next(tool.fn for tool in opened.tools if tool.name == name)(**arguments))


def test_what_an_agent_is_given(scenario: Any) -> None:
    opened = scenario(injections={"sign": "evil"})
    assert opened.prompt == "Count the coins"
    assert opened.system.startswith("You are an AI language model")
    assert opened.injections == {"sign": "evil"}
    assert opened.base is None
    assert [tool.name for tool in opened.tools] == ["put", "total"]
    opened.close()


def test_a_benign_run_is_a_call_per_turn_and_then_the_words(upstream: Upstream, scenario: Any) -> None:
    plan = [fc(upstream, "put", coin=3), fc(upstream, "total")]
    assert scenario(Task(plan, "It is 6.")).benign_turns() == (
        PlannedTurn(calls=(PlannedCall(name="put", arguments={"coin": 3}),)),
        PlannedTurn(calls=(PlannedCall(name="total", arguments={}),)),
        PlannedTurn(text="It is 6."),
    )


def test_the_ground_truth_is_worked_out_once(upstream: Upstream, scenario: Any) -> None:
    asked: list[int] = []

    def plan(till: Till) -> Any:
        asked.append(len(till.coins))
        return [fc(upstream, "total")]

    opened = scenario(Task(plan))
    assert opened.benign_turns() is opened.benign_turns()
    assert asked == [2]


def test_planning_sees_the_initialised_world_and_does_not_change_it(upstream: Upstream, scenario: Any) -> None:
    def plan(till: Till) -> list[Any]:
        till.coins.clear()
        return [fc(upstream, "put", coin=1, reason=till.log)]

    opened = scenario(Task(plan))
    assert opened.benign_turns()[0].calls[0].arguments == {"coin": 1, "reason": "ready"}
    assert use(opened, "total") == "3"


def test_a_call_among_the_arguments_is_run_where_the_calls_before_it_led(upstream: Upstream, scenario: Any) -> None:
    plan = [fc(upstream, "put", coin=7), fc(upstream, "put", coin=fc(upstream, "total"))]
    opened = scenario(Task(plan))
    assert opened.benign_turns()[1].calls[0].arguments == {"coin": 10}
    assert use(opened, "total") == "3"


def test_a_call_among_the_arguments_may_hold_one_itself(upstream: Upstream, scenario: Any) -> None:
    inner = fc(upstream, "put", coin=fc(upstream, "total"))
    arguments = scenario(Task([fc(upstream, "put", coin=1, reason=inner)])).benign_turns()[0].calls[0].arguments
    assert arguments == {"coin": 1, "reason": {"coins": [1, 2, 3], "log": "ready"}}


def test_arguments_are_plain_json(upstream: Upstream, scenario: Any) -> None:
    reason = {"size": Size.big, 1: (1, 2.5, None), "till": [Till(coins=[4])]}
    arguments = scenario(Task([fc(upstream, "put", coin=1, reason=reason)])).benign_turns()[0].calls[0].arguments
    assert arguments["reason"] == {"size": 5, "1": [1, 2.5, None], "till": [{"coins": [4], "log": ""}]}


def test_the_attack_is_planned_in_the_world_before_the_run(upstream: Upstream, scenario: Any) -> None:
    opened = scenario(attacker=Task(lambda till: [fc(upstream, "put", coin=sum(till.coins))], "Done."))
    use(opened, "put", coin=100)
    turns = opened.attack_turns()
    assert [turn.text for turn in turns] == ["", "Done."]
    assert turns[0].calls[0].arguments == {"coin": 3}


def test_words_alone_are_an_attack(scenario: Any) -> None:
    assert scenario(attacker=Task([], "Buy now")).attack_turns() == (PlannedTurn(text="Buy now"),)


def test_a_solution_stands_in_and_sees_a_copy_of_the_world_now(scenario: Any) -> None:
    def solution(till: Till) -> list[PlannedCall]:
        till.coins.append(1000)
        return [PlannedCall(name="put", arguments={"coin": sum(till.coins)})]

    opened = scenario(attacker=Task(), solution=solution)
    use(opened, "put", coin=10)
    assert opened.attack_turns()[0].calls[0].arguments == {"coin": 1013}
    assert use(opened, "total") == "13"


def test_a_ground_truth_of_upstream_wins_over_a_solution(upstream: Upstream, scenario: Any) -> None:
    opened = scenario(attacker=Task([fc(upstream, "total")]), solution=lambda till: [])
    assert opened.attack_turns()[0].calls[0].name == "total"


def test_nobody_knows_the_attack(scenario: Any) -> None:
    assert scenario(attacker=Task()).attack_turns() is None


def test_a_benign_case_has_no_attack(scenario: Any) -> None:
    opened = scenario()
    assert opened.attack_turns() is None
    assert opened.attack_succeeded("", ()) == Score(value=None, reason="a benign case has no attacker")


def judge(answer: str, before: Till, after: Till) -> bool:
    return answer == "done" and before.coins == [1, 2] and after.coins == [1, 2, 9]


@pytest.mark.parametrize(("coin", "answer", "verdict"), [(9, "done", True), (8, "done", False), (9, "no", False)])
def test_a_check_sees_the_answer_and_both_worlds(scenario: Any, coin: int, answer: str, verdict: bool) -> None:
    opened = scenario(Task(judge=judge), Task(judge=judge))
    use(opened, "put", coin=coin)
    assert opened.utility(answer, ()) == Score(value=verdict)
    assert opened.attack_succeeded(answer, ()) == Score(value=verdict)


def test_a_check_of_the_calls_comes_first(scenario: Any) -> None:
    def by_traces(traces: Sequence[Any]) -> bool:
        return [(call.function, dict(call.args)) for call in traces] == [("put", {"coin": 3, "reason": ["a"]})]

    calls = (PlannedCall(name="put", arguments={"coin": 3, "reason": "['a']"}),)
    opened = scenario(Task(by_traces=by_traces), Task(by_traces=by_traces))
    assert opened.utility("", calls) == Score(value=True)
    assert opened.attack_succeeded("", ()) == Score(value=False)


def test_a_check_that_raises_decides_nothing(scenario: Any) -> None:
    def raises(*_: Any) -> bool:
        raise KeyError("gone")

    opened = scenario(Task(judge=raises), Task(judge=raises))
    for score in (opened.utility("", ()), opened.attack_succeeded("", ())):
        assert score.value is None
        assert score.reason == "AgentDojo's check raised KeyError: 'gone'"


@pytest.mark.parametrize("word", [None, "yes", 1])
def test_a_check_that_says_neither_decides_nothing(scenario: Any, word: Any) -> None:
    score = scenario(Task(judge=lambda *_: word)).utility("", ())
    assert score == Score(value=None, reason=f"AgentDojo's check returned {word!r}, neither True nor False")


def test_what_a_check_prints_reaches_nobody(scenario: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def says(*_: Any) -> bool:
        return sys.stdout.write("::error::hostile\n") > 0

    assert scenario(Task(judge=says)).utility("", ()).value is True
    assert capsys.readouterr().out == ""


def test_a_check_that_writes_to_the_world_does_not_spoil_the_next(scenario: Any) -> None:
    def empties(_answer: str, before: Till, after: Till) -> bool:
        full = before.coins == after.coins == [1, 2]
        before.coins.clear()
        after.coins.clear()
        return full

    opened = scenario(Task(judge=empties), Task(judge=empties))
    assert [opened.utility("", ()).value for _ in range(2)] == [True, True]
    assert opened.attack_succeeded("", ()).value is True


def test_a_world_that_does_not_pickle_works_too(upstream: Upstream) -> None:
    class LocalTill(BaseModel):
        coins: list[int] = [1, 2]
        log: str = ""

    opened = AgentDojoScenario(
        upstream,
        environment=LocalTill(),
        runtime=upstream.runtime(functions()),
        shapes=shapes(functions()),
        user_task=Task([fc(upstream, "total")], judge=judge),
    )
    use(opened, "put", coin=9)
    assert opened.benign_turns()[0].calls[0].name == "total"
    assert opened.utility("done", ()) == Score(value=True)


def test_calls_of_arguments_that_agentdojo_does_not_take_decide_nothing(scenario: Any) -> None:
    odd = PlannedCall(name="put", arguments={"coin": SimpleNamespace()})
    assert scenario(Task(judge=judge)).utility("", (odd,)).value is None
