"""One request of an agent: the model is asked until there is a reply the agent may have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pytest_agentsafety.llm.gateway.answer import Answer
from pytest_agentsafety.llm.gateway.door_call import Call, DoorCall, Outcome
from pytest_agentsafety.llm.gateway.final import Check, Shown, checked
from pytest_agentsafety.llm.gateway.formats.base import Format, Payload
from pytest_agentsafety.llm.gateway.memory import Memory
from pytest_agentsafety.llm.gateway.splitting import Splitter
from pytest_agentsafety.llm.gateway.upstream import returned
from pytest_agentsafety.llm.wire import encode_json
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.protocols import ToolDoor

# Replies of which the agent gets nothing, in a row. The budget ends most of them earlier.
_MOST_ROUNDS = 25
Send = Callable[[Payload], Awaitable[Any]]


class TooManyRounds(StopRun):
    """The model goes on calling what it may not call."""

    guard = "gateway"


class UnreadableReply(StopRun):
    """A reply whose calls cannot be told apart, so that none of them can be handed out."""

    guard = "gateway"


class CutOff(Exception):
    """The upstream's stream ended in the middle."""


class Rounds:
    """Plays the tool door on the model's replies. `send` asks the model; `tools` is None where nobody decides.

    With `check`, which looks at answers, a stream is held back until it is known to be none, or looked at.
    """

    def __init__(
        self, spoken: Format, memory: Memory, tools: ToolDoor | None, send: Send, check: Check | None = None
    ) -> None:
        self._format, self._memory, self._tools, self._send, self._check = spoken, memory, tools, send, check
        self._held: list[bytes] = []
        self._before: list[Mapping[str, Any]] = []
        self._early: list[Mapping[str, Any]] = []

    async def plain(self, payload: Payload, answer: Answer) -> None:
        """Raises a StopRun, or what the last attempt at the upstream raised."""
        asked = woven = await self._woven(payload)
        for _ in range(_MOST_ROUNDS):
            response = await self._send(asked)
            content = await response.aread()
            reply = self._format.reply(content) if response.status_code == 200 else None
            outcomes = {} if reply is None else await self._decided(reply)
            if reply is None or _for_the_agent(outcomes):
                changed = None if reply is None else await self._answer(payload, reply)
                if changed is not None:
                    reply, content = changed.reply, encode_json(changed.reply)
                shown = content if reply is None else self._settled(payload, reply, outcomes, content)
                await answer.plain(response.status_code, returned(response.headers), shown)
                return
            self._before += self._format.exchange(reply, outcomes)
            asked = self._format.continued(woven, self._before)
        raise _too_many()

    async def count(self, payload: Payload, answer: Answer) -> None:
        """A count of tokens: of what would really be sent."""
        response = await self._send(await self._woven(payload))
        await answer.plain(response.status_code, returned(response.headers), await response.aread())

    async def stream(self, payload: Payload, answer: Answer) -> None:
        """As `plain`. Words go to the agent as they come, or once they were looked at; CutOff when the upstream breaks
        off."""
        asked = woven = await self._woven(payload)
        part = self._format.stream(payload)
        for _ in range(_MOST_ROUNDS):
            response = await self._send(asked)
            try:
                if not await self._passed_on(response, part, answer):
                    return
            finally:
                await response.aclose()
            reply = part.reply()
            if reply is None:
                raise CutOff
            outcomes = await self._decided(reply)
            if _for_the_agent(outcomes):
                for piece in await self._last(payload, reply, outcomes, part):
                    await answer.chunk(piece)
                await answer.end()
                return
            self._before += self._format.exchange(reply, outcomes)
            self._early += part.shown()
            asked = self._format.continued(woven, self._before)
            part = part.follow()
        raise _too_many()

    async def _last(self, payload: Payload, reply: Payload, outcomes: Mapping[str, Outcome], part: Any) -> list[bytes]:
        """The rest of the stream, with what was held back of it; all of it anew where the answer was changed."""
        changed = await self._answer(payload, reply)
        if changed is not None:
            self._early = []  # it stands in the answer
            self._settled(payload, changed.reply, outcomes, b"")
            return list(changed.events)
        self._settled(payload, reply, outcomes, b"")
        return [*self._held, *part.release(outcomes)]

    async def _answer(self, payload: Payload, reply: Payload) -> Shown | None:
        """What is shown in place of a reply that calls nothing; None where it stays as it is."""
        if self._check is None or self._format.calls(reply):
            return None
        return await checked(self._format.name, self._check, payload, reply, self._early)

    async def _passed_on(self, response: Any, part: Any, answer: Answer) -> bool:
        """Let a stream through, as far as it may go; false where it was none and that was all."""
        streams = response.headers.get("content-type", "").startswith("text/event-stream")
        if response.status_code != 200 or not streams:
            content = await response.aread()
            if answer.begun:
                await answer.error(502, f"the model could not be asked again: HTTP status {response.status_code}")
            elif streams or response.status_code != 200 or self._format.reply(content) is None:
                await answer.plain(response.status_code, returned(response.headers), content)
            else:
                raise UnreadableReply("a stream was asked for, and a plain reply came")
            return False
        if not answer.begun:
            await answer.begin(returned(response.headers))
        splitter = Splitter()
        async for chunk in response.aiter_bytes():
            for event in splitter.feed(chunk):
                for piece in part.feed(event):
                    if self._check is None or piece.startswith(b"event: error"):
                        await answer.chunk(piece)
                    else:
                        self._held.append(piece)
        return True

    async def _woven(self, payload: Payload) -> Payload:
        shown: dict[str, str] = {}
        for result in self._format.results(payload):
            text = await self._memory.checked(result.call_id, result.text, is_error=result.is_error)
            if text is not None:
                shown[result.call_id] = text
        return self._format.woven(payload, shown, self._memory)

    async def _decided(self, reply: Payload) -> dict[str, Outcome]:
        """What the door says of each call, one after another. All that are handed out are waited for, or none."""
        calls = self._format.calls(reply) if self._tools is not None else []
        if len({call.call_id for call in calls}) != len(calls):
            raise UnreadableReply("two calls of one reply have the same id")
        begun: list[tuple[Call, DoorCall]] = []
        outcomes: dict[str, Outcome] = {}
        try:
            for call in calls:
                assert self._tools is not None
                begun.append((call, DoorCall(self._tools, call).start()))
                outcomes[call.call_id] = await asyncio.wrap_future(begun[-1][1].decided)
        except BaseException:
            for _, passing in begun:
                passing.drop(wait=0)
            raise
        for call, passing in begun:
            if outcomes[call.call_id].kind == "handed":
                self._memory.wait_for(call.call_id, passing)
        return outcomes

    def _settled(self, payload: Payload, reply: Payload, outcomes: Mapping[str, Outcome], content: bytes) -> bytes:
        """Remember what the agent does not get of this turn, and give what it gets of a plain reply."""
        turn = self._format.turn(reply, outcomes, self._before, self._early)
        if turn is None:
            return content
        ids = [call_id for call_id, one in outcomes.items() if one.kind == "handed"]
        said = "" if ids else self._format.said_key(payload, reply, self._early)
        self._memory.keep(turn, ids=ids, said=said)
        return encode_json(self._format.handed_out(reply, outcomes))


def _for_the_agent(outcomes: Mapping[str, Outcome]) -> bool:
    return not outcomes or any(one.kind == "handed" for one in outcomes.values())


def _too_many() -> TooManyRounds:
    return TooManyRounds(f"{_MOST_ROUNDS} replies in a row called only what may not run here")
