"""A provider in this process that keeps a bill of its own: what each attempt really cost, known to the caller or not.

A request says in its words how its attempts end: "n=7 plan=529,ok" fails once and is answered then.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from decimal import Decimal
from typing import Any

import anthropic
import httpx2

from pytest_agentsafety.llm.wire import encode_sse
from pytest_agentsafety.protocols import Rates

MODEL = "model-of-the-house"
RATES = Rates(input=1e-6, output=5e-6, cache_read=1e-7, cache_write=1e-6)
_INPUT, _OUTPUT = Decimal("0.000001"), Decimal("0.000005")
ANSWERED = 12  # output tokens of an answer
# How an attempt can end. A refusal costs nothing; of what broke half-way nobody knows, and here it always costs.
ENDINGS = ("ok", "429", "400", "500", "529", "timeout", "reset", "unreached", "garbage", "short", "cut")


def text_of(number: int, plan: tuple[str, ...]) -> str:
    return f"n={number} plan={','.join(plan)}"


class Provider:
    """Both transports of the SDK's client. Thread-safe. `watch` is called while an attempt is under way."""

    def __init__(self, watch: Callable[[], None]) -> None:
        self._watch = watch
        self.bill = Decimal(0)
        self.attempts: Counter[int] = Counter()
        self._lock = threading.Lock()

    def ask(self, number: int, plan: tuple[str, ...], *, max_tokens: int) -> dict[str, Any]:
        """The arguments of a `create` call."""
        return {
            "model": MODEL,
            "max_tokens": max_tokens,
            "messages": [{"role": "user", "content": text_of(number, plan)}],
        }

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        payload = json.loads(request.content)
        words = dict(word.split("=") for word in payload["messages"][0]["content"].split())
        number, plan = int(words["n"]), words["plan"].split(",")
        with self._lock:
            ending = plan[min(self.attempts[number], len(plan) - 1)]
            self.attempts[number] += 1
            self.bill += self._cost(ending, len(request.content), payload["max_tokens"])
        self._watch()
        return self._answer(ending, payload)

    def _cost(self, ending: str, size: int, max_tokens: int) -> Decimal:
        if ending in ("429", "400", "unreached"):
            return Decimal(0)
        if ending == "ok":
            return size // 4 * _INPUT + ANSWERED * _OUTPUT
        return size // 2 * _INPUT + max_tokens * _OUTPUT

    def _answer(self, ending: str, payload: dict[str, Any]) -> httpx2.Response:
        if ending == "timeout":
            raise httpx2.ReadTimeout("no answer in time")
        if ending == "reset":
            raise httpx2.ReadError("connection reset")
        if ending == "unreached":
            raise httpx2.ConnectError("nobody there")
        if ending.isdigit():
            error = {"type": "error", "error": {"type": "api_error", "message": f"plan says {ending}"}}
            return httpx2.Response(int(ending), json=error)
        body = self._body(payload)
        if ending == "garbage":
            body = body.replace(b"{", b"<")
        elif ending in ("short", "cut"):
            body = body[: len(body) // 2]
        kind = "text/event-stream" if payload.get("stream") else "application/json"
        return httpx2.Response(200, headers={"content-type": kind}, stream=Pieces(body, cut=ending == "cut"))

    def _body(self, payload: dict[str, Any]) -> bytes:
        size = len(json.dumps(payload))
        message = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [{"type": "text", "text": "Certainly."}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": size // 4, "output_tokens": ANSWERED},
        }
        return encode_sse(message) if payload.get("stream") else json.dumps(message).encode()

    def client(self) -> anthropic.Anthropic:
        return Impatient(api_key="k", http_client=httpx2.Client(transport=httpx2.MockTransport(self)))

    def async_client(self) -> anthropic.AsyncAnthropic:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self))
        return AsyncImpatient(api_key="k", http_client=http)


class Pieces(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that comes in two pieces; `cut`: the connection breaks after them."""

    def __init__(self, body: bytes, *, cut: bool) -> None:
        self._pieces = [body[:100], body[100:]]
        self._cut = cut

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        if self._cut:
            raise httpx2.ReadError("connection reset in the middle")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


class Impatient(anthropic.Anthropic):
    """The SDK's client with its own retries and without its waiting between them."""

    def _calculate_retry_timeout(self, *_: Any, **__: Any) -> float:
        return 0.0


class AsyncImpatient(anthropic.AsyncAnthropic):
    def _calculate_retry_timeout(self, *_: Any, **__: Any) -> float:
        return 0.0


def plans() -> Iterator[tuple[str, ...]]:
    """The plans worth playing: every ending alone, and first before a good one."""
    for ending in ENDINGS:
        yield (ending,)
        if ending != "ok":
            yield (ending, "ok")
    yield ("529", "timeout", "ok")
