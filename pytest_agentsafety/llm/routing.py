"""Choose a model by the complexity of the subtask, and send a request to another model than it asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pytest_agentsafety.llm.wire import parse_json
from pytest_agentsafety.model.errors import UnknownModelError, UnknownNameError
from pytest_agentsafety.model.messages import ModelRequest
from pytest_agentsafety.model.policy import ModelRoutes
from pytest_agentsafety.protocols import PriceSource

Complexity = Literal["simple", "medium", "complex"]
Router = Callable[[ModelRequest], Complexity | None]
"""Says how complex the subtask of a request is; None leaves the request with the model it asks for."""


def select_model(complexity: Complexity | None = None, routes: ModelRoutes = ModelRoutes()) -> str:  # noqa: B008 - frozen
    """The model id for a subtask; unset means complex. Raises UnknownNameError for a misspelt complexity."""
    table: dict[str, str] = asdict(routes)
    name = "complex" if complexity is None else complexity
    if name not in table:
        raise UnknownNameError("complexity", str(name), table, place="select_model")
    return table[name]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A model to use instead, and why."""

    model: str
    reason: str


class Rerouting:
    """What a Gate was told about other models; without `router` and `fall_back` every request keeps its own."""

    def __init__(
        self, routes: ModelRoutes, prices: PriceSource, *, router: Router | None = None, fall_back: bool = False
    ) -> None:
        self._routes, self.prices, self._router, self._fall_back = routes, prices, router, fall_back
        self.has_router = router is not None

    def chosen(self, request: ModelRequest) -> Route | None:
        """The router's word, None where the request stays. Raises UnknownNameError."""
        complexity = None if self._router is None else self._router(request)
        if complexity is None:
            return None
        model = select_model(complexity, self._routes)
        return None if model == request.model else Route(model=model, reason=f"the subtask is {complexity}")

    def cheaper(self, model: str, tried: Collection[str], why: str) -> Route | None:
        """The dearest route that is cheaper than `model` and not `tried`; None where there is none, or no opt-in."""
        if not self._fall_back:
            return None
        limit = self._price(model)
        known = {name: self._price(name) for name in asdict(self._routes).values() if name not in tried}
        below = [(price, name) for name, price in known.items() if price is not None and (not limit or price < limit)]
        return Route(model=max(below)[1], reason=f"{model} is unavailable: {why}") if below else None

    def _price(self, model: str) -> tuple[float, float] | None:
        """Output first: it is the dearer part. None for a model nobody knows the price of."""
        try:
            rates = self.prices.rates(model)
        except UnknownModelError:
            return None
        return rates.output, rates.input


def with_model(request: ModelRequest, model: str) -> ModelRequest:
    """The same request for another model; nothing else in its body changes. Raises ValueError for NaN."""
    payload = {**request.payload, "model": model}
    if request.raw is None:
        return request._replace(payload=payload, body=written(payload))
    body = written({**parse_json(request.body), "model": model})
    return request._replace(payload=payload, body=body, raw={**request.raw, "model": model})


def written(payload: Mapping[str, Any]) -> bytes:
    """A payload as the body of a request. Raises ValueError for NaN."""
    try:
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except UnicodeEncodeError:  # lone surrogates can only travel as escapes
        return json.dumps(payload, separators=(",", ":"), allow_nan=False).encode()
