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
        self.asked, self.request, self.reason = request.model, request, ""
        self.ticket: CircuitTicket | None = None
        self._rerouting, self._circuit = rerouting, circuit
        self._host = None if upstream is None else host_of(upstream)
        self._tried: set[str] = {self.asked}
        route = None if rerouting is None else rerouting.chosen(request)
        if route is not None:
            self._take(route)
        self._pass_circuit()

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
        if self.ticket is not None:
            self.ticket.failed(status, error)

    def over(self, status: int | None) -> None:
        """The request is over; `status` of its answer, None where there was none."""
        if self.ticket is None:
            return
        if status is not None and status < 500:
            self.ticket.answered()
        self.ticket.over()

    def _divert(self, why: str) -> bool:
        rerouting = self._rerouting
        route = None if rerouting is None else rerouting.cheaper(self.request.model, self._tried, why)
        if route is not None:
            self._take(route)
        return route is not None

    def _take(self, route: Route) -> None:
        self._tried.add(route.model)
        self.request, self.reason = with_model(self.request, route.model), route.reason

    def _pass_circuit(self) -> None:
        while self._host is not None:
            try:
                ticket = self._circuit.admit(self._host, self.request.model)
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
