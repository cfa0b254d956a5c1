"""Let a StopRun cross an SDK unharmed.

An SDK wraps and retries what it does not know; its own errors it raises on at once. So a stop becomes, where the
SDK is loaded, an instance of both its own class and the SDK's base error. The SDK is never imported for this.
"""

from __future__ import annotations

import sys
from typing import NoReturn

from pytest_agentsafety.model.crossing import crossing
from pytest_agentsafety.model.errors import StopRun

# Module -> name of the error that the SDK, or the framework around it, lets through.
_SDK_BASES = {
    "anthropic": "AnthropicError",
    "openai": "OpenAIError",
    "langgraph.errors": "GraphBubbleUp",
}


def as_sdk_error(exc: StopRun) -> StopRun:
    """`exc` as an error that every loaded SDK lets through; `exc` itself when there is nothing to do.

    The result is an instance of `type(exc)` with the same attributes and text.
    """
    return crossing(exc, _loaded_bases())


def raise_through_sdk(exc: StopRun) -> NoReturn:
    """Raise `exc` so that an SDK it passes neither retries nor wraps it."""
    raise as_sdk_error(exc)


def _loaded_bases() -> tuple[type[Exception], ...]:
    found = (getattr(sys.modules.get(module), name, None) for module, name in _SDK_BASES.items())
    return tuple(base for base in found if isinstance(base, type) and issubclass(base, Exception))
