"""A request in another format than the Messages API's, on its way through the door and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.llm.calls import CallKind, UnsupportedModelCall
from pytest_agentsafety.llm.dialects import dialect_of
from pytest_agentsafety.llm.exchange import Exchange
from pytest_agentsafety.llm.flavours import Flavour
from pytest_agentsafety.llm.routing import written
from pytest_agentsafety.llm.wire import Decoded
from pytest_agentsafety.model.guard_call import guard_asking
from pytest_agentsafety.model.messages import ModelReply, ModelRequest
from pytest_agentsafety.protocols import ModelDoor

TRANSLATED = frozenset({"chat", "responses"})


class TranslatedExchange(Exchange):
    """An Exchange whose request and answers are told in the Messages API's terms to everybody but the two ends."""

    def __init__(
        self, flavour: Flavour, door: ModelDoor, kind: CallKind, ask: ModelRequest, request: Any, own_body: bytes
    ) -> None:
        self._dialect, self._raw = dialect_of(kind), ask.own
        self._trimmer = self._dialect.trimmer(self._raw) if ask.stream else None
        self._whole: bytes | None = None
        super().__init__(flavour, door, kind, ask, request)
        self._own_body = own_body

    @classmethod
    def of(
        cls, flavour: Flavour, door: ModelDoor, kind: CallKind, request: Any, body: bytes, raw: Mapping[str, Any]
    ) -> TranslatedExchange:
        """Admit a request. Raises UnsupportedModelCall, or the StopRun of a door that does not let it out."""
        ask = told(kind, str(request.url), request.url.path, body, raw)
        return cls(flavour, door, kind, ask, request, body)

    def _prepare(self) -> None:
        super()._prepare()
        rerouted: bytes | None = getattr(self._pass, "body", None)
        body = rerouted or self._ask.body
        if self.request.content != body:
            self.request = self._flavour.with_body(self.request, body)
        if self._trimmer is not None:
            self.request.headers["accept-encoding"] = "identity"  # what is taken out has to be found

    def _encode(self, reply: ModelReply) -> tuple[bytes, dict[str, str]]:
        headers = {name.lower(): value for name, value in reply.headers.items() if name.lower() not in _FRAMING}
        content, message = reply.raw or b"", reply.message
        streaming = self._ask.stream and reply.status == 200
        if message is not None and streaming:
            content = b"".join(self._dialect.events(message, self._raw))
            headers["content-type"] = "text/event-stream; charset=utf-8"
        elif message is not None:
            content = self._dialect.body(message, self._raw)
            headers["content-type"] = "application/json"
        self._whole = content
        trimmer = self._dialect.trimmer(self._raw) if streaming else None
        return content if trimmer is None else trimmer.feed(content) + trimmer.end(), headers

    def answered(self, response: Any, *, local: bool, sync: bool) -> float | None:
        self._whole = self._whole if local else None
        delay = super().answered(response, local=local, sync=sync)
        tee = response.stream
        if self._trimmer is not None and hasattr(tee, "trim") and "content-encoding" not in response.headers:
            tee.trim(self._trimmer)
        return delay

    def _settle(self, status: int, headers: Any, content: bytes) -> None:
        super()._settle(status, headers, content if self._whole is None else self._whole)

    def _decode(self, content: bytes, content_type: str) -> Decoded:
        return self._dialect.decode(content, content_type)


_FRAMING = frozenset({"transfer-encoding", "content-length"})


def told(kind: CallKind, url: str, path: str, body: bytes, raw: Mapping[str, Any]) -> ModelRequest:
    """The request in the Messages API's terms, with the body that the door lets out. Raises UnsupportedModelCall."""
    try:
        asked = dialect_of(kind).ask(raw)
        if asked.written:
            body = written({**raw, **asked.written})
    except UnsupportedModelCall as exc:
        raise UnsupportedModelCall(f"the request to {path} was not sent: {exc}") from None
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as exc:
        raise UnsupportedModelCall(
            f"the request to {path} was not sent: it cannot be understood ({type(exc).__name__} {exc})"
        ) from None
    return ModelRequest(
        url=url,
        path=path,
        body=body,
        payload=asked.payload,
        stream=raw.get("stream") is True,
        guard=guard_asking(),
        raw=raw,
        unseen_tokens=asked.unseen_tokens,
    )
