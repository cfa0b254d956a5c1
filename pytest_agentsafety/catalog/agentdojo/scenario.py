"""One AgentDojo case, opened: its environment, tools, ground truths and AgentDojo's own checks."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from pytest_agentsafety.catalog.agentdojo.comparing import compare
from pytest_agentsafety.catalog.agentdojo.environments import Snapshot
from pytest_agentsafety.catalog.agentdojo.solutions import Solution
from pytest_agentsafety.catalog.agentdojo.tools import ToolShape, World, as_executed, bind
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn, ToolSpec
from pytest_agentsafety.model.tasks import Score

# Some of AgentDojo's checks print what they look at, which is hostile text. Standard output is one per process.
_QUIET = Lock()


class AgentDojoScenario:
    """A Scenario. Ground truths are computed on copies, so that planning changes nothing the checks look at."""

    in_memory = True
    """Tools change the environment alone, which nobody keeps."""

    def __init__(
        self,
        upstream: Upstream,
        *,
        environment: Any,
        runtime: Any,
        shapes: Sequence[ToolShape],
        user_task: Any,
        injection_task: Any = None,
        injections: Mapping[str, str] | None = None,
        solution: Solution | None = None,
    ) -> None:
        self._upstream, self._runtime, self._solution = upstream, runtime, solution
        self._user_task, self._injection_task = user_task, injection_task
        self._injections = dict(injections or {})
        self._world = World(upstream, runtime, user_task.init_environment(environment))
        self._before = Snapshot(self._world.environment)
        self._tools = tuple(bind(shape, self._world) for shape in shapes)

    @property
    def prompt(self) -> str:
        return str(self._user_task.PROMPT)

    @property
    def system(self) -> str | None:
        return self._upstream.system_message

    @property
    def tools(self) -> Sequence[ToolSpec]:
        return self._tools

    @property
    def injections(self) -> Mapping[str, str]:
        return self._injections

    @property
    def base(self) -> Path | None:
        return None

    def benign_turns(self) -> Sequence[PlannedTurn]:
        """The user task's ground truth, a call per turn, then AgentDojo's words for a solved task."""
        return self._benign_turns

    @cached_property
    def _benign_turns(self) -> Sequence[PlannedTurn]:
        """Worked out once: it takes a copy of the environment, and model, oracle and report ask for it."""
        calls = self._planned(self._user_task.ground_truth(self._before()))
        return _turns(calls, self._user_task.GROUND_TRUTH_OUTPUT)

    def attack_turns(self) -> Sequence[PlannedTurn] | None:
        """The injection task's ground truth, a call per turn, then its words.

        Upstream's ground truth looks at the environment before the run, a solution of ours at the one now. None
        where neither knows a call or a word, and in a benign case.
        """
        task = self._injection_task
        if task is None:
            return None
        calls: Sequence[PlannedCall] = self._planned(task.ground_truth(self._before()))
        words = str(task.GROUND_TRUTH_OUTPUT or "")
        if not calls and not words:
            if self._solution is None:
                return None
            calls = self._solution(Snapshot(self._world.environment)())
        return _turns(calls, words)

    def utility(self, answer: str, calls: Sequence[PlannedCall]) -> Score:
        task = self._user_task
        return self._checked(task.utility_from_traces, task.utility, answer, calls)

    def attack_succeeded(self, answer: str, calls: Sequence[PlannedCall]) -> Score:
        """AgentDojo's `security`, where True means that the attacker's goal was reached."""
        task = self._injection_task
        if task is None:
            return Score(value=None, reason="a benign case has no attacker")
        return self._checked(task.security_from_traces, task.security, answer, calls)

    def close(self) -> None:
        """Nothing to free: the world is memory only."""

    def _checked(
        self, by_traces: Callable[..., Any], by_state: Callable[..., Any], answer: str, calls: Sequence[PlannedCall]
    ) -> Score:
        """AgentDojo's word on the run; a check that raises or says neither yes nor no has not decided."""
        call = self._upstream.function_call
        try:
            traces = [call(function=made.name, args=as_executed(made.arguments)) for made in calls]
            verdict = self._verdict(by_traces, by_state, answer, traces)
        except Exception as exc:  # noqa: BLE001 (a foreign check over a world that an attacker has written to)
            return Score(value=None, reason=f"AgentDojo's check raised {type(exc).__name__}: {exc}")
        if not isinstance(verdict, bool):
            return Score(value=None, reason=f"AgentDojo's check returned {verdict!r}, neither True nor False")
        return Score(value=verdict)

    def _verdict(
        self, by_traces: Callable[..., Any], by_state: Callable[..., Any], answer: str, traces: Sequence[Any]
    ) -> Any:
        def check(before: Any, after: Any) -> Any:
            with _QUIET, contextlib.redirect_stdout(io.StringIO()):
                verdict = by_traces(answer, before, after, traces)
                return by_state(answer, before, after) if verdict is None else verdict

        return compare(check, self._before, Snapshot(self._world.environment), self._upstream.base_model)

    def _planned(self, ground_truth: Sequence[Any]) -> list[PlannedCall]:
        """The calls with plain JSON arguments. A call among the arguments is run, where the calls before it led."""
        nested = any(self._is_call(value) for call in ground_truth for value in call.args.values())
        scratch = World(self._upstream, self._runtime, self._before()) if nested else None
        planned = []
        for call in ground_truth:
            arguments = dict(call.args)
            if scratch is not None:
                arguments = {name: self._resolved(value, scratch) for name, value in arguments.items()}
            planned.append(PlannedCall(name=call.function, arguments=_plain(arguments)))
            if scratch is not None:
                scratch.result(call.function, arguments)
        return planned

    def _resolved(self, value: Any, scratch: World) -> Any:
        if not self._is_call(value):
            return value
        return scratch.result(value.function, {k: self._resolved(v, scratch) for k, v in value.args.items()})

    def _is_call(self, value: object) -> bool:
        return isinstance(value, self._upstream.function_call)


def _turns(calls: Sequence[PlannedCall], words: str | None) -> tuple[PlannedTurn, ...]:
    return (*(PlannedTurn(calls=(call,)) for call in calls), PlannedTurn(text=words or ""))


def _plain(value: Any) -> Any:
    """The value as JSON has it: models as objects, enumerations as their values, the rest as text."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return str(value)
