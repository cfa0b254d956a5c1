"""One model request of an agent: opened, admitted, asked, answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from pytest_agentsafety.llm.admitting import begin
from pytest_agentsafety.llm.calls import CallKind, target_of
from pytest_agentsafety.llm.driving import INSIDE, drive
from pytest_agentsafety.llm.flavours import Flavour
from pytest_agentsafety.llm.gateway.answer import Answer
from pytest_agentsafety.llm.gateway.final import Check
from pytest_agentsafety.llm.gateway.formats import ENDPOINTS
from pytest_agentsafety.llm.gateway.formats.base import Format, Payload
from pytest_agentsafety.llm.gateway.memory import Memory
from pytest_agentsafety.llm.gateway.reading import Head
from pytest_agentsafety.llm.gateway.rounds import CutOff, Rounds
from pytest_agentsafety.llm.gateway.upstream import Upstreams, forwarded
from pytest_agentsafety.llm.wire import encode_json, parse_json
from pytest_agentsafety.model.errors import AgentSafetyError, StopRun
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ModelDoor, ToolDoor

_STOPPED, _NO_DOOR, _UPSTREAM, _OURS = 403, 403, 502, 500


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a task can be opened with: the user's first words in a request, and the tools it declares."""

    prompt: str
    tools: Sequence[ToolSpec]


class Serving:
    """Shared by the connections of one gateway."""

    def __init__(
        self,
        client: Any,
        flavour: Flavour,
        memory: Memory,
        upstreams: Upstreams,
        model_door: Callable[[], ModelDoor | None],
        tool_door: Callable[[], ToolDoor | None],
        answers: Callable[[], Check | None],
    ) -> None:
        self._answers = answers
        self._client, self._flavour, self._memory, self._upstreams = client, flavour, memory, upstreams
        self._model_door, self._tool_door = model_door, tool_door
        self._opening = Lock()

    async def serve(
        self, path: str, head: Head, body: bytes, answer: Answer, opening: Callable[[Opening], None] | None
    ) -> None:
        """Answer one request, whatever happens to it."""
        payload = _payload(body)
        if payload is None:
            await answer.error(400, "the body must be a JSON object")
            return
        try:
            await self._answered(path, head, body, payload, answer, opening)
        except StopRun as stop:
            await answer.error(_STOPPED, f"agentsafety stopped this task: {stop}")
        except AgentSafetyError as error:
            await answer.error(_OURS, f"agentsafety: {error}")
        except OSError:
            raise  # the agent's own connection
        except Exception as error:  # noqa: BLE001 - what one agent sends may not end the conversations of others
            await self._broken(error, answer)

    async def _answered(
        self,
        path: str,
        head: Head,
        body: bytes,
        payload: Payload,
        answer: Answer,
        opening: Callable[[Opening], None] | None,
    ) -> None:
        spoken, kind = ENDPOINTS[path]
        tools = list(spoken.specs(payload))
        if opening is not None:
            opened = Opening(prompt=spoken.prompt(payload), tools=tools)
            await asyncio.to_thread(self._opened, opening, opened)
        door, tool_door = self._model_door(), self._tool_door()
        if door is None:
            await answer.error(_NO_DOOR, "no task is under way, so that nothing may leave")
            return
        if tool_door is not None and tools:
            tool_door.learn(tools)
        request = _Request(self, spoken, kind, door, path, head, body, payload)
        await self._rounds(request, tool_door, answer)

    async def _broken(self, error: Exception, answer: Answer) -> None:
        """An answer that was begun is broken off: nobody may take what came so far for the whole."""
        if answer.begun or isinstance(error, CutOff):
            answer.cut()
        elif isinstance(error, self._flavour.transport_error):
            await answer.error(_UPSTREAM, f"the model could not be reached: {type(error).__name__}: {error}")
        else:
            await answer.error(_OURS, f"this request could not be understood: {type(error).__name__}")

    def _opened(self, opening: Callable[[Opening], None], opened: Opening) -> None:
        with self._opening:
            opening(opened)

    async def _rounds(self, request: _Request, tool_door: ToolDoor | None, answer: Answer) -> None:
        rounds = Rounds(request.spoken, self._memory, tool_door, request.send, self._answers())
        if request.kind == "count_tokens":
            await rounds.count(request.payload, answer)
        elif request.payload.get("stream") is True:
            await rounds.stream(request.payload, answer)
        else:
            await rounds.plain(request.payload, answer)

    async def ask(self, door: ModelDoor, kind: CallKind, url: str, headers: dict[str, str], body: bytes) -> Any:
        """One request through the model door; its response, whose body may still be on its way."""
        request = self._client.build_request("POST", url, headers=headers, content=body)
        request.extensions[INSIDE] = True
        # Guards may take their time, and may ask a model themselves.
        target = target_of(request.url)._replace(kind=kind)
        exchange = await asyncio.to_thread(begin, self._flavour, door, target, request, body)
        if exchange is None:
            raise StopRun("the request is no model call")
        return await drive(exchange, self._flavour, request, self._sent, stream=True)

    async def _sent(self, request: Any) -> Any:
        request.extensions[INSIDE] = True
        return await self._client.send(request, stream=True)


class _Request:
    """An agent's request, as often as it is sent on."""

    def __init__(
        self,
        serving: Serving,
        spoken: Format,
        kind: CallKind,
        door: ModelDoor,
        path: str,
        head: Head,
        body: bytes,
        payload: Payload,
    ) -> None:
        self._serving, self._door, self._body = serving, door, body
        self.spoken, self.kind, self.payload = spoken, kind, payload
        self._url = serving._upstreams.url(spoken.provider, path, head.query)
        self._headers = forwarded(head.headers)

    async def send(self, payload: Payload) -> Any:
        """The agent's own bytes, where the payload is its own."""
        body = self._body if payload is self.payload else encode_json(payload)
        return await self._serving.ask(self._door, self.kind, self._url, dict(self._headers), body)


def _payload(body: bytes) -> Payload | None:
    try:
        value = parse_json(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
