"""What the rooms expect of each other, where they may not import each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pytest_agentsafety.model.decisions import (
    ApprovalAnswer,
    ApprovalRequest,
    GuardContext,
    GuardrailResult,
    Stage,
)
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.messages import (
    ModelReply,
    ModelRequest,
    ModelResponse,
    PlannedCall,
    PlannedTurn,
    ToolCall,
    ToolSpec,
)
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.tasks import Case, Mode, Score


class EventSink(Protocol):
    """Takes events synchronously: when `emit` returns, the event is recorded."""

    def emit(self, event: Event) -> None: ...


def recorder(sink: EventSink) -> Callable[[Sequence[Event]], None]:
    """What records several events that belong together, looked up once."""
    together: Callable[[Sequence[Event]], None] | None = getattr(sink, "emit_all", None)
    return together if together is not None else partial(emit_all, sink)


def emit_all(sink: EventSink, events: Sequence[Event]) -> None:
    """Record several events that belong together, in one go where the sink has `emit_all` of its own."""
    together = getattr(sink, "emit_all", None)
    if together is not None:
        together(events)
        return
    for event in events:
        sink.emit(event)


@runtime_checkable
class Guardrail(Protocol):
    """A check over text. `stages` says where it runs; a raised exception counts as crashed and blocks."""

    @property
    def name(self) -> str: ...
    @property
    def stages(self) -> frozenset[Stage]: ...
    def check(self, text: str, context: GuardContext) -> GuardrailResult: ...


class Approver(Protocol):
    """Answers an ask. Anything it raises counts as reject."""

    @property
    def name(self) -> str: ...
    def decide(self, request: ApprovalRequest) -> ApprovalAnswer: ...


@dataclass(frozen=True, kw_only=True)
class Rates:
    """US dollars per token."""

    input: float
    output: float
    cache_read: float
    cache_write: float


class PriceSource(Protocol):
    """Rates by model id. Raises UnknownModelError for an id it does not know."""

    def rates(self, model: str) -> Rates: ...


class ModelPass(Protocol):
    """One admitted model request. Exactly one of `finish` and `abandon` ends it.

    One that has `recorded` (a callable, or None) is told of an answer from upstream, as a `Passage`, before `finish`.
    """

    @property
    def reply(self) -> ModelReply | None:
        """An answer that spares the network, or None."""

    def retry(self, *, status: int | None, error: BaseException | None, headers: Mapping[str, str]) -> float | None:
        """Seconds to wait before the next attempt, None when the outcome stands. Raises MaxRetriesExceeded."""

    def finish(self, response: ModelResponse) -> None:
        """The outcome is known: settle and record."""

    def abandon(self, error: BaseException) -> None:
        """The outcome is unknown (a cut stream, a lost connection): the reservation is kept."""


class ModelDoor(Protocol):
    """Admits model requests. Raises a StopRun when one may not leave."""

    def admit(self, request: ModelRequest) -> ModelPass: ...


class ToolDoor(Protocol):
    """Runs a tool call through all steps. The text it returns is what the model may see; a denial is text too.

    `run` executes the tool with the (possibly modified) arguments. Raises a StopRun when the whole run ends.
    """

    def call(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any: ...
    async def acall(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any: ...
    def learn(self, specs: Sequence[ToolSpec]) -> None:
        """What tools say of themselves, before their first call: parameters that a rule leaves open get a role."""

    def answered(self, name: str, arguments: Mapping[str, Any] | str) -> None:
        """The framework itself answers this call of the model's, and nothing of the user's runs for it.

        `arguments` as the model wrote them: the JSON object, or the text where it is none.
        """

    def hands_over(self, names: Iterable[str]) -> None:
        """Tools by which the framework lets another agent go on: calling one runs nothing of the user's."""

    def answers_by(self, names: Iterable[str]) -> None:
        """Tools by which an agent gives its final answer: their arguments are the answer, nothing runs."""


class ToolStage(Protocol):
    """Whose tools really run: the harness puts stand-ins in their place, after the decision on the call.

    Gets the tool as it would be run and says what runs instead, with the same arguments (the tool itself, where it
    may). `attacker` says that the call is the hijacked model's.
    """

    def cast(
        self, call: ToolCall, run: Callable[..., Any], *, effect: str, attacker: bool, asynchronous: bool
    ) -> Callable[..., Any]: ...


class Responder(Protocol):
    """Who answers a model request instead of the network. None means: send it upstream.

    Raises CassetteMiss, or any other StopRun.
    """

    def respond(self, request: ModelRequest) -> ModelReply | None: ...


class Observer(Protocol):
    """Sees raw material before any guard: the harness uses it to learn of delivery and exposure."""

    @property
    def delivered(self) -> bool:
        """Did attacker text come out of a tool yet?"""

    def raw_result(self, tool: str, text: str) -> None: ...
    def sent_text(self, text: str) -> None:
        """A text block that stands in a request to the model and did not stand in an earlier one."""


class Scenario(Protocol):
    """One case, opened: a fresh world with its tools, its ground truths and its checks.

    `prompt` is the user's task, `injections` maps vector ids to attacker text ({} when benign), `base` is the folder
    that relative paths of tool arguments start from.
    """

    @property
    def prompt(self) -> str: ...
    @property
    def system(self) -> str | None: ...
    @property
    def tools(self) -> Sequence[ToolSpec]: ...
    @property
    def injections(self) -> Mapping[str, str]: ...
    @property
    def base(self) -> Path | None: ...
    def benign_turns(self) -> Sequence[PlannedTurn]:
        """The user task's ground truth, last turn without calls."""

    def attack_turns(self) -> Sequence[PlannedTurn] | None:
        """The attacker's calls in the world as it is now; None where nobody knows them."""

    def utility(self, answer: str, calls: Sequence[PlannedCall]) -> Score:
        """Was the user's task done? `calls` are the calls that were executed, in order."""

    def attack_succeeded(self, answer: str, calls: Sequence[PlannedCall]) -> Score:
        """Was the attacker's goal reached?"""

    def close(self) -> None:
        """Free what the world holds (folders, sockets)."""


class Suite(Protocol):
    """A named set of cases with a world of its own."""

    @property
    def name(self) -> str: ...
    @property
    def modes(self) -> tuple[Mode, ...]: ...
    @property
    def policy(self) -> Policy | None:
        """The suite's own rules, or None to use the user's."""

    @property
    def cassettes(self) -> Path | None:
        """Where recordings of this suite live, `<case slug>.json` each."""

    def cases(self) -> Sequence[Case]: ...
    def open(self, case: Case) -> Scenario: ...
