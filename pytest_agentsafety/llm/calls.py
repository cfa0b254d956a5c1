"""Which HTTP requests are model calls. One table, so that another provider is one more line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pytest_agentsafety.llm.wire import parse_json
from pytest_agentsafety.model.errors import StopRun

CallKind = Literal["messages", "count_tokens", "unsupported", "maybe_responses"]

# Path endings. "unsupported" is a model call that cannot be measured yet: it is refused, never let through.
_ENDINGS: tuple[tuple[str, CallKind], ...] = (
    ("/v1/messages", "messages"),
    ("/v1/messages/count_tokens", "count_tokens"),
    ("/v1/messages/batches", "unsupported"),
    ("/v1/complete", "unsupported"),
    ("/chat/completions", "unsupported"),
    ("/responses", "maybe_responses"),
    (":generateContent", "unsupported"),
    (":streamGenerateContent", "unsupported"),
    (":rawPredict", "unsupported"),
    (":streamRawPredict", "unsupported"),
)


class UnsupportedModelCall(StopRun):
    """A model call the door cannot admit: another provider's path, or a body it cannot read."""

    guard = "model_door"


def call_kind(method: str, path: str) -> CallKind | None:
    """What kind of model call a request is; None when it is none."""
    if method != "POST":
        return None
    if path.endswith("/v1/messages"):  # most of them
        return "messages"
    path = path.rstrip("/")
    for ending, kind in _ENDINGS:
        if path.endswith(ending):
            return kind
    return None


def read_payload(kind: CallKind, path: str, body: bytes) -> Mapping[str, Any] | None:
    """The JSON object of a model call; None where a look into the body shows that it is no model call after all.

    Raises UnsupportedModelCall.
    """
    try:
        payload = parse_json(body)
        if kind == "messages" and isinstance(payload, dict):
            return payload
        problem = f"a JSON {type(payload).__name__}"
    except ValueError as exc:
        payload, problem = None, f"unreadable JSON: {exc}"
    if kind == "maybe_responses" and not (isinstance(payload, dict) and "model" in payload):
        return None  # any web service may have a path that ends like this
    if kind in ("unsupported", "maybe_responses"):
        raise UnsupportedModelCall(
            f"model calls to {path} are not yet supported: only the Messages API (/v1/messages) passes the model door"
        )
    if not isinstance(payload, dict):
        raise UnsupportedModelCall(f"the body of a request to {path} must be a JSON object, found {problem}")
    return payload
