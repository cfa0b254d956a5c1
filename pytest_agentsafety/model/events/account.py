"""The steps of a model call's account, wherever they stand."""

from __future__ import annotations

from pytest_agentsafety.model.events.base import Event
from pytest_agentsafety.model.events.model_call import ModelCalled, ModelReplied
from pytest_agentsafety.model.events.steps import Charged


def charge_in(event: Event) -> Charged | None:
    """What an event says of the account, None for one that says nothing of it.

    A reservation that stands in a `ModelCalled` does not say what was spent before: its totals are 0.
    """
    if isinstance(event, Charged):
        return event
    if isinstance(event, ModelCalled) and event.reserved_usd is not None:
        return _step(event, "reserved", event.reserved_usd, event.reserved_tokens or 0, 0.0, 0)
    if isinstance(event, ModelReplied) and event.charge:
        tokens = event.input_tokens + event.output_tokens
        return _step(event, event.charge, event.cost_usd, tokens, event.total_cost_usd, event.total_tokens)
    return None


def _step(event: Event, kind: str, cost_usd: float, tokens: int, total_cost_usd: float, total_tokens: int) -> Charged:
    return Charged(
        task_id=event.task_id,
        call_id=event.call_id,
        ts=event.ts,
        kind=kind,
        cost_usd=cost_usd,
        tokens=tokens,
        total_cost_usd=total_cost_usd,
        total_tokens=total_tokens,
    )
