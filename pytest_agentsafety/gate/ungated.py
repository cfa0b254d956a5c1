"""UNGATED: a tool result that goes upstream without a pass of the tool door (DESIGN 4)."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.gate.conversation import blocks
from pytest_agentsafety.model.canonical import canonical_json

# JSON writes two values of one of these types alike only when they are equal (of floats, NaN is not).
_FLAT = frozenset({str, int, bool, type(None)})
_NAMES = frozenset({str})
_MOST_REPLIES = 64
_Call = tuple[str, Hashable]


@dataclass(frozen=True)
class UngatedResult:
    tool: str
    tool_use_id: str
    reason: str


class PassLedger:
    """Passes of the tool door on one side, tool results in requests on the other; every result needs its own pass."""

    def __init__(self) -> None:
        self._passes: Counter[_Call] = Counter()
        # Kept as they came; compared only where a result turns up.
        self._added: deque[tuple[str, Mapping[str, Any]]] = deque()
        # Of calls that say which call of the model they answer, the one that passed.
        self._answers: dict[str, _Call] = {}
        self._replies: deque[Sequence[Any]] = deque()
        self._asked: dict[str, _Call] = {}
        self._checked: set[tuple[str, _Call | None]] = set()
        self._lock = threading.Lock()

    def add(self, name: str, arguments: Mapping[str, Any] | str, *, answers: str | None = None) -> None:
        """A call passed. `arguments` may not be changed afterwards, what is nested in them may; a text is what a model
        wrote in their place that is no JSON object.

        `answers` is the id of the model's call it is for: the arguments may have been changed since.
        """
        if answers is not None:
            with self._lock:
                self._answers[answers] = _call(name, arguments)
        if not isinstance(arguments, str) and _FLAT.issuperset(map(type, arguments.values())):
            self._added.append((name, arguments))
            return
        call = _call(name, arguments)
        with self._lock:
            self._passes[call] += 1

    def learn(self, content: Sequence[Any]) -> None:
        """The calls in a model's reply, which may not be changed afterwards: agents that send only what is new never
        repeat them."""
        self._replies.append(content)
        if len(self._replies) > _MOST_REPLIES:  # an agent that never sends a result
            with self._lock:
                self._read_replies()

    def _read_replies(self) -> None:
        while self._replies:
            for block in self._replies.popleft():
                if isinstance(block, Mapping) and block.get("type") == "tool_use":
                    self._ask(block)

    def check(self, messages: Sequence[Mapping[str, Any]]) -> list[UngatedResult]:
        """The results in these messages that nothing accounts for. Each tool_use is judged once."""
        with self._lock:
            self._read_replies()
            while self._added:
                self._passes[_call(*self._added.popleft())] += 1
            return list(self._unaccounted(messages))

    def _unaccounted(self, messages: Sequence[Mapping[str, Any]]) -> Iterator[UngatedResult]:
        for message in messages:
            for block in blocks(message):
                kind = block.get("type")
                if kind == "tool_use":
                    self._ask(block)
                elif kind == "tool_result":
                    found = self._judge(block)
                    if found:
                        yield found

    def _ask(self, block: Mapping[str, Any]) -> None:
        self._asked[str(block.get("id"))] = _call(str(block.get("name")), block.get("input") or {})

    def _judge(self, block: Mapping[str, Any]) -> UngatedResult | None:
        use_id = str(block.get("tool_use_id"))
        asked = self._asked.get(use_id)
        if (use_id, asked) in self._checked:
            return None
        self._checked.add((use_id, asked))
        if asked is None:
            return UngatedResult("?", use_id, "its tool_use is not in the conversation")
        for passed in (asked, self._answers.pop(use_id, asked)):
            if passed[0] == asked[0] and self._passes[passed] > 0:
                self._passes[passed] -= 1
                return None
        if block.get("is_error"):
            return None  # unexecuted: the agent refused the call itself
        return UngatedResult(asked[0], use_id, "no call of this name and arguments passed the tool door")


def _call(name: str, arguments: Any) -> _Call:
    """Equal where the canonical JSON is equal; the flat ones, nearly all, need no JSON for it."""
    flat = _flat(arguments)
    if flat is None:
        text = canonical_json(arguments)
        flat = _flat(json.loads(text))  # a tool may be given a subclass of what the model wrote
        return name, text if flat is None else flat
    return name, flat


def _flat(arguments: Any) -> Hashable | None:
    if type(arguments) is not dict or not _NAMES.issuperset(map(type, arguments)):
        return None
    kinds = list(map(type, arguments.values()))
    return frozenset(zip(arguments, kinds, arguments.values(), strict=True)) if _FLAT.issuperset(kinds) else None
