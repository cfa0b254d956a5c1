"""An asyncio server in a thread of its own: what the scripted model and the gateway have in common."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

# Turns of the event loop from an accepted connection to its entry in the list of connections, generously.
_STEPS_TO_REGISTER = 10


class LoopbackServer:
    """`with` it, or `start` and `stop`; then `_port` is the port. `_served` answers what comes over one connection.

    `_around` is entered before the first connection is taken, and left when all of them are closed.
    """

    _name = "loopback-server"

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._thread: Thread | None = None
        self._ready = Event()
        self._failure: BaseException | None = None
        self._connections: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Serve from a thread of its own. Raises OSError for an address that is taken, and what `_around` raises."""
        self._ready.clear()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name=self._name, daemon=True)
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

    async def _around(self, stack: AsyncExitStack) -> None:
        """Open what is needed while it serves; the port is known."""

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._failure = None
        async with AsyncExitStack() as stack:
            try:
                server = await asyncio.start_server(self._connected, self._host, self._port)
                self._port = server.sockets[0].getsockname()[1]
                await self._around(stack)
            except Exception as error:  # noqa: BLE001 - raised again in the thread that waits for the start
                self._failure = error
                return
            finally:
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
            with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, OSError, TimeoutError):
                await self._served(reader, writer)
        finally:
            self._connections.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
