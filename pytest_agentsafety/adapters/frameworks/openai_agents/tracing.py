"""The SDK sends traces, with all that an agent reads and writes, to its maker unless told otherwise."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Undo
from pytest_agentsafety.adapters.frameworks.openai_agents.answers import PACKAGE
from pytest_agentsafety.adapters.frameworks.patching import replaced, together


def patch_tracing(module: ModuleType, door: DoorGetter) -> Undo:
    """What is traced under a door does not leave: the guards have not looked at it. Other exporters get it as ever."""
    if not hasattr(module, "BackendSpanExporter"):  # somebody else's package of this name
        return lambda: None
    backend = module.BackendSpanExporter
    return together(
        [
            replaced(module.BatchTraceProcessor, name, partial(_keeping, backend, door), package=PACKAGE)
            for name in ("on_trace_start", "on_span_end")
        ]
    )


def _keeping(backend: type, door: DoorGetter, original: Any) -> Any:
    def keep(self: Any, item: Any) -> None:
        if door() is None or not isinstance(self._exporter, backend):
            original(self, item)

    return keep
