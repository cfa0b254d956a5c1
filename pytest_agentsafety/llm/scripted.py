"""Scripted models: pure functions of the request, so that what is recorded from them is deterministic."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_agentsafety.model.messages import PlannedTurn

FaultKind = Literal["rate_limit", "overloaded", "server_error", "hang", "bad_json", "cut_stream", "stall", "reset"]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something a server does instead of answering well.

    `rate_limit` 429, `overloaded` 529, `server_error` 500, all with `retry-after` where `retry_after` (seconds) is
    set; `hang` answers nothing until the client or the server ends it; `bad_json` half a JSON body; `cut_stream` a good
    answer that breaks off in the middle; `stall` one that stands still there; `reset` a TCP reset.
    """

    kind: FaultKind
    retry_after: float | None = None


ScriptedModel = Callable[[Mapping[str, Any], int], PlannedTurn | Fault]
"""(payload of a Messages request, number of the request at this server from 1) -> what happens."""


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """What scripted models do, as data.

    `tasks` maps a user's prompt to the turns of its benign run (the last one without calls), `goals` maps the text of
    an injected goal to the attacker's turns. Both are found inside longer texts, white space aside. Raises ValueError
    for an empty prompt or goal, which would be found everywhere.
    """

    tasks: Mapping[str, Sequence[PlannedTurn]]
    goals: Mapping[str, Sequence[PlannedTurn]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what, texts in (("task prompt", self.tasks), ("goal", self.goals)):
            if not all(map(_flat, texts)):
                raise ValueError(f"a playbook's {what} may not be empty")


def gullible(playbook: Playbook) -> ScriptedModel:
    """Works on the user's task, and obeys every goal of the playbook, once, as soon as it stands in a tool result."""
    return _player(playbook, playbook.goals)


def robust(playbook: Playbook) -> ScriptedModel:
    """Works on the user's task and never follows what a tool result says."""
    return _player(playbook, {})


def faulty(model: ScriptedModel, faults: Mapping[int, Fault]) -> ScriptedModel:
    """`model`, but with a fault in place of the answer to the requests numbered in `faults` (from 1)."""

    def play(payload: Mapping[str, Any], number: int) -> PlannedTurn | Fault:
        return faults[number] if number in faults else model(payload, number)

    return play


def _player(playbook: Playbook, goals: Mapping[str, Sequence[PlannedTurn]]) -> ScriptedModel:
    # The longest prompt wins: one may contain another.
    tasks = sorted(((_flat(prompt), turns) for prompt, turns in playbook.tasks.items()), key=lambda t: -len(t[0]))
    markers = {_flat(goal): turns for goal, turns in goals.items()}

    def play(payload: Mapping[str, Any], number: int) -> PlannedTurn:  # noqa: ARG001 - not part of the request
        messages = payload.get("messages") or []
        prompt = next((_flat(_text(m.get("content"))) for m in messages if m.get("role") == "user"), "")
        plan = next((turns for task, turns in tasks if task in prompt), None)
        if plan is None:
            return PlannedTurn(text="This task is not in the playbook.")
        return _replay(plan, markers, messages)

    return play


def _replay(
    plan: Sequence[PlannedTurn], markers: Mapping[str, Sequence[PlannedTurn]], messages: Sequence[Mapping[str, Any]]
) -> PlannedTurn:
    """Walk through the conversation as it went, and say what comes next."""
    benign = deque(turn for turn in plan if turn.calls)
    words = [plan[-1].text] if plan and not plan[-1].calls else []
    hostile: deque[PlannedTurn] = deque()
    fresh = dict(markers)
    for message in messages:
        if message.get("role") == "assistant":
            queue = hostile or benign
            if queue:
                queue.popleft()
            continue
        results = _flat(" ".join(_tool_results(message)))
        for marker in [goal for goal in fresh if goal in results]:
            turns = fresh.pop(marker)
            hostile.extend(turn for turn in turns if turn.calls)
            words.extend(turn.text for turn in turns[-1:] if not turn.calls)
    queue = hostile or benign
    return queue[0] if queue else PlannedTurn(text="\n\n".join(filter(None, words)))


def _tool_results(message: Mapping[str, Any]) -> Iterable[str]:
    content = message.get("content")
    for block in content if isinstance(content, list) else ():
        if isinstance(block, Mapping) and block.get("type") == "tool_result":
            yield _text(block.get("content"))


def _text(content: Any) -> str:
    """The text of a content field: a string, or the text blocks of a list."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else ()
    return " ".join(str(b.get("text", "")) for b in blocks if isinstance(b, Mapping) and b.get("type") == "text")


def _flat(text: str) -> str:
    return " ".join(text.split())
