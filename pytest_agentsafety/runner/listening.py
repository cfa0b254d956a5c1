"""The model that asks an agent for its tools: it calls one after the other, and remembers what came with the requests.

Agents that work in turn show theirs one agent at a time, so each run goes where the runs before it have not been.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_agentsafety.gate.instructions import instructions_in
from pytest_agentsafety.llm.replies import count_of, message_of
from pytest_agentsafety.llm.sizes import ESTIMATED
from pytest_agentsafety.llm.structured import offered, structured
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, PlannedCall, PlannedTurn, ToolSpec

PREFLIGHT = "agentsafety_preflight"
"""An argument that no function takes."""
ENOUGH = 2
"""How often a tool is called, in different runs, before it counts as not being behind the door."""
_MOST_CALLS = 40  # in a run


@dataclass
class Heard:
    """What all runs told together. `ways`: by tool, the handoff behind which it was seen first.

    `answers` are tools by which the agents answer; `gated` those that passed the door when they were called.
    `delegates` only let another agent go on, `led` those that were really asked to.
    `hooked` are those of a process that asks the door before it runs one.
    """

    tools: dict[str, ToolSpec] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    handoffs: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    hooked: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    gated: set[str] = field(default_factory=set)
    delegates: set[str] = field(default_factory=set)
    led: set[str] = field(default_factory=set)
    system: str = ""

    def bare(self, name: str) -> bool:
        """Might it run without an argument? Then calling it with one that it does not take may not be an error."""
        return not (self.tools[name].input_schema or {}).get("required")

    def due(self, *, bare_too: bool) -> list[str]:
        """The tools that are still to be tried, wherever they are."""
        return [
            name
            for name in self.tools
            if name not in self.handoffs
            and name not in self.answers
            and self.asked[name] < ENOUGH
            and (self._leads_on(name) or (name not in self.gated and (bare_too or self._may_try(name))))
        ]

    def _leads_on(self, name: str) -> bool:
        return name in self.delegates and name not in self.led

    def _may_try(self, name: str) -> bool:
        return name in self.hooked or not self.bare(name)


@dataclass
class Listener:
    """A Responder for one run. Without `calling` it only says "Done."; bare tools are called with `bare_too`.

    `fitting` gives arguments that fit a tool. Only tools of a process that asks the door first are called with them,
    since such a process refuses others before it asks, and tools that let another agent go on.

    `handoffs` and `answers` are filled by the door while the agent runs.
    """

    heard: Heard
    calling: bool = True
    bare_too: bool = False
    fitting: Callable[[ToolSpec], dict[str, Any]] = lambda _: {PREFLIGHT: True}
    handoffs: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    requests: int = 0
    asked: list[str] = field(default_factory=list)
    _led: str | None = None
    _shaped: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    answers_guards = False
    estimated = True

    def respond(self, request: ModelRequest) -> ModelReply:
        """A call of a tool that the request offers and that is still to be tried, else words."""
        if request.path.rstrip("/").endswith("/count_tokens"):
            return ModelReply(message=count_of(len(request.body)), headers=ESTIMATED)
        with self._lock:
            self.requests += 1
            self._listen(request.payload)
            turn = self._turn(request)
            seed = f"discover.{self.requests}"
        message = message_of(turn, model=request.model, seed=seed, request_bytes=len(request.body))
        return ModelReply(message=message, headers=ESTIMATED)

    @property
    def tried(self) -> list[str]:
        """The tools that were called, handoffs aside."""
        return [name for name in self.asked if name not in self.handoffs]

    def _turn(self, request: ModelRequest) -> PlannedTurn:
        name = self._chosen(offered(request.payload)) if self.calling else None
        if name is None:
            shaped = structured(PlannedTurn(text="Done."), request.payload, own=self.heard.gated, number=self._shaped)
            self._shaped += bool(shaped.calls) or shaped.text != "Done."
            return shaped
        self.asked.append(name)
        self.heard.asked[name] += 1
        if name in self.handoffs:
            self._led = name
            return PlannedTurn(calls=(PlannedCall(name=name, arguments={}),))
        if name in self.heard.delegates:
            self._led = name
            self.heard.led.add(name)
        fits = name in self.heard.hooked | self.heard.delegates
        arguments = self.fitting(self.heard.tools[name]) if fits else {PREFLIGHT: True}
        return PlannedTurn(calls=(PlannedCall(name=name, arguments=arguments),))

    def _chosen(self, names: Sequence[str]) -> str | None:
        """The one that was called least so far; among equals a handoff comes last, since it ends this agent's turn."""
        if len(self.asked) >= _MOST_CALLS:
            return None
        left = [name for name in dict.fromkeys(names) if self._may(name)]
        return min(left, key=lambda name: (self.heard.asked[name], name in self.handoffs), default=None)

    def _may(self, name: str) -> bool:
        if name in self.asked or name not in self.heard.tools:
            return False
        return name in self.handoffs or name in self.heard.due(bare_too=self.bare_too)

    def _listen(self, payload: Mapping[str, Any]) -> None:
        heard = self.heard
        heard.handoffs |= self.handoffs
        heard.answers |= self.answers
        heard.system = heard.system or instructions_in(payload.get("system"))
        for spec in _specs(payload):
            if spec.name not in heard.tools:
                heard.tools[spec.name] = spec
                if self._led is not None:
                    heard.ways[spec.name] = self._led


def _specs(payload: Mapping[str, Any]) -> Iterator[ToolSpec]:
    for tool in payload.get("tools") or ():
        if not isinstance(tool, Mapping) or not isinstance(tool.get("name"), str):
            continue
        schema = tool.get("input_schema")
        yield ToolSpec(
            name=tool["name"],
            fn=_elsewhere,
            description=str(tool.get("description") or ""),
            input_schema=schema if isinstance(schema, Mapping) else {"type": "object", "properties": {}},
        )


def _elsewhere() -> str:
    """A tool whose function is the agent's own business."""
    return ""
