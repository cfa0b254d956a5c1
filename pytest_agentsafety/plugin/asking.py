"""Asking a person, or an agent, while pytest captures what is written and read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from pytest_agentsafety.approval import Asking

_WORKER = "an xdist worker has no terminal to ask at; run without -n, or use the approver queue"


def at_terminal(asking: Asking, config: pytest.Config, worker: str | None) -> Asking:
    """In the main process capture is held back around a question; a worker asks nobody."""
    nobody = None if worker is None else _WORKER
    return replace(asking, suspend=partial(capture_suspended, config), nobody=nobody)


@contextmanager
def unheard(config: pytest.Config) -> Iterator[None]:
    """What an agent prints while it is asked for its tools is no test's output: it is dropped, but with -s."""
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    if capture is None or not capture.is_globally_capturing():
        yield
        return
    capture.resume_global_capture()
    try:
        yield
    finally:
        capture.suspend_global_capture()
        capture.read_global_capture()


@contextmanager
def capture_suspended(config: pytest.Config) -> Iterator[None]:
    """The real streams, input included, inside the block."""
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    if capture is None:
        yield
        return
    capture.suspend(in_=True)
    try:
        yield
    finally:
        capture.resume()
