"""Requests of the client that the server owes an answer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Literal

from pytest_agentsafety.session.mcp_proxy.lines import Message

What = Literal["call", "listing", "task result", "other"]


class NoAnswer(Exception):
    """There will be no answer: the client cancelled the call, or the server is gone."""


@dataclass(eq=False)
class Outstanding:
    """One request. For a call: `sent` says whether the server may answer it yet, `over` wakes up who waits for it."""

    request: Message
    what: What
    sent: bool = False
    cancelled: bool = False
    response: Message | None = None
    over: Event = field(default_factory=Event)

    def wait(self) -> Message:
        """The server's answer. Raises NoAnswer."""
        self.over.wait()
        if self.response is None:
            raise NoAnswer
        return self.response


class Ledger:
    """Outstanding requests by id. An answer that nobody waits for has no owner and goes nowhere."""

    def __init__(self) -> None:
        self._open: dict[str, Outstanding] = {}
        self._lock = Lock()
        self._closed = False

    def open(self, request: Message, what: What) -> Outstanding | None:
        """None where the id is in use."""
        with self._lock:
            if request.key in self._open:
                return None
            made = self._open[request.key] = Outstanding(request, what, sent=what != "call")
            if self._closed:
                made.over.set()
            return made

    def answered(self, response: Message) -> Outstanding | None:
        """Whose answer this is; a call's is handed to whoever waits for it."""
        with self._lock:
            found = self._open.get(response.key)
            if found is None or not found.sent or found.response is not None:
                return None
            found.response = response
            if found.what == "call":
                found.over.set()
            else:
                del self._open[response.key]
            return found

    def done(self, outstanding: Outstanding) -> None:
        with self._lock:
            self._open.pop(outstanding.request.key, None)

    def cancel(self, key: str) -> None:
        with self._lock:
            found = self._open.get(key)
            if found is not None:
                found.cancelled = True
                found.over.set()

    def close(self) -> None:
        """The server is gone: whoever waits goes on without an answer."""
        with self._lock:
            self._closed = True
            for outstanding in self._open.values():
                outstanding.over.set()

    def calls(self) -> list[Outstanding]:
        with self._lock:
            return [one for one in self._open.values() if one.what == "call"]
