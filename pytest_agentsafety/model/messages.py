"""What passes the two doors: model requests and replies, tool calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pytest_agentsafety.model.quick import quick


class Usage(NamedTuple):
    """Tokens of one model call. `input_tokens` excludes cached tokens, as the Messages API counts them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0
    estimated: bool = False

    @property
    def total_input(self) -> int:
        return self.input_tokens + self.cache_creation_input_tokens + self.cache_read_input_tokens


class ModelRequest(NamedTuple):
    """One request at the model door. `payload` is what it asks, as the Messages API writes it, `body` what is sent.
    What is in a payload may be part of the next one too: it is not to be changed.

    `raw` is the agent's own payload where that is of another format, None where `payload` is. `unseen_tokens` bounds
    the input tokens that do not stand in the body. `guard` names the guard that asks, "" when it is the agent's own
    request.
    """

    url: str
    path: str
    body: bytes
    payload: Mapping[str, Any]
    stream: bool = False
    guard: str = ""
    raw: Mapping[str, Any] | None = None
    unseen_tokens: int = 0

    @property
    def own(self) -> Mapping[str, Any]:
        """The payload as the agent wrote it."""
        return self.payload if self.raw is None else self.raw

    @property
    def model(self) -> str:
        return str(self.payload.get("model", ""))


def same_objects(old: Sequence[Any], new: Sequence[Any]) -> int:
    """How many at the start of both are the very same. What was not read anew is: a payload's messages, its tools."""
    count = 0
    for first, second in zip(old, new, strict=False):
        if first is not second:
            break
        count += 1
    return count


@quick
@dataclass(frozen=True, kw_only=True)
class ModelReply:
    """An answer that does not come from the network.

    Either `message` (a Messages API message, encoded as the request asked, in its format) or `raw` (the recorded body
    bytes with their `headers`). `recorded_ms` is the duration that was recorded, None where there is none.
    """

    message: Mapping[str, Any] | None = None
    raw: bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    recorded_ms: float | None = None


class ModelResponse(NamedTuple):
    """What came back, decoded. `message` is None when the body was no message; `usage` None when it is unknown."""

    status: int
    message: Mapping[str, Any] | None
    usage: Usage | None
    latency_ms: float
    recorded_ms: float | None = None
    error: str | None = None


@quick
@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """A tool call as the model asked for it. `call_id` is ours; `arguments` is a JSON object."""

    call_id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ToolSpec:
    """A tool before it is put behind the door: a callable that takes keyword arguments.

    `fn` carries an `inspect.signature`, annotations and a docstring; `input_schema` overrides what would be derived.
    `output_schema` and `hints` (readOnlyHint, destructiveHint, openWorldHint) are what an MCP server says of its tool.
    """

    name: str
    fn: Callable[..., Any]
    description: str = ""
    input_schema: Mapping[str, Any] | None = None
    output_schema: Mapping[str, Any] | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)


@quick
@dataclass(frozen=True, kw_only=True)
class PlannedCall:
    """A call that a ground truth or a script makes: name and arguments, no id yet."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PlannedTurn:
    """One assistant turn of a scripted run: words, then calls (none in the last turn)."""

    text: str = ""
    calls: Sequence[PlannedCall] = ()


class RenderedText(str):
    """A tool's result as text for a model, which still knows the data it was rendered from (`structured`)."""

    __slots__ = ("structured",)

    structured: Any

    def __new__(cls, text: str, structured: Any) -> RenderedText:
        made = super().__new__(cls, text)
        made.structured = structured
        return made

    def __getnewargs__(self) -> tuple[str, Any]:  # type: ignore[override]
        return str(self), self.structured
