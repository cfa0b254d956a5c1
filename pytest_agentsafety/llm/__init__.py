"""Model calls: the patch that makes every one pass the model door, the wire format, and models that need no network."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_agentsafety.llm.active import activate, current
from pytest_agentsafety.llm.patch import install
from pytest_agentsafety.llm.retry import RetryPlanner
from pytest_agentsafety.llm.routing import select_model
from pytest_agentsafety.llm.stops import as_sdk_error, raise_through_sdk

if TYPE_CHECKING:
    from pytest_agentsafety.llm.hijacked import HijackedModel as HijackedModel
    from pytest_agentsafety.llm.scripted import Fault as Fault
    from pytest_agentsafety.llm.scripted import Playbook as Playbook
    from pytest_agentsafety.llm.scripted import faulty as faulty
    from pytest_agentsafety.llm.scripted import gullible as gullible
    from pytest_agentsafety.llm.scripted import robust as robust
    from pytest_agentsafety.llm.server import MessagesServer as MessagesServer

# Only some modes need these.
_LATER = {
    "Fault": "scripted",
    "HijackedModel": "hijacked",
    "MessagesServer": "server",
    "Playbook": "scripted",
    "faulty": "scripted",
    "gullible": "scripted",
    "robust": "scripted",
}

__all__ = [
    "Fault",
    "HijackedModel",
    "MessagesServer",
    "Playbook",
    "RetryPlanner",
    "activate",
    "as_sdk_error",
    "current",
    "faulty",
    "gullible",
    "install",
    "raise_through_sdk",
    "robust",
    "select_model",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
