"""The worst case without an LLM: a model that works for the user until it is hijacked, then for the attacker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from threading import Lock, RLock
from typing import Any

from pytest_agentsafety.llm.calls import COUNTING
from pytest_agentsafety.llm.replies import count_of, message_of
from pytest_agentsafety.llm.sizes import ESTIMATED
from pytest_agentsafety.llm.structured import offered, structured
from pytest_agentsafety.model.canonical import call_key
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, PlannedCall, PlannedTurn

DEFAULT_MODEL = "claude-opus-5-5"


class HijackedModel:
    """A Responder that plays by position, never by what a request says.

    The turns of `benign` come in order. Once `delivered()` is true, `attack()` is asked once for the attacker's turns
    (None: nobody knows them) and their calls come next, one per turn; then the rest of the benign run; then its final
    words plus the attacker's. A denial changes nothing; beyond the script the final words are repeated. Replies carry
    the request's model id, or `model` where it has none, and the shape that the request demands. Thread-safe.

    With `ways` a call waits for a request that offers its tool, since agents may work in turn: `ways` says by tool
    which handoff leads on to whoever has it, or which tool that asks another agent (`steps`: what that is called with);
    where none does, the model ends its turn. `own` are the agent's tools.
    """

    estimated = True
    """Usage in the replies is guessed from sizes."""

    def __init__(
        self,
        benign: Sequence[PlannedTurn],
        attack: Callable[[], Sequence[PlannedTurn] | None] | None,
        delivered: Callable[[], bool],
        model: str = DEFAULT_MODEL,
        *,
        ways: Mapping[str, str] | None = None,
        steps: Mapping[str, Mapping[str, Any]] | None = None,
        own: Collection[str] = (),
    ) -> None:
        turns = list(benign)
        last = turns.pop() if turns and not turns[-1].calls else PlannedTurn()
        self._benign = deque(turns)
        self._final = last.text
        self._attack = attack
        self._delivered = delivered
        self._model = model
        self._ways, self._steps, self._own = ways, steps or {}, own
        self._hostile: deque[PlannedTurn] = deque()
        self._last_words = ""
        self._asked = attack is None
        self._unknown = False
        self._played = self._only_words = False
        self._waiting: str | None = None
        self._turn = self._shaped = 0
        self._handed_out: list[tuple[str, str]] = []
        # Two locks: the tool door asks `is_attacker_call` while `delivered` may be waiting for the tool door.
        self._playing = RLock()
        self._calls = Lock()

    @property
    def played_attack(self) -> bool:
        """Has any call or word of the attacker been handed out?"""
        return self._played

    # What a guard asks is no turn of the plan; text detectors are taken to be bypassed here anyway.
    answers_guards = False

    @property
    def never_offered(self) -> str | None:
        """The tool of an attacker's call that no request offered, so that the call was never made."""
        return self._waiting

    @property
    def lost(self) -> str | None:
        """The part of the attack that nobody let happen, seen from here: the tool of an attacker's call that was handed
        out and came to no tool door, "" where the agent asked no more or left the attacker's words out of its answer.

        None where all calls came to the door. To be asked when the agent is done, and its answer lacks the words.
        """
        with self._calls:
            if self._handed_out:
                return self._handed_out[0][1]
        if self._hostile or not self._asked:
            return "" if self._asked or self._delivered() else None
        return "" if self._only_words else None

    @property
    def attack_unknown(self) -> bool:
        """The attack was delivered, but nobody knows what the attacker's calls are."""
        return self._unknown

    def respond(self, request: ModelRequest) -> ModelReply:
        """The next turn as a message; a token count is answered without moving on."""
        if request.path.rstrip("/").endswith(COUNTING):
            return ModelReply(message=count_of(len(request.body)), headers=ESTIMATED)
        with self._playing:
            self._learn()
            turn = self._in_shape(self._next(request.payload), request)
            self._turn += 1
            message = message_of(
                turn,
                model=request.model or self._model,
                seed=f"hijacked.{self._turn}",
                request_bytes=len(request.body),
            )
        return ModelReply(message=message, headers=ESTIMATED)

    def is_attacker_call(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Is this a call of the attacker that was handed out and not yet seen here? It is seen now (oldest first)."""
        key = call_key(name, arguments)
        with self._calls:
            if (key, name) not in self._handed_out:
                return False
            self._handed_out.remove((key, name))
            return True

    def _learn(self) -> None:
        if self._asked or self._attack is None or not self._delivered():
            return
        self._asked = True
        turns = self._attack()
        if turns is None:
            self._unknown = True
            return
        self._hostile.extend(_one_call_each(turns))
        self._only_words = bool(turns) and not self._hostile
        self._last_words = turns[-1].text if turns and not turns[-1].calls else ""

    def _in_shape(self, turn: PlannedTurn, request: ModelRequest) -> PlannedTurn:
        shaped = structured(turn, request.payload, own=self._own, number=self._shaped)
        self._shaped += shaped is not turn
        return shaped

    def _next(self, payload: Mapping[str, Any]) -> PlannedTurn:
        queue = self._hostile or self._benign
        elsewhere = self._elsewhere(queue[0], offered(payload)) if queue and self._ways is not None else None
        if elsewhere is not None:
            return elsewhere
        if self._hostile:
            turn = self._hostile.popleft()
            self._played = True
            self._hand_out(turn.calls)
            return turn
        if self._benign:
            return self._benign.popleft()
        if self._last_words:
            self._played = True
        return PlannedTurn(text="\n\n".join(filter(None, (self._final, self._last_words))))

    def _elsewhere(self, turn: PlannedTurn, tools: Sequence[str]) -> PlannedTurn | None:
        """What leads to an agent that has the turn's tools, where this one has not; None where it has."""
        missing = next((call.name for call in turn.calls if call.name not in tools), None)
        if self._ways is None or missing is None:
            self._waiting = None
            return None
        if self._hostile:
            self._waiting = missing
        step: str | None = missing
        for _ in range(len(self._ways) + 1):
            step = self._ways.get(step or "")
            if step in tools:
                return PlannedTurn(calls=(PlannedCall(name=str(step), arguments=self._steps.get(str(step), {})),))
        return PlannedTurn(text=self._final)

    def _hand_out(self, calls: Sequence[PlannedCall]) -> None:
        with self._calls:
            self._handed_out.extend((call_key(call.name, call.arguments), call.name) for call in calls)


def _one_call_each(turns: Sequence[PlannedTurn]) -> Iterator[PlannedTurn]:
    for turn in turns:
        for index, call in enumerate(turn.calls):
            yield PlannedTurn(text=turn.text if index == 0 else "", calls=(call,))
