"""The way of one request: the model it really goes to, and the circuit it passes on the way."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from pytest_agentsafety.llm.circuit import CircuitBreaker, CircuitOpenError, CircuitTicket
from pytest_agentsafety.llm.routing import Rerouting, Route, with_model
from pytest_agentsafety.model.messages import ModelRequest


class Course:
    """Starts at the model a request asks for. `request` is what has to be sent, `reason` why it was changed.

    `upstream` is the base URL it goes to, None where nothing goes upstream and no circuit counts. Making one asks the
    router and the circuit, and raises UnknownNameError and CircuitOpenError.
    """

    def __init__(
        self, request: ModelRequest, rerouting: Rerouting | None, circuit: CircuitBreaker, *, upstream: str | None
    ) -> None:
        self.request, self.reason = request, ""
        self.ticket: CircuitTicket | None = None  # None also while the circuit is quiet: nothing to ask or to tell
        self._asked, self._rerouting, self._circuit, self._upstream = request, rerouting, circuit, upstream
        self._tried: set[str] | None = None
        if rerouting is not None and rerouting.has_router:
            route = rerouting.chosen(request)
            if route is not None:
                self._take(route)
        if circuit.lines:
            self._pass_circuit()

    @property
    def asked(self) -> str:
        return self._asked.model

    @property
    def body(self) -> bytes | None:
        """What to send in place of the agent's own body, None where that stays."""
        return self.request.body if self.reason else None

    @property
    def is_probe(self) -> bool:
        return self.ticket is not None and self.ticket.probe

    def fall_back(self, why: str) -> bool:
        """Go on at the next cheaper model that may be asked now; false where there is none, or no opt-in."""
        before = self.request, self.reason
        if not self._divert(why):
            return False
        try:
            self._pass_circuit()
        except CircuitOpenError:
            self.request, self.reason = before
            return False
        return True

    def failed(self, status: int | None, error: BaseException | None) -> None:
        """An attempt ended with a retryable status or a transport error."""
        if self.ticket is None and self._upstream is not None:
            self.ticket = CircuitTicket(self._circuit, host_of(self._upstream), self.request.model, probe=False)
        if self.ticket is not None:
            self.ticket.failed(status, error)

    def over(self, status: int | None) -> None:
        """The request is over; `status` of its answer, None where there was none."""
        answered = status is not None and status < 500
        if self.ticket is not None:
            if answered:
                self.ticket.answered()
            self.ticket.over()
        elif answered and self._upstream is not None and self._circuit.lines:
            self._circuit.note_answer(host_of(self._upstream), self.request.model)

    def _divert(self, why: str) -> bool:
        rerouting = self._rerouting
        tried = self._tried or {self.asked}
        route = None if rerouting is None else rerouting.cheaper(self.request.model, tried, why)
        if route is not None:
            self._take(route)
        return route is not None

    def _take(self, route: Route) -> None:
        self._tried = {*(self._tried or {self.asked}), route.model}
        self.request, self.reason = with_model(self.request, route.model), route.reason

    def _pass_circuit(self) -> None:
        while self._upstream is not None:
            try:
                ticket = self._circuit.admit(host_of(self._upstream), self.request.model)
            except CircuitOpenError as error:
                if not self._divert(f"circuit open after {error.last}"):
                    raise
                continue
            if self.ticket is not None:
                self.ticket.over()
            self.ticket = ticket
            return


@lru_cache(maxsize=64)
def host_of(url: str) -> str:
    """Host and port of a URL as written, without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]
