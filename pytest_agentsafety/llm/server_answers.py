"""One request at the scripted server, answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.llm import server_http as http
from pytest_agentsafety.llm.api_rules import problem_of
from pytest_agentsafety.llm.calls import CallKind, UnsupportedModelCall, call_kind, tells
from pytest_agentsafety.llm.dialects import dialect_of
from pytest_agentsafety.llm.dialects.messages import MESSAGES
from pytest_agentsafety.llm.replies import count_of, message_of
from pytest_agentsafety.llm.scripted import Fault, ScriptedModel
from pytest_agentsafety.llm.sizes import ESTIMATED
from pytest_agentsafety.llm.wire import encode_json, parse_json
from pytest_agentsafety.model.canonical import digest
from pytest_agentsafety.model.messages import PlannedTurn

_FAULT_STATUS = {"rate_limit": 429, "overloaded": 529, "server_error": 500}
_PARTIAL = PlannedTurn(text="A partial answer that breaks off in the middle of what it was going to say.")
# message_start, content_block_start and one delta get through before a stream is cut.
_EVENTS_BEFORE_CUT = 3
_GENERATING = ("messages", "chat", "responses")
_KEYS = ("x-api-key", "authorization", "api-key")


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request the server got. `number` counts the requests for an answer from 1 (0 for others).

    `payload` is the decoded JSON body, None where there is none or it is unreadable.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    payload: Any
    number: int
    kind: CallKind | None


def received_from(request: http.HttpRequest, *, number: int) -> Received:
    """`number` is the one it gets if it asks for an answer."""
    try:
        payload = parse_json(request.body) if request.body else None
    except ValueError:
        payload = None
    kind = call_kind("POST", request.path)
    if kind is not None and not tells(kind, request.path, payload):
        kind = None
    asks = request.method == "POST" and kind in _GENERATING
    return Received(
        method=request.method,
        path=request.path,
        headers=request.headers,
        payload=payload,
        number=number if asks else 0,
        kind=kind,
    )


class Answer:
    """Writes the answer to one request. Its coroutines return whether the connection may be used again."""

    def __init__(
        self,
        writer: asyncio.StreamWriter,
        request: http.HttpRequest,
        received: Received,
        stopping: asyncio.Event,
        *,
        compress: bool,
    ) -> None:
        self._writer, self._received, self._stopping = writer, received, stopping
        self._size = len(request.body)
        self._compress = compress and request.takes_gzip
        # The same request gets the same id, so that recordings are the same.
        request_id = f"req_{digest(received.payload)[:24]}"
        self._headers = {
            "content-type": "application/json",
            "request-id": request_id,
            "x-request-id": request_id,
            **ESTIMATED,
        }
        self._dialect = dialect_of(received.kind) if received.kind in ("chat", "responses") else MESSAGES

    async def give(self, model: ScriptedModel) -> bool:
        refusal = _refusal(self._received)
        if refusal is not None:
            return await self._error(*refusal)
        if self._received.number == 0:
            return await self._plain(200, encode_json(count_of(self._size)))
        try:
            asked = self._dialect.ask(self._received.payload).payload
        except UnsupportedModelCall as exc:
            return await self._error(400, str(exc))
        problem = problem_of(_dialogue(asked), needs_max_tokens=True)
        if problem is not None:
            return await self._error(400, problem)
        outcome = model(asked, self._received.number)
        if isinstance(outcome, Fault):
            return await self._fault(outcome)
        message = self._message(outcome)
        return await self._stream(message) if self._streaming else await self._plain(200, self._body(message))

    @property
    def _streaming(self) -> bool:
        return self._received.payload.get("stream") is True

    def _message(self, turn: PlannedTurn) -> dict[str, Any]:
        payload = self._received.payload
        # The same conversation gives the same ids, streamed or not.
        seed = digest({name: value for name, value in payload.items() if not name.startswith("stream")})
        return message_of(turn, model=str(payload["model"]), seed=seed, request_bytes=self._size)

    def _body(self, message: Mapping[str, Any]) -> bytes:
        return self._dialect.body(message, self._received.payload)

    async def _plain(self, status: int, body: bytes, extra: Mapping[str, str] | None = None) -> bool:
        headers = {**self._headers, **(extra or {})}
        await http.write_response(self._writer, status, headers, body, compress=self._compress)
        return True

    async def _error(self, status: int, message: str, extra: Mapping[str, str] | None = None) -> bool:
        error = {**self._dialect.error(status, message), "request_id": self._headers["request-id"]}
        return await self._plain(status, encode_json(error), extra)

    async def _stream(self, message: Mapping[str, Any], *, limit: int | None = None) -> bool:
        headers = {**self._headers, "content-type": "text/event-stream; charset=utf-8"}
        raw = self._received.payload
        events, trimmer = self._dialect.events(message, raw), self._dialect.trimmer(raw)
        shown = events if trimmer is None else (trimmer.feed(event) for event in events)
        return await http.write_chunks(self._writer, headers, filter(None, shown), limit=limit)

    async def _fault(self, fault: Fault) -> bool:
        if fault.kind in _FAULT_STATUS:
            extra = None if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
            return await self._error(_FAULT_STATUS[fault.kind], f"injected fault: {fault.kind}", extra)
        if fault.kind == "hang":
            await self._stopping.wait()
        elif fault.kind == "reset":
            http.reset(self._writer)
        elif fault.kind == "bad_json":
            body = self._body(self._message(_PARTIAL))
            await http.write_response(self._writer, 200, self._headers, body[: len(body) // 2])
            return True
        elif self._streaming:
            await self._stream(self._message(_PARTIAL), limit=_EVENTS_BEFORE_CUT)
        else:
            await http.write_part(self._writer, self._headers, self._body(self._message(_PARTIAL)))
        if fault.kind == "stall":
            await self._stopping.wait()
        return False


def _refusal(received: Received) -> tuple[int, str] | None:
    """Status and reason when the API would not take this request."""
    if received.kind not in (*_GENERATING, "count_tokens"):
        return 404, f"no such endpoint: {received.path}"
    if received.method != "POST":
        return 405, f"{received.method} is not allowed here"
    if not any(received.headers.get(name) for name in _KEYS):
        return 401, "x-api-key header is required"
    if not isinstance(received.payload, Mapping):
        return 400, "the request body must be a JSON object"
    if not received.path.endswith("/count_tokens"):
        return None
    problem = problem_of(received.payload, needs_max_tokens=False)
    return (400, problem) if problem else None


def _dialogue(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A request without what only other formats have: instructions in the middle of the conversation."""
    messages = asked.get("messages")
    if not isinstance(messages, list):
        return dict(asked)
    kept = [message for message in messages if not isinstance(message, Mapping) or message.get("role") != "system"]
    return {**asked, "messages": kept}
