"""The attempts of one exchange, for whoever sends requests: the patched clients and the gateway."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pytest_agentsafety.llm.exchange import Exchange
from pytest_agentsafety.llm.flavours import Flavour
from pytest_agentsafety.llm.outside import inside
from pytest_agentsafety.llm.sleeping import asleep

# On a request that is inside the door: with foreign patches in between there can be two of ours, one over the other.
INSIDE = "agentsafety.inside"


async def drive(
    exchange: Exchange, flavour: Flavour, request: Any, attempt: Callable[[Any], Awaitable[Any]], *, stream: bool
) -> Any:
    """The response of an admitted request, after as many attempts as its pass allows.

    `attempt` sends what it is given. A streamed response settles its pass when it was read to its end. Raises a
    StopRun, or what the last attempt raised.
    """
    request.extensions[INSIDE] = True
    try:
        while True:
            try:
                response = exchange.attempt()
                local = response is not None
                if response is None:
                    with inside():
                        response = await attempt(exchange.request)
                    if stream and response.status_code >= 400:
                        await response.aread()
            except flavour.transport_error as exc:
                delay: float | None = exchange.failed(exc)
            else:
                delay = exchange.answered(response, local=local, sync=False)
                if delay is None:
                    return response
            await asleep(delay or 0.0)
    except BaseException as exc:
        exchange.stopped(exc)
        raise
    finally:
        request.extensions.pop(INSIDE, None)
