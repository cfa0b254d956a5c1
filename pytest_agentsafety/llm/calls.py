"""Which HTTP requests are model calls. One table, so that another provider is one more line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from pytest_agentsafety.llm.wire import parse_json
from pytest_agentsafety.model.errors import StopRun

CallKind = Literal["messages", "count_tokens", "chat", "responses", "unsupported", "maybe_unsupported"]

# Path endings, longer ones first. "unsupported" is a model call that cannot be measured: it is refused, never let
# through.
_ENDINGS: tuple[tuple[str, CallKind], ...] = (
    ("/v1/messages", "messages"),
    ("/v1/messages/count_tokens", "count_tokens"),
    ("/responses/input_tokens", "count_tokens"),
    ("/v1/messages/batches", "unsupported"),
    ("/v1/complete", "unsupported"),
    ("/chat/completions", "chat"),
    ("/responses", "responses"),
    ("/responses/compact", "maybe_unsupported"),
    ("/completions", "maybe_unsupported"),
    ("/runs", "maybe_unsupported"),
    ("/batches", "maybe_unsupported"),
    (":generateContent", "unsupported"),
    (":streamGenerateContent", "unsupported"),
    (":rawPredict", "unsupported"),
    (":streamRawPredict", "unsupported"),
)
# How the path of a token count ends.
COUNTING = ("/count_tokens", "/responses/input_tokens")
# Any web service may have a path that ends like these. With one of these fields it is a model call.
_TELLING: Mapping[str, tuple[str, ...]] = {
    "/responses": ("model", "previous_response_id", "conversation", "background_options"),
    "/responses/compact": ("model",),
    "/completions": ("model",),
    "/runs": ("assistant_id",),
    "/batches": ("input_file_id",),
}
_TOLD_BY_PATH = frozenset({"messages", "count_tokens", "chat", "unsupported"})


class UnsupportedModelCall(StopRun):
    """A model call the door cannot admit: a path it does not know, or a body it cannot read or measure."""

    guard = "model_door"


def call_kind(method: str, path: str) -> CallKind | None:
    """What kind of model call a request is, as far as its path says; None when it is none."""
    if method != "POST":
        return None
    if path.endswith("/v1/messages"):  # most of them
        return "messages"
    path = path.rstrip("/")
    for ending, kind in _ENDINGS:
        if path.endswith(ending):
            return kind
    return None


class Target(NamedTuple):
    """Where a POST goes: the URL as text, its path, and what kind of model call that is."""

    url: str
    path: str
    kind: CallKind | None


def target_of(url: Any) -> Target:
    """Of a URL of httpx2 or httpx."""
    # From its parts it makes its text by way of five properties, at every call of an agent the same one.
    parts = getattr(url, "_uri_reference", None)
    return _known_target(parts) if isinstance(parts, tuple) else _target(str(url), url.path)


@lru_cache(maxsize=256)
def _known_target(parts: Any) -> Target:
    return _target(str(parts), unquote(parts.path or "/"))


def _target(url: str, path: str) -> Target:
    return Target(url, path, call_kind("POST", path))


def read_payload(
    kind: CallKind, path: str, body: bytes, parse: Callable[[bytes], Any] = parse_json
) -> Mapping[str, Any] | None:
    """The JSON object of a model call; None where a look into the body shows that it is no model call after all.

    `parse` is `parse_json` or as good. Raises UnsupportedModelCall.
    """
    try:
        payload = parse(body)
        if kind == "messages" and isinstance(payload, dict):
            return payload
        problem = f"a JSON {type(payload).__name__}"
    except ValueError as exc:
        payload, problem = None, f"unreadable JSON: {exc}"
    if not tells(kind, path, payload):
        return None
    if kind in ("unsupported", "maybe_unsupported"):
        raise UnsupportedModelCall(
            f"model calls to {path} are not supported: only the Messages API (/v1/messages), Chat Completions "
            f"(/chat/completions) and Responses (/responses) pass the model door"
        )
    if not isinstance(payload, dict):
        raise UnsupportedModelCall(f"the body of a request to {path} must be a JSON object, found {problem}")
    return payload


def tells(kind: CallKind, path: str, payload: Any) -> bool:
    """Whether a body bears out what the path says: some paths may be those of any web service."""
    if kind in _TOLD_BY_PATH:
        return True
    if not isinstance(payload, dict):
        return False
    path = path.rstrip("/")
    fields = next(fields for ending, fields in _TELLING.items() if path.endswith(ending))
    prompt = payload.get("prompt")  # a stored one names its model itself
    return any(name in payload for name in fields) or (isinstance(prompt, dict) and "id" in prompt)
