"""A streamed response on its way to the agent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_agentsafety.llm import sse
from pytest_agentsafety.llm.gateway.door_call import Outcome
from pytest_agentsafety.llm.gateway.formats.responses_items import call_id, is_call, rewritten, visible, with_arguments
from pytest_agentsafety.llm.wire import encode_event, parse_json

_BEGIN = frozenset({"response.created", "response.in_progress", "response.queued"})
_END = frozenset({"response.completed", "response.incomplete"})
_FAILED = frozenset({"response.failed", "error"})
_FIELDS = {"function_call": ("arguments", "response.function_call_arguments")}
_FIELDS |= {"custom_tool_call": ("input", "response.custom_tool_call_input")}


class ResponsesStream:
    """Implements `base.ReplyStream`. From the first call on everything is held back, and the end always.

    `early` are the items that the agent got of the replies before, `number` is that of its next event, `response_id`
    the first reply's: to the agent it is one response.
    """

    def __init__(
        self, *, early: Sequence[Mapping[str, Any]] = (), number: int = 0, response_id: str | None = None
    ) -> None:
        self._early, self._number, self._id = list(early), number, response_id
        self._offset, self._first = len(self._early), response_id is None
        self._held: list[tuple[bytes, sse.Event]] = []
        self._done: list[Mapping[str, Any]] = []
        self._shown = 0
        self._reply: dict[str, Any] | None = None

    def feed(self, event: bytes) -> list[bytes]:
        try:
            parsed = next(iter(sse.parse_events(event, parse_json)), None)
        except sse.StreamError:
            return [event]
        if parsed is None:
            return [event]
        kind = parsed.get("type")
        if kind in _FAILED:
            return [event]
        if kind in _BEGIN:
            begun = parsed.get("response")
            self._id = self._id or str(begun.get("id") if isinstance(begun, dict) else "")
            return self._sent(event, parsed) if self._first else []
        self._note(parsed)
        if self._held or kind in _END or is_call(parsed.get("item")):
            self._held.append((event, parsed))
            return []
        self._shown += kind == "response.output_item.added"
        return self._sent(event, parsed)

    def reply(self) -> Mapping[str, Any] | None:
        return self._reply

    def shown(self) -> Sequence[Mapping[str, Any]]:
        return self._done[: self._shown]

    def release(self, outcomes: Mapping[str, Outcome]) -> list[bytes]:
        assert self._reply is not None
        output = self._reply["output"]
        hands = {i: outcomes.get(call_id(item)) if is_call(item) else None for i, item in enumerate(output)}
        gone = {i for i, one in hands.items() if one is not None and one.kind != "handed"}
        other = {i: one for i, one in hands.items() if one is not None and i not in gone and rewritten(output[i], one)}
        released: list[bytes] = []
        for raw, event in self._held:
            index = event.get("output_index")
            if event.get("type") in _END:
                shown = {**self._reply, "id": self._id, "output": [*self._early, *visible(output, outcomes)]}
                same = self._first and not gone and not other
                released += self._sent(raw if same else None, {**event, "response": shown})
            elif not isinstance(index, int):
                released += self._sent(raw, event)
            elif index not in gone:
                shift = sum(1 for one in gone if one < index)
                parts = _rewritten(event, output[index], other[index]) if index in other else iter([event])
                for part in parts:
                    released += self._sent(raw if part is event and not shift else None, part, shift=-shift)
        return released

    def follow(self) -> ResponsesStream:
        return ResponsesStream(early=[*self._early, *self.shown()], number=self._number, response_id=self._id or "")

    def _note(self, event: sse.Event) -> None:
        if event.get("type") == "response.output_item.done" and isinstance(event.get("item"), dict):
            self._done.append(event["item"])
        response = event.get("response")
        if event.get("type") in _END and isinstance(response, dict):
            self._reply = {**response, "output": response.get("output") or list(self._done)}

    def _sent(self, raw: bytes | None, event: sse.Event, *, shift: int = 0) -> list[bytes]:
        """The event as it came, where number and place are the agent's too."""
        index, number = event.get("output_index"), self._number
        self._number += 1
        shift += self._offset
        if raw is not None and not shift and event.get("sequence_number", number) == number:
            return [raw]
        moved = {"output_index": index + shift} if isinstance(index, int) else {}
        return [encode_event({**event, **moved, "sequence_number": number})]


def _rewritten(event: sse.Event, item: Mapping[str, Any], outcome: Outcome) -> Iterator[sse.Event]:
    """An event of a call whose arguments the door changed: they come in one piece."""
    field, name = _FIELDS[item["type"]]
    changed = with_arguments(item, outcome)
    kind = event.get("type")
    if kind == f"{name}.delta":
        return
    if kind == f"{name}.done":
        about = {key: event[key] for key in ("output_index", "item_id") if key in event}
        yield {"type": f"{name}.delta", **about, "delta": changed[field]}
        yield {**event, field: changed[field]}
    elif kind == "response.output_item.done":
        yield {**event, "item": changed}
    else:
        yield event
