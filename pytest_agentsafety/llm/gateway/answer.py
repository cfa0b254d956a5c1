"""What goes back to one agent over one connection."""

from __future__ import annotations

from asyncio import StreamWriter
from collections.abc import Mapping

from pytest_agentsafety.llm import server_http as http
from pytest_agentsafety.llm.gateway.formats.base import Format
from pytest_agentsafety.llm.wire import encode_json

# SDKs of both providers try no request again whose answer says so.
NO_RETRY = {"x-should-retry": "false"}


class Answer:
    """Writes one answer: plain, or streamed in chunks. `usable` says whether the connection may be used again."""

    def __init__(self, writer: StreamWriter, spoken: Format, *, keep_alive: bool) -> None:
        self._writer, self._format = writer, spoken
        self.usable = keep_alive
        self.begun = False

    async def plain(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.begun = True
        ending = {} if self.usable else {"connection": "close"}
        await http.write_response(self._writer, status, {**headers, **ending}, body)

    async def error(self, status: int, message: str) -> None:
        """An error of the format, also in the middle of a stream; nobody is to try it again."""
        if self.begun:
            await self.chunk(self._format.error_event(status, message))
            await self.end()
            return
        headers = {"content-type": "application/json", **NO_RETRY}
        await self.plain(status, headers, encode_json(self._format.error(status, message)))

    async def begin(self, headers: Mapping[str, str]) -> None:
        self.begun = True
        await http.begin_chunks(self._writer, headers)

    async def chunk(self, piece: bytes) -> None:
        await http.write_chunk(self._writer, piece)

    async def end(self) -> None:
        await http.end_chunks(self._writer)

    def cut(self) -> None:
        """Break off, so that nobody takes what came so far for the whole."""
        self.usable = False
        http.reset(self._writer)
