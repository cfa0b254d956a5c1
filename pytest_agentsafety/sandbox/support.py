"""Do namespaces work here? Asked once of a throw-away run, since no flag or setting tells for sure."""

from __future__ import annotations

import threading

from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox
from pytest_agentsafety.sandbox.run import Program

_lock = threading.Lock()
_found: list[tuple[bool, str]] = []


def namespaces_work() -> bool:
    """True when a run in namespaces of its own came to a good end; they are required from then on."""
    return _probe()[0]


def why_no_namespaces() -> str:
    """What the throw-away run failed with; empty when it did not."""
    return _probe()[1]


def _probe() -> tuple[bool, str]:
    with _lock:
        if not _found:
            result = NativeSandbox(namespaces=True).run(Program(""), Limits(timeout=10))
            worked = result.status == "ok"
            _found.append((worked, "" if worked else result.reason or result.status))
        return _found[0]
