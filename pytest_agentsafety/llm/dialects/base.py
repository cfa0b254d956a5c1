"""What a dialect is, and what they share: reading a request field by field, refusing what nobody can account for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from pytest_agentsafety.llm.calls import UnsupportedModelCall
from pytest_agentsafety.llm.sse import StreamError
from pytest_agentsafety.llm.trimming import Trimmer
from pytest_agentsafety.llm.wire import Decoded, parse_json
from pytest_agentsafety.model.safe_text import one_line

DEFAULT_OUTPUT_TOKENS = 16_384
"""The output limit that the door writes into a request that has none: without one its cost has no upper bound."""
# Models that answer no request with a higher limit than this.
_SHORT_MODELS = ("gpt-3.5", "gpt-4-", "gpt-4o-2024-05-13")
_SHORT_OUTPUT_TOKENS = 4_096

Block = dict[str, Any]
Message = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request in the Messages API's terms.

    `written` are the fields that the door adds to the request, or writes over in it. `unseen_tokens` bound the input
    that the provider adds and that does not stand in the body.
    """

    payload: Mapping[str, Any]
    written: Mapping[str, Any] = field(default_factory=dict)
    unseen_tokens: int = 0


class Dialect(Protocol):
    """One format. `raw` is a request in it, `message` a Messages API message."""

    def ask(self, raw: Mapping[str, Any]) -> Asked:
        """What the request means. Raises UnsupportedModelCall for what cannot be told completely."""

    def body(self, message: Message, raw: Mapping[str, Any]) -> bytes:
        """The message as the answer to `raw`."""

    def events(self, message: Message, raw: Mapping[str, Any]) -> Iterator[bytes]:
        """The same as an event stream, event by event."""

    def decode(self, body: bytes, content_type: str) -> Decoded:
        """Read an answer, plain or streamed. Never raises."""

    def trimmer(self, raw: Mapping[str, Any]) -> Trimmer | None:
        """What takes out of a stream the events that only the door asked for, None where there are none."""

    def error(self, status: int, message: str) -> Mapping[str, Any]:
        """An error object of the API."""


def refuse(what: str) -> NoReturn:
    """Raise UnsupportedModelCall."""
    raise UnsupportedModelCall(f"it cannot pass the model door: {what}")


def check_keys(part: Mapping[str, Any], known: Collection[str], place: str) -> None:
    """Raises UnsupportedModelCall for the first field of a part that says something, and is not known here."""
    unknown = next((name for name in part if name not in known and part[name]), None)
    if unknown is not None:
        refuse(f"{place} has the field {shown(unknown)}, which is not understood here")


def shown(value: Any) -> str:
    """A value of a request, for an error."""
    return one_line(repr(value), 60)


def check_fields(raw: Mapping[str, Any], known: Collection[str], refused: Mapping[str, str]) -> None:
    """Raises UnsupportedModelCall for the first field that is not known to be harmless; null counts as absent."""
    for name, value in raw.items():
        if name in known or value is None or value is False:
            continue
        reason = refused.get(name, "it is not known to the budget")
        refuse(f"field {shown(name)}: {reason}")


def objects(value: Any, place: str) -> Sequence[Mapping[str, Any]]:
    """A list of objects. Raises UnsupportedModelCall."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        refuse(f"{place} is not a list of objects")
    return value


def output_limit(raw: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, dict[str, int]]:
    """The most tokens that may be answered, and the field to write where the request does not say."""
    given = [raw[name] for name in names if raw.get(name) is not None]
    if given:
        wrong = [value for value in given if type(value) is not int]
        return (wrong or [max(given)])[0], {}
    model = str(raw.get("model"))
    short = model == "gpt-4" or model.startswith(_SHORT_MODELS)
    limit = _SHORT_OUTPUT_TOKENS if short else DEFAULT_OUTPUT_TOKENS
    return limit, {names[0]: limit}


def check_tier(raw: Mapping[str, Any]) -> None:
    """The dearer tiers have prices of their own, which no price list here knows."""
    tier = raw.get("service_tier")
    if tier not in (None, "auto", "default", "flex"):
        refuse(f"service_tier {shown(tier)}: it is charged otherwise than the model's listed price")


def arguments_in(text: Any) -> Any:
    """The arguments of a call. What is no JSON object stays a string, which no call of a tool is ever equal to."""
    if text is None or text == "":
        return {}
    if not isinstance(text, str):
        refuse(f"the arguments of a call are {shown(text)}, not a string")
    try:
        value = parse_json(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return text
    return value if isinstance(value, dict) else text


def custom_input(text: Any) -> dict[str, Any]:
    """The input of a call of a custom tool: its one argument `input`."""
    if not isinstance(text, str):
        refuse(f"the input of a custom tool's call is {shown(text)}, not a string")
    return {"input": text}


CUSTOM_SCHEMA = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}
"""What stands for a custom tool, which takes free text instead of arguments."""


def told(name: Any, description: Any, schema: Any) -> Block:
    """A tool in the Messages API's terms."""
    tool = {"name": name, "input_schema": schema}
    return tool if description is None else {**tool, "description": description}


def decoded(
    content: bytes,
    content_type: str,
    *,
    what: str,
    stream: Callable[[bytes], Decoded],
    whole: Callable[[Mapping[str, Any]], Decoded],
) -> Decoded:
    """Read an answer with the reader for its form. Never raises: what cannot be read is an error in the result."""
    try:
        if content_type.strip().lower().startswith("text/event-stream"):
            return stream(content)
        value = parse_json(content)
        if isinstance(value, dict):
            return whole(value)
        return Decoded(complete=True, error=f"not a {what} but {type(value).__name__}")
    except StreamError as exc:
        return Decoded(error=str(exc))
    except UnsupportedModelCall as exc:
        return Decoded(error=f"not a {what} that is understood: {exc}")
    except ValueError as exc:
        return Decoded(error=f"unreadable JSON: {exc}")
    except (AttributeError, LookupError, RecursionError, TypeError) as exc:
        return Decoded(error=f"not a {what}: {type(exc).__name__} {exc}")


class Turns:
    """Collects a conversation. Pieces of one turn that a format lists one by one become one message."""

    def __init__(self) -> None:
        self.system: list[Block] = []
        self.messages: list[dict[str, Any]] = []
        self._open: tuple[str, str] | None = None

    def instruct(self, blocks: list[Block]) -> None:
        """Instructions: what comes before the first turn is the system prompt, later ones keep their place."""
        if self.messages:
            self.add("system", blocks)
        else:
            self.system += blocks

    def add(self, role: str, blocks: list[Block], *, joins: str = "") -> None:
        """A message; with `joins` its blocks go into the one before, if that has the same role and `joins`."""
        if joins and self._open == (role, joins):
            self.messages[-1]["content"] += blocks
            return
        self.messages.append({"role": role, "content": blocks})
        self._open = (role, joins)

    def result(self, call_id: Any, content: str | list[Block]) -> None:
        """What a tool answered."""
        block = {"type": "tool_result", "tool_use_id": str(call_id), "content": content}
        self.add("user", [block], joins="results")

    def payload(self, raw: Mapping[str, Any], limit: Any, tools: list[Block]) -> dict[str, Any]:
        """The request that the conversation makes, with the fields that the formats share."""
        payload = {"model": raw.get("model"), "max_tokens": limit, "messages": self.messages}
        if self.system:
            payload["system"] = self.system
        if tools:
            payload["tools"] = tools
        for name in ("tool_choice", "stream"):
            if raw.get(name) is not None:
                payload[name] = raw[name]
        if _breakpoints(raw):
            payload["cache_control"] = {"type": "ephemeral", "ttl": "long"}
        return payload


def _breakpoints(raw: Mapping[str, Any]) -> bool:
    """Whether the request says something of its own about what is written to the cache, and so charged for that."""
    return raw.get("prompt_cache_options") is not None
