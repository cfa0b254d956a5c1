"""The gateway itself: a loopback server that lets the requests of another process pass both doors of a task."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from hmac import compare_digest
from importlib import import_module
from typing import Any

from pytest_agentsafety.llm import server_http as http
from pytest_agentsafety.llm.flavours import Flavour
from pytest_agentsafety.llm.gateway import reading
from pytest_agentsafety.llm.gateway.answer import Answer
from pytest_agentsafety.llm.gateway.environment import child_environment
from pytest_agentsafety.llm.gateway.final import Check
from pytest_agentsafety.llm.gateway.formats import ENDPOINTS, format_of
from pytest_agentsafety.llm.gateway.memory import Memory
from pytest_agentsafety.llm.gateway.serving import Opening, Serving
from pytest_agentsafety.llm.gateway.upstream import Upstreams
from pytest_agentsafety.llm.loopback import LoopbackServer
from pytest_agentsafety.llm.shortcuts import shortcut
from pytest_agentsafety.protocols import ModelDoor, ToolDoor

_HOST = "127.0.0.1"
_MOST_CONNECTIONS = 256
_HEAD_SECONDS = 30.0  # for the first request of a connection; an agent may think for long between two
_BODY_SECONDS = 120.0
_MOST_REFUSED = 20
_LINGER_SECONDS, _LINGER_PIECES, _PIECE = 2.0, 64, 65_536
_TOKEN_BYTES = 24


class Gateway(LoopbackServer):
    """`with Gateway(model_door, tool_door) as gateway:` serves until the block ends; `env()` leads an agent to it.

    `model_door` and `tool_door` say which doors a request passes that comes now; without a model door it is refused,
    without a tool door replies pass as they are. `opening`, where given, is called before them for each request, with
    the user's first words and the tools. `answers` says who looks at a reply without calls, the answer of a turn,
    before the agent gets it; without it nobody does, and words are streamed as they come. Only loopback clients that
    know the random token of the path are served. `requests` counts the model requests of agents, `refused` holds what
    was asked for and is not served.
    """

    _name = "gateway"

    def __init__(
        self,
        model_door: Callable[[], ModelDoor | None],
        tool_door: Callable[[], ToolDoor | None] | None = None,
        *,
        upstreams: Upstreams | None = None,
        opening: Callable[[Opening], None] | None = None,
        answers: Callable[[], Check | None] | None = None,
    ) -> None:
        super().__init__(_HOST, 0)
        self._model_door, self._tool_door = model_door, tool_door or (lambda: None)
        self._upstreams = Upstreams.of() if upstreams is None else upstreams
        self._opening = opening
        self._answers = answers or (lambda: None)
        self._token = secrets.token_urlsafe(_TOKEN_BYTES)
        self.requests = 0
        self.refused: list[str] = []

    @classmethod
    def for_task(cls, task: Any, *, upstreams: Upstreams | None = None) -> Gateway:
        """A gateway to the doors of one task (`gate.TaskGate`: both doors in one)."""
        return cls(lambda: task, lambda: task, upstreams=upstreams)

    @property
    def url(self) -> str:
        """Base URL with the token, as `ANTHROPIC_BASE_URL` has it. Whoever knows it may spend the task's budget."""
        return f"http://{_HOST}:{self._port}/{self._token}"

    def env(self, *, lend_keys: bool = True) -> dict[str, str]:
        """The variables that lead an agent's process here.

        `lend_keys` gives it a key that is none where this process has none: for tasks that nothing leaves.
        """
        return child_environment(self.url, lend_keys=lend_keys)

    async def _around(self, stack: AsyncExitStack) -> None:
        """Raises ConfigError for an authority that cannot be used."""
        memory = Memory()
        stack.push_async_callback(asyncio.to_thread, memory.close)
        client = self._upstreams.client()
        stack.push_async_callback(client.aclose)
        self._serving = Serving(
            client,
            Flavour.of(import_module("httpx2")),
            memory,
            self._upstreams,
            self._model_door,
            self._tool_door,
            self._answers,
        )
        stack.enter_context(shortcut(f"{_HOST}:{self._port}", self._way))

    def _way(self, url: str) -> str | None:
        """Where a request to this URL of ours goes on to; None for one that is not served."""
        path, _, query = url.removeprefix(self.url).partition("?")
        if not url.startswith(f"{self.url}/") or path not in ENDPOINTS:
            return None
        return self._upstreams.url(ENDPOINTS[path][0].provider, path, query)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) <= _MOST_CONNECTIONS:
            await self._converse(reader, writer)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        patience: float | None = _HEAD_SECONDS
        usable = True
        while usable and not self._stopping.is_set():
            answer = Answer(writer, format_of(""), keep_alive=False)
            try:
                async with asyncio.timeout(patience):
                    head = await reading.read_head(reader)
                path = self._path(head)
                answer = Answer(writer, format_of(path), keep_alive=head.keep_alive)
                async with asyncio.timeout(_BODY_SECONDS):
                    if head.waits_for_go:
                        await http.go_on(writer)
                    body = await reading.read_body(reader, head)
            except reading.Refused as refusal:
                answer.usable = False
                await answer.error(refusal.status, refusal.reason)
                await _linger(reader, writer)
                return
            await self._watched(reader, self._serve_one(path, head, body, answer), answer)
            patience, usable = None, answer.usable

    def _path(self, head: reading.Head) -> str:
        """The API's path of a request that may be served. Raises Refused, before the body was read."""
        _, token, *rest = head.path.split("/", 2)
        if not compare_digest(token.encode(), self._token.encode()):
            raise reading.Refused(403, "this gateway serves one process; its base URL holds a token")
        path = f"/{rest[0]}" if rest else "/"
        if path not in ENDPOINTS or head.method != "POST":
            if len(self.refused) < _MOST_REFUSED:
                self.refused.append(f"{head.method} {path}")
            served = ", ".join(ENDPOINTS)
            raise reading.Refused(404, f"the gateway serves POST to {served}; not {head.method} {path}")
        return path

    async def _serve_one(self, path: str, head: reading.Head, body: bytes, answer: Answer) -> None:
        self.requests += 1
        await self._serving.serve(path, head, body, answer, self._opening)

    async def _watched(self, reader: asyncio.StreamReader, work: Any, answer: Answer) -> None:
        """Do the work, unless the client goes away. One that sends more before it has its answer gets no second."""
        working = asyncio.ensure_future(work)
        listening = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                answer.usable = False
                if not listening.cancelled() and listening.exception() is None and listening.result():
                    await asyncio.wait({working})
            if working.done():
                working.result()
        finally:
            for one in (working, listening):
                one.cancel()
            await asyncio.gather(working, listening, return_exceptions=True)


async def _linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take what a refused client still sends, within bounds: closing on it would throw the answer away."""
    with suppress(OSError, TimeoutError):
        if writer.can_write_eof():
            writer.write_eof()
        async with asyncio.timeout(_LINGER_SECONDS):
            for _ in range(_LINGER_PIECES):
                if not await reader.read(_PIECE):
                    return
