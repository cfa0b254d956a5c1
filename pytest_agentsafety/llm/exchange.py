"""One model request between the agent and the network, the same for sync and async clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import perf_counter
from typing import Any

from pytest_agentsafety.llm.calls import CallKind
from pytest_agentsafety.llm.flavours import Flavour
from pytest_agentsafety.llm.retry import is_retryable
from pytest_agentsafety.llm.sdk_retries import note_failure
from pytest_agentsafety.llm.sizes import USAGE_HEADER, marks_estimate
from pytest_agentsafety.llm.stops import raise_through_sdk
from pytest_agentsafety.llm.wire import Decoded, decode, encode_json, encode_sse, message_in, usage_of
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse, Usage
from pytest_agentsafety.model.passage import Passage
from pytest_agentsafety.protocols import ModelDoor

_new = tuple.__new__
_NOT_OURS_TO_KEEP = frozenset({"transfer-encoding", "content-length"})


def _capped(timeouts: Mapping[str, float | None], left: float) -> dict[str, float]:
    return {name: left if limit is None or limit > left else limit for name, limit in timeouts.items()}


class CutStream(Exception):
    """A response stream ended before its message did; the outcome is unknown."""


class Exchange:
    """Drives a ModelPass from admission to its end. Exactly one of `finish` and `abandon` is called on it."""

    _decode = staticmethod(decode)

    def __init__(self, flavour: Flavour, door: ModelDoor, kind: CallKind, ask: ModelRequest, request: Any) -> None:
        self._flavour, self._door, self._kind, self._ask = flavour, door, kind, ask
        self.request = request  # what has to be sent
        self._own_body = ask.body
        self._pass = door.admit(ask)
        self._ended = False
        self._start = perf_counter()
        self._recorded_ms: float | None = None
        # A pass may want to know what came from upstream for the agent: of several attempts the last.
        self._recorded: Callable[[Passage], None] | None = getattr(self._pass, "recorded", None)
        self._timeouts: Mapping[str, float | None] | None = request.extensions.get("timeout")
        upstream: str | None = getattr(self._pass, "upstream", None)
        if upstream is not None:
            self._redirect(upstream)

    def _redirect(self, upstream: str) -> None:
        base = self._flavour.module.URL(upstream)
        self.request.url = self.request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
        self.request.headers["host"] = base.netloc.decode("ascii")

    def attempt(self) -> Any | None:
        """Begin an attempt: the answer that spares the network, asked for each time anew. None: send `request`."""
        reply = self._pass.reply
        if reply is None:
            self._prepare()
            self._start = perf_counter()
            return None
        self._start = perf_counter()
        self._recorded_ms = reply.recorded_ms
        content, headers = self._encode(reply)
        response = self._flavour.response(reply.status, headers, content, self.request)
        response.elapsed = timedelta(milliseconds=reply.recorded_ms or 0.0)
        return response

    def _prepare(self) -> None:
        """Make `request` that of the attempt that begins now.

        A pass may have a `body` to send in place of the agent's own, and say how many `seconds_left` the request has:
        no time-out of the client is longer than that.
        """
        body: bytes | None = getattr(self._pass, "body", None)
        if body is not None and body != self.request.content:
            self.request = self._flavour.with_body(self.request, body)
        left: float | None = getattr(self._pass, "seconds_left", None)
        if left is not None and self._timeouts:
            for limit in self._timeouts.values():
                if limit is None or limit > left:
                    self.request.extensions["timeout"] = _capped(self._timeouts, left)
                    break

    def _encode(self, reply: ModelReply) -> tuple[bytes, dict[str, str]]:
        kept = {k.lower(): v for k, v in reply.headers.items() if k.lower() not in _NOT_OURS_TO_KEEP}
        if reply.message is None:
            return reply.raw or b"", kept
        if self._ask.stream and reply.status == 200:
            return encode_sse(reply.message), {**kept, "content-type": "text/event-stream; charset=utf-8"}
        return encode_json(reply.message), {**kept, "content-type": "application/json"}

    def answered(self, response: Any, *, local: bool, sync: bool) -> float | None:
        """Take a response: seconds to wait before the next attempt, None when it is the agent's to have."""
        status, headers = response.status_code, response.headers
        if status >= 400:
            if is_retryable(status):
                delay = self._ask_retry(status=status, error=None, response=response)
                if delay is not None:
                    return delay
            headers["x-should-retry"] = "false"  # the SDK would add its own retries to ours
        if local:
            self._recorded = None
        if local or response.is_closed:
            if self._recorded is not None:
                self._record(status, headers, response.content)
            self._settle(status, headers, response.content)
        else:
            tee = self._flavour.tee if sync else self._flavour.async_tee
            response.stream = tee(response.stream, self._stream_ending(status, headers))
        return None

    def _ask_retry(self, *, status: int | None, error: BaseException | None, response: Any = None) -> float | None:
        headers = dict(response.headers) if response is not None else {}
        try:
            return self._pass.retry(status=status, error=error, headers=headers)
        except StopRun:
            if response is not None:
                self._settle(response.status_code, response.headers, response.content)
            raise

    def failed(self, error: BaseException) -> float:
        """Take an exception of an attempt: seconds to wait before the next one. Raises when there is none."""
        if not self._ended and isinstance(error, self._flavour.transport_error):
            delay = self._ask_retry(status=None, error=error)
            if delay is not None:
                return delay
        raise error

    def stopped(self, error: BaseException) -> None:
        """The exchange ends with `error`; a StopRun is raised in the form that crosses the SDK."""
        self._abandon(error)
        if isinstance(error, StopRun):
            raise_through_sdk(error)
        note_failure(self._door, self._own_body, error)

    def _stream_ending(self, status: int, headers: Any) -> Any:
        def ending(raw: bytes, error: BaseException | None) -> None:
            if error is not None:
                self._abandon(error)
                return
            try:
                content = self._flavour.unpack(headers, raw)
            except self._flavour.module.DecodingError as exc:
                self._abandon(exc)
                return
            self._settle_stream(status, headers, content)

        return ending

    def _record(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        if self._recorded is not None and not self._ended:
            self._recorded(
                Passage(
                    path=self._ask.path,
                    request_headers=dict(self.request.headers),
                    request_body=self._own_body,
                    status=status,
                    headers=dict(headers),
                    body=content,
                    ms=(perf_counter() - self._start) * 1000,
                )
            )

    def _settle_stream(self, status: int, headers: Any, content: bytes) -> None:
        decoded = self._decode(content, headers.get("content-type", ""))
        if not decoded.complete:
            self._abandon(CutStream(decoded.error))
            return
        self._record(status, headers, content)
        try:
            self._finish(status, headers, decoded)
        except StopRun as stop:
            raise_through_sdk(stop)

    def _settle(self, status: int, headers: Any, content: bytes) -> None:
        if status == 200 and self._kind == "messages" and not self._ended:
            # A body that is one JSON value holds no event of a stream, whatever its headers say: they need no look.
            message = message_in(content)
            if message is not None and USAGE_HEADER in headers:  # a player of ours, whose usage is a guess
                self._finish(status, headers, Decoded(message=message, usage=usage_of(message), complete=True))
                return
            if message is not None:
                self._ended = True
                took = (perf_counter() - self._start) * 1000
                usage = usage_of(message)
                self._pass.finish(_new(ModelResponse, (200, message, usage, took, self._recorded_ms, None)))
                return
        self._finish(status, headers, self._decode(content, headers.get("content-type", "")))

    def _finish(self, status: int, headers: Any, decoded: Decoded) -> None:
        if self._ended:
            return
        self._ended = True
        good = status == 200
        self._pass.finish(
            ModelResponse(
                status=status,
                message=decoded.message if good else None,
                usage=self._usage(status, headers, decoded),
                latency_ms=(perf_counter() - self._start) * 1000,
                recorded_ms=self._recorded_ms,
                error=None if good and decoded.error is None else self._error(status, decoded),
            )
        )

    def _usage(self, status: int, headers: Mapping[str, str], decoded: Decoded) -> Usage | None:
        """Known to be nothing where nothing is generated: a count, a refused request. After a 5xx nobody knows."""
        if self._kind == "count_tokens" or 300 <= status < 500:
            return Usage()
        if decoded.message is None or USAGE_HEADER not in headers or not marks_estimate(headers):
            return decoded.usage
        return usage_of(decoded.message, estimated=True)

    def _error(self, status: int, decoded: Decoded) -> str | None:
        if status != 200:
            return f"HTTP status {status}: {decoded.error or 'no error object'}"
        return None if self._kind == "count_tokens" else decoded.error

    def _abandon(self, error: BaseException) -> None:
        if not self._ended:
            self._ended = True
            self._pass.abandon(error)
