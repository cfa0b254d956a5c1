"""A real HTTP server that speaks the formats of model calls, with a scripted model behind it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from pytest_agentsafety.llm import server_http as http
from pytest_agentsafety.llm.loopback import LoopbackServer
from pytest_agentsafety.llm.scripted import ScriptedModel
from pytest_agentsafety.llm.server_answers import Answer, Received, received_from


class MessagesServer(LoopbackServer):
    """`with MessagesServer(model) as server:` serves on `server.url` until the block ends.

    `port` 0 takes a free one. Answers `/v1/messages`, OpenAI's `/chat/completions` and `/responses` (plain and
    streamed) and `/v1/messages/count_tokens`, under any prefix. Usage is estimated and a header says so. `log` holds
    every request, `calls` counts those for an answer. The model sees each request as the Messages API writes it; it
    runs on the server's own thread, one request at a time. `compress` gzips plain answers for clients that take it.
    """

    _name = "messages-server"

    def __init__(self, model: ScriptedModel, *, host: str = "127.0.0.1", port: int = 0, compress: bool = False) -> None:
        super().__init__(host, port)
        self._model, self._compress = model, compress
        self.calls = 0
        self.log: list[Received] = []

    @property
    def url(self) -> str:
        """Base URL, for the SDK's `base_url` (the OpenAI SDK wants `/v1` behind it)."""
        return f"http://{self._host}:{self._port}"

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(http.BadRequest):
            while await self._exchange(await http.read_request(reader), writer):
                pass

    async def _exchange(self, request: http.HttpRequest, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; false when the connection is over."""
        received = received_from(request, number=self.calls + 1)
        self.calls += received.number > 0
        self.log.append(received)
        return await Answer(writer, request, received, self._stopping, compress=self._compress).give(self._model)
