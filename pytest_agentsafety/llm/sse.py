"""Server-sent events of the Messages API: a message as events, and events as a message again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

_PIECE = 256
Event = Mapping[str, Any]
JsonParser = Callable[[bytes], Any]


class StreamError(ValueError):
    """The events make no sense, or the stream carries an error of the API."""


def events_of(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The events a stream of this message consists of, in order."""
    usage = dict(message.get("usage") or {})
    start = {**message, "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    yield {"type": "message_start", "message": start}
    for index, block in enumerate(message.get("content", ())):
        yield from _block_events(index, block)
    delta = {"stop_reason": message.get("stop_reason"), "stop_sequence": message.get("stop_sequence")}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": usage.get("output_tokens", 0)}}
    yield {"type": "message_stop"}


def _block_events(index: int, block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    bare, deltas = _split_block(block)
    yield {"type": "content_block_start", "index": index, "content_block": bare}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _split_block(block: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The block as it starts, and the deltas that fill it. Kinds that do not stream start complete."""
    kind = block.get("type")
    if kind == "text":
        return {**block, "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces(block["text"])]
    if kind == "thinking":
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(block["thinking"])]
        signed = {"type": "signature_delta", "signature": block.get("signature", "")}
        return {**block, "thinking": "", "signature": ""}, [*deltas, signed]
    if "input" in block:
        parts = pieces(json.dumps(block["input"], ensure_ascii=False))
        return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": piece} for piece in parts]
    return dict(block), []


def pieces(text: str) -> list[str]:
    """A text cut into the deltas that it streams in."""
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]


def parse_events(body: bytes, parse: JsonParser) -> Iterator[Event]:
    """The JSON objects of an event stream, pings left out. Raises StreamError for data that is no object."""
    for name, data in _fields(body):
        if name == b"ping":
            continue
        yield json_object(data, parse)


def json_object(data: bytes, parse: JsonParser) -> Event:
    """The object that an event's data is. Raises StreamError."""
    try:
        value = parse(data)
    except ValueError as exc:
        raise StreamError(f"unreadable event data: {exc}") from None
    if not isinstance(value, dict):
        raise StreamError(f"event data is {type(value).__name__}, not an object")
    return value


def data_of(body: bytes) -> Iterator[bytes]:
    """The data of each event, whatever it is."""
    return (data for _, data in _fields(body))


def _fields(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of each event that an empty line ends; a cut-off last one does not count."""
    name = b""
    data: list[bytes] = []
    for line in body.splitlines(keepends=True):
        line = line.rstrip(b"\r\n")
        if not line:
            if data:
                yield name, b"\n".join(data)
            name, data = b"", []
            continue
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            name = value
        elif field == b"data":
            data.append(value)


def accumulate(events: Iterable[Event], parse: JsonParser) -> tuple[dict[str, Any] | None, bool]:
    """Put a message together: (message or None, was message_stop seen). Raises StreamError."""
    assembly = _Assembly(parse)
    for event in events:
        if event.get("type") == "error":
            raise StreamError(error_text(event))
        try:
            assembly.take(event)
        except (KeyError, IndexError, TypeError, AttributeError) as exc:
            raise StreamError(f"event {event.get('type')!r} does not fit: {type(exc).__name__} {exc}") from None
    return assembly.finished()


# Delta type -> the delta's field -> the block's field it adds to.
_GROWING = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("partial_json", "input"),
}


class _Assembly:
    """A message under construction. Growing fields are kept in pieces and joined once."""

    def __init__(self, parse: JsonParser) -> None:
        self._parse = parse
        self._message: dict[str, Any] | None = None
        self._pieces: dict[tuple[int, str], list[str]] = {}
        self._stopped = False

    def take(self, event: Event) -> None:
        kind = event.get("type")
        if kind == "message_start":
            self._message = {**event["message"], "content": []}
        elif kind == "message_stop":
            self._stopped = True
        elif self._message is not None:
            self._grow(self._message, event)

    def _grow(self, message: dict[str, Any], event: Event) -> None:
        kind = event.get("type")
        if kind == "content_block_start":
            message["content"].append(dict(event["content_block"]))
        elif kind == "content_block_delta":
            self._delta(message["content"], int(event["index"]), event["delta"])
        elif kind == "message_delta":
            message.update({name: value for name, value in event["delta"].items() if name.startswith("stop_")})
            counts = {name: count for name, count in (event.get("usage") or {}).items() if count is not None}
            message["usage"] = {**(message.get("usage") or {}), **counts}

    def _delta(self, content: list[dict[str, Any]], index: int, delta: Mapping[str, Any]) -> None:
        if not 0 <= index < len(content):
            raise IndexError(index)
        kind, block = delta["type"], content[index]
        if kind in _GROWING:
            source, target = _GROWING[kind]
            self._pieces.setdefault((index, target), []).append(delta[source])
        elif kind == "signature_delta":
            block["signature"] = delta["signature"]
        elif kind == "citations_delta":
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]

    def finished(self) -> tuple[dict[str, Any] | None, bool]:
        """The message with all pieces in place, and whether it was stopped properly."""
        if self._message is None:
            return None, False
        for (index, target), pieces in self._pieces.items():
            block = self._message["content"][index]
            if target == "input":
                block["input"] = self._input("".join(pieces), block)
            else:
                block[target] = block.get(target, "") + "".join(pieces)
        return self._message, self._stopped

    def _input(self, text: str, block: Mapping[str, Any]) -> Any:
        if not text:
            return block.get("input")
        try:
            return self._parse(text.encode("utf-8", "surrogatepass"))
        except ValueError as exc:
            if not self._stopped:
                return block.get("input")  # cut off in the middle of the arguments
            raise StreamError(f"unreadable tool input: {exc}") from None


def error_text(value: Mapping[str, Any]) -> str:
    """An error object of the API in words."""
    error = value.get("error")
    if not isinstance(error, Mapping):
        return "error without details"
    return f"{error.get('type')}: {error.get('message')}"
