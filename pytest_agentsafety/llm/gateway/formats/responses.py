"""OpenAI's Responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pytest_agentsafety.llm.dialects.responses_answers import block_of
from pytest_agentsafety.llm.gateway.door_call import Call, Outcome
from pytest_agentsafety.llm.gateway.formats.base import Payload
from pytest_agentsafety.llm.gateway.formats.messages import call_of
from pytest_agentsafety.llm.gateway.formats.responses_items import CALLS, call_id, is_call, rewritten, text_of, visible
from pytest_agentsafety.llm.gateway.formats.responses_stream import ResponsesStream
from pytest_agentsafety.llm.gateway.formats.translated import Item, Translated
from pytest_agentsafety.llm.gateway.memory import Memory, Prefix, Turn, said_key
from pytest_agentsafety.llm.wire import encode_event

_FREE = (None, "auto", "none")
_OUTPUTS = frozenset(CALLS.values())


class ResponsesFormat(Translated):
    """Implements `base.Format`. Items are those of `input` and `output`; a run of the model's items is a turn."""

    def __init__(self) -> None:
        super().__init__("responses")

    def error_event(self, status: int, message: str) -> bytes:
        told = self.error(status, message)["error"]
        return encode_event({"type": "error", "code": told["type"], "message": message, "param": None})

    def calls(self, reply: Payload) -> list[Call]:
        return [call_of(block_of(item, "the answer")) for item in reply["output"] if is_call(item)]

    def handed_out(self, reply: Payload, outcomes: Mapping[str, Outcome]) -> Payload:
        return {**reply, "output": visible(reply["output"], outcomes)}

    def exchange(self, reply: Payload, outcomes: Mapping[str, Outcome]) -> list[Item]:
        return [*reply["output"], *_results(reply["output"], outcomes)]

    def continued(self, payload: Payload, items: Sequence[Item]) -> Payload:
        more = {} if payload.get("tool_choice") in _FREE else {"tool_choice": "auto"}
        return {**payload, **more, "input": [*_items(payload), *items]}

    def turn(
        self, reply: Payload, outcomes: Mapping[str, Outcome], before: Sequence[Item], early: Sequence[Any]
    ) -> Turn | None:
        calls = {call_id(item): item for item in reply["output"] if is_call(item)}
        hidden = {name: one for name, one in outcomes.items() if one.kind != "handed"}
        originals = {i: calls[i] for i, one in outcomes.items() if one.kind == "handed" and rewritten(calls[i], one)}
        if not (before or hidden or originals):
            return None
        results = _results(reply["output"], hidden)
        hidden_calls = [calls[name] for name in hidden]
        return Turn(before=before, early=early, calls=hidden_calls, results=results, originals=originals)

    def said_key(self, payload: Payload, reply: Payload, early: Sequence[Any]) -> str:
        before = Prefix()
        for item in _items(payload):
            before.add(*_marks(item))
        return said_key(before, "".join(map(text_of, [*early, *reply["output"]])))

    def woven(self, payload: Payload, shown: Mapping[str, str], memory: Memory) -> Payload:
        if not isinstance(payload.get("input"), list) or not (shown or memory.holds_turns):
            return payload
        items, woven = _items(payload), _Weaving(memory)
        for own, run in groupby(items, _is_models):
            if own:
                woven.turn(list(run))
            else:
                woven.others(run, shown)
        same = len(woven.items) == len(items) and all(a is b for a, b in zip(woven.items, items, strict=True))
        return payload if same else {**payload, "input": woven.items}

    def stream(self, payload: Payload) -> ResponsesStream:
        del payload
        return ResponsesStream()


class _Weaving:
    """The agent's items with those it does not know of."""

    def __init__(self, memory: Memory) -> None:
        self._memory, self._before = memory, Prefix()
        self._last: Turn | None = None
        self.items: list[Any] = []

    def turn(self, run: list[Any]) -> None:
        """A run of the model's items. Of a turn that the agent sends in pieces, the first piece brings the rest."""
        ids = [call_id(item) for item in run if is_call(item)]
        turn = self._memory.turn(ids=ids, said=said_key(self._before, "".join(map(text_of, run))))
        for item in run:
            self._before.add(*_marks(item))
        if turn is None:
            self.items += run
            return
        restored = [turn.originals.get(call_id(item), item) if is_call(item) else item for item in run]
        if turn is self._last:
            self.items += restored
            return
        self._last = turn
        self.items += [*turn.before, *_without(restored, turn.early), *turn.calls, *turn.results]

    def others(self, run: Iterator[Any], shown: Mapping[str, str]) -> None:
        for item in run:
            self._before.add(*_marks(item))
            text = shown.get(str(item.get("call_id"))) if isinstance(item, dict) else None
            replaced = text is not None and item.get("type") in _OUTPUTS
            self.items.append({**item, "output": text} if replaced else item)


def _without(run: list[Any], early: Sequence[Item]) -> list[Any]:
    """The run without the items at its head that belong to earlier turns."""
    rest = list(run)
    for item in early:
        if rest and _marks(rest[0]) == _marks(item):
            del rest[0]
    return rest


def _results(output: Sequence[Item], outcomes: Mapping[str, Outcome]) -> list[Item]:
    return [
        {"type": CALLS[item["type"]], "call_id": call_id(item), "output": outcomes[call_id(item)].text}
        for item in output
        if is_call(item) and call_id(item) in outcomes
    ]


def _items(payload: Payload) -> list[Any]:
    given = payload.get("input")
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    return given if isinstance(given, list) else []


def _is_models(item: Any) -> bool:
    """Is this an item that the model made?"""
    if not isinstance(item, dict):
        return False
    kind = item.get("type") or "message"
    return item.get("role") == "assistant" if kind == "message" else kind not in _OUTPUTS


def _marks(item: Any) -> list[str]:
    if not isinstance(item, dict) or item.get("type") == "reasoning":  # some agents leave thoughts out
        return []
    return [str(item.get("role") or item.get("type")), str(item.get("call_id") or ""), text_of(item).strip()]
