from __future__ import annotations

import json

import pytest

from pytest_agentsafety.llm.circuit import CircuitBreaker, CircuitOpenError
from pytest_agentsafety.llm.course import Course, host_of
from pytest_agentsafety.llm.routing import Rerouting, with_model
from pytest_agentsafety.model.errors import UnknownModelError, UnknownNameError
from pytest_agentsafety.model.messages import ModelRequest
from pytest_agentsafety.model.policy import ModelRoutes
from pytest_agentsafety.protocols import Rates

PRICES = {"small": 1.0, "middle": 3.0, "big": 9.0, "huge": 20.0}
ROUTES = ModelRoutes(simple="small", medium="middle", complex="big")
URL = "https://user:pw@api.example.test:8443/v1/messages"


class Listed:
    def rates(self, model: str) -> Rates:
        if model not in PRICES:
            raise UnknownModelError(model)
        price = PRICES[model]
        return Rates(input=price, output=price * 5, cache_read=price, cache_write=price)


def asking(model: str, **more) -> ModelRequest:
    payload = {"model": model, "messages": [{"role": "user", "content": "Grüße"}], "max_tokens": 5, **more}
    return ModelRequest(url=URL, path="/v1/messages", body=json.dumps(payload).encode(), payload=payload)


def rerouting(routes: ModelRoutes = ROUTES, **options) -> Rerouting:
    return Rerouting(routes, Listed(), **options)


def course(
    model: str = "big", *, circuit: CircuitBreaker | None = None, upstream: str | None = URL, **options
) -> Course:
    return Course(asking(model), rerouting(**options), circuit or CircuitBreaker(), upstream=upstream)


def broken(*models: str) -> CircuitBreaker:
    """A breaker whose circuits for these models are open."""
    breaker = CircuitBreaker(threshold=1)
    for model in models:
        breaker.note_failure("api.example.test:8443", model, "HTTP status 529")
    return breaker


class TestOptIn:
    def test_without_it_nothing_changes(self):
        way = course()
        assert (way.body, way.reason) == (None, "")
        assert not way.fall_back("HTTP 529")
        assert way.request.model == "big"

    def test_the_router_chooses_by_complexity(self):
        seen = []
        way = course(router=lambda request: seen.append(request.model) or "simple")
        assert (way.asked, way.request.model, way.reason) == ("big", "small", "the subtask is simple")
        assert json.loads(way.body)["model"] == "small"
        assert seen == ["big"]

    @pytest.mark.parametrize("router", [lambda _: None, lambda _: "complex"])
    def test_a_router_may_leave_the_request_alone(self, router):
        assert course(router=router).body is None

    def test_a_misspelt_complexity_is_an_error(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'simple'"):
            course(router=lambda _: "simpel")


class TestFallingBack:
    def test_it_goes_down_one_route_at_a_time(self):
        way = course(fall_back=True)
        used = []
        while way.fall_back("HTTP 529"):
            used.append(way.request.model)
        assert used == ["middle", "small"]
        assert (way.asked, way.reason) == ("big", "middle is unavailable: HTTP 529")

    def test_a_model_that_is_no_route_falls_to_the_dearest_cheaper_one(self):
        way = course("huge", fall_back=True)
        assert way.fall_back("HTTP 503")
        assert way.request.model == "big"

    def test_never_to_a_dearer_or_equally_dear_one(self):
        assert not course("small", fall_back=True).fall_back("HTTP 529")
        assert not course(
            "big", fall_back=True, routes=ModelRoutes(simple="big", medium="huge", complex="huge")
        ).fall_back("x")

    def test_routes_without_a_price_are_left_out(self):
        way = course("big", fall_back=True, routes=ModelRoutes(simple="small", medium="mystery", complex="big"))
        assert way.fall_back("HTTP 529")
        assert way.request.model == "small"


class TestCircuit:
    def test_an_open_circuit_refuses(self):
        with pytest.raises(CircuitOpenError, match=r"api\.example\.test:8443 failed 1 times"):
            course(circuit=broken("big"))

    def test_or_goes_to_the_next_model_at_once(self):
        way = course(circuit=broken("big", "middle"), fall_back=True)
        assert (way.request.model, way.reason) == ("small", "middle is unavailable: circuit open after HTTP status 529")

    def test_falling_back_to_nothing_but_open_circuits_changes_nothing(self):
        circuit = broken("middle", "small")
        way = course(circuit=circuit, fall_back=True)
        assert not way.fall_back("HTTP 529")
        assert (way.request.model, way.reason) == ("big", "")

    def test_what_does_not_go_upstream_has_no_circuit(self):
        way = course(circuit=broken("big"), upstream=None)
        way.failed(529, None)
        way.over(200)
        assert not way.is_probe

    def test_failures_and_answers_are_counted(self):
        circuit = CircuitBreaker(threshold=2)
        course(circuit=circuit).failed(529, None)
        answered = course(circuit=circuit)
        answered.over(200)
        course(circuit=circuit).failed(None, TimeoutError())
        unknown = course(circuit=circuit)
        unknown.over(None)
        unknown.over(500)
        unknown.failed(503, None)
        with pytest.raises(CircuitOpenError):
            course(circuit=circuit)

    def test_a_probe_is_known_and_let_go(self):
        now = [0.0]
        circuit = CircuitBreaker(threshold=1, cool_down=5, clock=lambda: now[0])
        course(circuit=circuit).failed(529, None)
        now[0] = 5.0
        probe = course(circuit=circuit)
        assert probe.is_probe
        probe.over(None)
        assert course(circuit=circuit).is_probe


class TestWithModel:
    def test_only_the_model_changes(self):
        before = asking("big", temperature=0.1, n=10**20)
        after = with_model(before, "small")
        assert json.loads(after.body) == {**before.payload, "model": "small"} == after.payload
        assert list(after.payload) == list(before.payload)
        assert "Grüße".encode() in after.body
        assert (after.url, after.path, after.stream) == (before.url, before.path, before.stream)

    def test_lone_surrogates_survive(self):
        after = with_model(asking("big", system="\ud800"), "small")
        assert json.loads(after.body)["system"] == "\ud800"

    def test_what_is_no_json_is_not_sent(self):
        with pytest.raises(ValueError, match="JSON compliant"):
            with_model(asking("big", temperature=float("nan")), "small")


@pytest.mark.parametrize(
    ("url", "host"),
    [(URL, "api.example.test:8443"), ("http://127.0.0.1:80/x", "127.0.0.1:80"), ("https://a.b/", "a.b")],
)
def test_the_host_of_a_url_holds_no_password(url, host):
    assert host_of(url) == host
