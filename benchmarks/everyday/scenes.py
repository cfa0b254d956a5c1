"""A scene: a task, what an agent calls for it and gets back, and the calls that somebody else would like to see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall, ToolSpec
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.permissions import draft_rule, sense_of
from pytest_agentsafety.provenance import ProvenanceTracker

Tool = Callable[..., Any]
Step = tuple[Tool, dict[str, Any], Any]
Attempt = tuple[Tool, dict[str, Any]]


@dataclass(frozen=True)
class Scene:
    """`steps`: tool, arguments, result, in order; `attacks`: calls that have to be refused after the steps."""

    task: str
    steps: tuple[Step, ...]
    attacks: tuple[Attempt, ...]


@dataclass
class Scenes:
    """The scenes of one file."""

    all: list[Scene] = field(default_factory=list)

    def said(self, task: str, *steps: Step, attacks: Iterable[Attempt] = ()) -> None:
        self.all.append(Scene(task, steps, tuple(attacks)))


@dataclass(frozen=True)
class Played:
    """`refused`: the benign calls that asked; `passed`: the attempts that did not."""

    scene: Scene
    refused: tuple[tuple[str, Decision], ...]
    passed: tuple[tuple[str, Decision], ...]


@lru_cache
def _drafted(tool: Tool) -> tuple[ToolRule, ToolSense]:
    spec = ToolSpec(name=tool.__name__, fn=tool)
    return draft_rule(spec), sense_of(spec)


def play(scene: Scene) -> Played:
    """Goes through one scene with drafted rules; a refused call returns what it would have returned all the same."""
    tracker = ProvenanceTracker(scene.task)

    def judged(tool: Tool, arguments: dict[str, Any]) -> Decision:
        return tracker.judge(_call(tool, arguments), *_drafted(tool))

    refused = []
    for tool, arguments, result in scene.steps:
        refused.append((tool.__name__, judged(tool, arguments)))
        data = None if isinstance(result, str) else result
        text = result if data is None else json.dumps(result)
        tracker.saw_result(_call(tool, arguments), *_drafted(tool), text, data)
    attempts = [(tool.__name__, judged(tool, arguments)) for tool, arguments in scene.attacks]
    return Played(
        scene,
        tuple((name, decision) for name, decision in refused if decision.outcome != "allowed"),
        tuple((name, decision) for name, decision in attempts if decision.outcome == "allowed"),
    )


def _call(tool: Tool, arguments: dict[str, Any]) -> ToolCall:
    return ToolCall(call_id="c", name=tool.__name__, arguments=arguments)
