"""How much one request can cost at most, read off the request itself.

A token stands for at least one byte, so the bytes of the body bound the input tokens, as long as everything that
is charged stands in the body. What brings tokens from elsewhere (images, documents, files, tools that run at the
provider, stored conversations) has no such bound and is refused; so is every field that is not known here. Images and
documents, files among them, can be let in by a `TokenCounter`: the provider can count their tokens beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.errors import BudgetExceededError, StopRun
from pytest_agentsafety.model.messages import ModelRequest, Usage, same_objects
from pytest_agentsafety.model.safe_text import one_line

BYTES_PER_TOKEN = 3.5  # of English prose and JSON; an estimate, never used as a bound
_BYTES_OF_TWO_TOKENS = int(2 * BYTES_PER_TOKEN)
HIDDEN_PROMPT_TOKENS = 1024  # what a provider adds for tool use or a forced output format, generously

COUNT_MARGIN = 1.1  # a count is the provider's own estimate

_FIELDS = frozenset(
    {
        "cache_control",
        "max_tokens",
        "messages",
        "metadata",
        "model",
        "output_config",
        "output_format",
        "service_tier",
        "stop_sequences",
        "stream",
        "system",
        "temperature",
        "thinking",
        "tool_choice",
        "tools",
        "top_k",
        "top_p",
    }
)
# What a request with such a field has to do instead.
_FIXES = {
    "thread": (
        "field 'thread' says that the conversation is kept at the provider, so that what it holds does not stand in "
        "the request; pass thread=False to tool_runner(), or send the whole conversation with messages.create()"
    ),
}
# Tools that the provider describes and the agent runs. Their description does not stand in the body; it is said to
# take 245 (bash) to 735 tokens.
_CLIENT_TOOLS = frozenset(
    {
        "bash_20241022",
        "bash_20250124",
        "memory_20250818",
        "text_editor_20241022",
        "text_editor_20250124",
        "text_editor_20250429",
        "text_editor_20250728",
    }
)
_LISTS = (list, tuple)
_new = tuple.__new__
_TEXT_BLOCKS = frozenset({"redacted_thinking", "text", "thinking", "tool_result", "tool_use"})
_COUNTED_BLOCKS = frozenset({"document", "image"})


class UnboundedRequestError(BudgetExceededError):
    """A request whose cost has no upper bound; `what` names the part, `value` is infinite."""

    def __init__(self, what: str) -> None:
        super().__init__("cost of the request", math.inf, 0.0)
        self.what = what
        self.args = (f"the cost of this request has no known upper bound: {what}. It was not sent.",)


class TokenCounter(Protocol):
    """Counts the input tokens of a request, as the provider's `count_tokens` does. Whatever it raises refuses."""

    def count(self, request: ModelRequest) -> int: ...


class RequestBound(NamedTuple):
    """At most `input_tokens` in, at most `output_tokens` out; `estimate` is the likely input, no bound.

    `long_cache`: the request may write to the cache that lasts an hour and costs more.
    """

    input_tokens: int
    output_tokens: int
    estimate: int
    long_cache: bool


def bound_of(
    request: ModelRequest, counter: TokenCounter | None = None, parts: PartsReader | None = None
) -> RequestBound:
    """The bound of one Messages request. Raises UnboundedRequestError where there is none.

    `parts` reads the requests of one conversation.
    """
    payload = request.payload
    if not _FIELDS.issuperset(payload):
        unknown = next(key for key in payload if key not in _FIELDS)
        raise UnboundedRequestError(_FIXES.get(unknown, f"field {one_line(str(unknown))!r} is not known to the budget"))
    described, marks = (parts or PartsReader(may_count=counter is not None)).read(payload)
    get = payload.get
    hidden = HIDDEN_PROMPT_TOKENS if get("tools") or get("output_config") or get("output_format") else 0
    hidden += HIDDEN_PROMPT_TOKENS * described
    body, output = request.body, payload.get("max_tokens")
    size = len(body) if body.startswith(b"{") else _body_bytes(request)
    most, likely = size + hidden + request.unseen_tokens, tokens_of(size)
    if output.__class__ is not int or output < 1:
        raise UnboundedRequestError(f"max_tokens is {one_line(repr(output), 40)}, not a whole number above 0")
    if counter is not None and marks & _TO_COUNT:
        likely = _counted(counter, request)
        most = math.ceil(likely * COUNT_MARGIN) + HIDDEN_PROMPT_TOKENS
    long_cache = bool(marks & _LONG_CACHE) or ("cache_control" in payload and _is_long(payload))
    return _new(RequestBound, (most, output, likely, long_cache))


def _counted(counter: TokenCounter, request: ModelRequest) -> int:
    try:
        count = counter.count(request)
    except StopRun:
        raise
    except Exception as exc:  # somebody else's code; without its count there is no bound
        raise UnboundedRequestError(f"its tokens could not be counted: {type(exc).__name__}") from exc
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise UnboundedRequestError(f"the token counter said {one_line(repr(count), 40)}, not a whole number above 0")
    return count


def _body_bytes(request: ModelRequest) -> int:
    if not request.body:
        return len(canonical_json(request.payload).encode("utf-8", "surrogatepass"))
    if request.body.lstrip()[:1] != b"{":
        raise UnboundedRequestError("the body is not plain JSON (compressed?), so its bytes do not bound its tokens")
    return len(request.body)


_LONG_CACHE, _TO_COUNT = 1, 2
_FEW = 2


class _Read(NamedTuple):
    """What was read last, and its marks."""

    system: Any
    tools: Any
    described: int
    marks: int
    messages: Sequence[Any]
    each: list[int]


class PartsReader:
    """Looks at every block and tool of a request once, however often the same object comes. Safe for threads."""

    def __init__(self, *, may_count: bool) -> None:
        self._may_count = may_count
        self._last = _Read(None, None, 0, 0, (), [])

    def read(self, payload: Mapping[str, Any]) -> tuple[int, int]:
        """How many tools are described elsewhere, and marks. Raises UnboundedRequestError at the first that has no
        bound."""
        last, system, tools = self._last, payload.get("system"), payload.get("tools")
        described, marks = last.described, last.marks
        if system is not last.system or tools is not last.tools:
            marks = 0 if system is None else self._blocks(system, "system")
            described, more = (0, 0) if tools is None else _tools(tools)
            marks |= more
        messages = payload.get("messages") or ()
        if not isinstance(messages, _LISTS):
            raise UnboundedRequestError("messages is not a list")
        if len(messages) <= _FEW:  # looked at as quickly as remembered
            for number, message in enumerate(messages):
                if message.__class__ is not dict or message.get("content").__class__ is not str:
                    marks |= self._message(message, number)
            return described, marks
        same = same_objects(last.messages, messages)
        each = last.each[:same]
        for number in range(same, len(messages)):
            each.append(self._message(messages[number], number))
        self._last = _new(_Read, (system, tools, described, marks, messages, each))
        for mark in set(each):
            marks |= mark
        return described, marks

    def _message(self, message: Any, number: int) -> int:
        if not isinstance(message, dict):
            raise UnboundedRequestError(f"messages[{number}] is not an object")
        content = message.get("content")
        return 0 if content.__class__ is str else self._blocks(content, number)

    def _blocks(self, content: Any, place: int | str) -> int:
        """`place` is a message's number or a name; it becomes words only in an error."""
        marks = 0
        if content is None or isinstance(content, str):
            return marks
        if not isinstance(content, _LISTS):
            raise UnboundedRequestError(f"the content of {_named(place)} is neither text nor a list of blocks")
        for block in content:
            kind = block.get("type") if isinstance(block, dict) else None
            if not isinstance(kind, str) or kind not in _TEXT_BLOCKS:
                self._must_be_counted(kind, place)
                marks |= _TO_COUNT
            if "cache_control" in block and _is_long(block):
                marks |= _LONG_CACHE
            if kind == "tool_result":
                marks |= self._blocks(block.get("content"), place)
        return marks

    def _must_be_counted(self, kind: Any, place: int | str) -> None:
        countable = isinstance(kind, str) and kind in _COUNTED_BLOCKS
        if countable and self._may_count:
            return
        hint = ", which only a TokenCounter can bound" if countable else ""
        raise UnboundedRequestError(f"{_named(place)} has a block of type {one_line(repr(kind), 60)}{hint}")


def _tools(tools: Any) -> tuple[int, int]:
    if not isinstance(tools, _LISTS):
        raise UnboundedRequestError("tools is not a list")
    described = marks = 0
    for tool in tools:
        if tool.__class__ is dict and "type" not in tool and "cache_control" not in tool:  # most of them
            continue
        kind = tool.get("type", "custom") if isinstance(tool, dict) else None
        if isinstance(kind, str) and kind in _CLIENT_TOOLS:
            described += 1
        elif (kind != "custom" and kind is not None) or not isinstance(tool, dict):
            raise UnboundedRequestError(f"tools has a tool of type {one_line(repr(kind), 60)}, which the provider runs")
        if "cache_control" in tool and _is_long(tool):
            marks |= _LONG_CACHE
    return described, marks


def _named(place: int | str) -> str:
    return place if isinstance(place, str) else f"messages[{place}]"


def _is_long(part: Mapping[str, Any]) -> bool:
    """Anything but the five-minute cache counts as the long one."""
    control = part.get("cache_control")
    return control is not None and isinstance(control, dict) and control.get("ttl", "5m") != "5m"


def tokens_of(size: int) -> int:
    """A likely number of tokens for so many bytes."""
    return -(-size * 2 // _BYTES_OF_TWO_TOKENS)


def estimate_usage(body_bytes: int, output: Any) -> Usage:
    """Usage nobody reported: from the bytes of the request and the answer (text, or anything JSON can write)."""
    text = output if isinstance(output, str) else canonical_json(output)
    size = len(text.encode("utf-8", "surrogatepass"))
    return Usage(input_tokens=tokens_of(body_bytes), output_tokens=tokens_of(size), estimated=True)
