"""What a format has to know for the gateway to play the tool door on its replies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pytest_agentsafety.llm.gateway.door_call import Call, Outcome
from pytest_agentsafety.llm.gateway.memory import Memory, Turn
from pytest_agentsafety.model.messages import ToolSpec

Payload = Mapping[str, Any]
"""A request or a reply, decoded."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """A tool's result in a request."""

    call_id: str
    text: str
    is_error: bool = False


class ReplyStream(Protocol):
    """One streamed reply. Calls, and what follows them, are held back until `release`."""

    def feed(self, event: bytes) -> list[bytes]:
        """Take one event as it came; what goes to the agent at once."""

    def reply(self) -> Payload | None:
        """The whole reply as a plain one; None where the stream was cut off or is none."""

    def shown(self) -> Sequence[Mapping[str, Any]]:
        """What the agent has got of the reply so far, in the items or blocks of the format."""

    def release(self, outcomes: Mapping[str, Outcome]) -> list[bytes]:
        """The events that were held back, without the calls the agent does not get."""

    def follow(self) -> ReplyStream:
        """The stream of the reply that continues this one, to the agent in the same answer."""


class Format(Protocol):
    """A wire format. Payloads are never changed: what differs comes back as a new one."""

    @property
    def name(self) -> str: ...
    @property
    def provider(self) -> str: ...
    def error(self, status: int, message: str) -> dict[str, Any]:
        """The body of an error answer."""

    def error_event(self, status: int, message: str) -> bytes:
        """An error in a stream that was begun."""

    def specs(self, payload: Payload) -> Iterator[ToolSpec]: ...
    def prompt(self, payload: Payload) -> str:
        """The first words of the user, "" where there are none."""

    def results(self, payload: Payload) -> list[Result]: ...
    def woven(self, payload: Payload, shown: Mapping[str, str], memory: Memory) -> Payload:
        """The request as the model has to see it: checked results in place of the agent's, hidden turns in theirs.

        The very same object where nothing differs.
        """

    def reply(self, content: bytes) -> Payload | None:
        """A plain answer, decoded; None where it is no reply of a model."""

    def calls(self, reply: Payload) -> list[Call]: ...
    def handed_out(self, reply: Payload, outcomes: Mapping[str, Outcome]) -> Payload:
        """The reply with the calls that the agent gets, and no others."""

    def exchange(self, reply: Payload, outcomes: Mapping[str, Outcome]) -> list[Mapping[str, Any]]:
        """A reply none of whose calls the agent gets, with their results: items of a conversation."""

    def continued(self, payload: Payload, items: Sequence[Mapping[str, Any]]) -> Payload:
        """The request that goes on behind these items. The model is not forced to call again."""

    def turn(
        self, reply: Payload, outcomes: Mapping[str, Outcome], before: Sequence[Mapping[str, Any]], early: Sequence[Any]
    ) -> Turn | None:
        """What has to be remembered of the last reply and those before it; None where the agent got all of it."""

    def said_key(self, payload: Payload, reply: Payload, early: Sequence[Any]) -> str:
        """How an answer without calls is found again in later requests."""

    def stream(self, payload: Payload) -> ReplyStream: ...
