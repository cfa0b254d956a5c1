"""A real HTTP server that speaks the formats of model calls, with a scripted model behind it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType

from pytest_agentsafety.llm import server_http as http
from pytest_agentsafety.llm.scripted import ScriptedModel
from pytest_agentsafety.llm.server_answers import Answer, Received, received_from

# Turns of the event loop from an accepted connection to its entry in the list of connections, generously.
_STEPS_TO_REGISTER = 10


class MessagesServer:
    """`with MessagesServer(model) as server:` serves on `server.url` until the block ends.

    `port` 0 takes a free one. Answers `/v1/messages`, OpenAI's `/chat/completions` and `/responses` (plain and
    streamed) and `/v1/messages/count_tokens`, under any prefix. Usage is estimated and a header says so. `log` holds
    every request, `calls` counts those for an answer. The model sees each request as the Messages API writes it; it
    runs on the server's own thread, one request at a time. `compress` gzips plain answers for clients that take it.
    """

    def __init__(self, model: ScriptedModel, *, host: str = "127.0.0.1", port: int = 0, compress: bool = False) -> None:
        self._model, self._host, self._port, self._compress = model, host, port, compress
        self._thread: Thread | None = None
        self._ready = Event()
        self._failure: OSError | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.calls = 0
        self.log: list[Received] = []

    @property
    def url(self) -> str:
        """Base URL, for the SDK's `base_url` (the OpenAI SDK wants `/v1` behind it)."""
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> MessagesServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Serve from a thread of its own. Raises OSError when the address cannot be bound."""
        self._ready.clear()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="messages-server", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Close all connections and the port; calling it twice is harmless."""
        if self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._thread = None

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._failure = None
        try:
            server = await asyncio.start_server(self._connected, self._host, self._port)
        except OSError as exc:
            self._failure = exc
            self._ready.set()
            return
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for _ in range(_STEPS_TO_REGISTER):  # a connection that was just accepted has to be known to be closed
            await asyncio.sleep(0)
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, http.BadRequest):
                while await self._exchange(await http.read_request(reader), writer):
                    pass
        finally:
            self._connections.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, request: http.HttpRequest, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; false when the connection is over."""
        received = received_from(request, number=self.calls + 1)
        self.calls += received.number > 0
        self.log.append(received)
        return await Answer(writer, request, received, self._stopping, compress=self._compress).give(self._model)
