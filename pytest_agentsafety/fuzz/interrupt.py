"""Ctrl-C that cannot get lost.

Python raises KeyboardInterrupt wherever it happens to be, and where that is a callback of the garbage collector (of
which Hypothesis has one), the exception is printed and forgotten. So the first signal is only remembered, and raised
at the next step; a second one is raised at once, for a step that does not end.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def insisting() -> Iterator[Callable[[], None]]:
    """Gives a function that raises KeyboardInterrupt if there was a Ctrl-C in the block.

    Only where Python's own handler is in place, in the main thread; elsewhere it changes nothing.
    """
    pressed = False

    def heard(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            signal.default_int_handler(number, frame)
        pressed = True

    def ask() -> None:
        if pressed:
            raise KeyboardInterrupt

    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if ours:
        signal.signal(signal.SIGINT, heard)
    try:
        yield ask
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
