"""Ctrl-C that cannot get lost.

Python raises KeyboardInterrupt wherever it happens to be, and where that is a callback of the garbage collector (of
which Hypothesis has one), the exception is printed and forgotten. So the signal is remembered, too.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def insisting() -> Iterator[Callable[[], None]]:
    """Gives a function that raises KeyboardInterrupt if there was a Ctrl-C in the block that nobody has heard of.

    Only where Python's own handler is in place, in the main thread; elsewhere it changes nothing.
    """
    pressed = False

    def heard(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.default_int_handler(number, frame)

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
