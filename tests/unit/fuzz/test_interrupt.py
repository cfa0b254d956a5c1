"""A Ctrl-C that falls into a callback of the garbage collector is forgotten by Python, and not by a hunt."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

from pytest_agentsafety.fuzz.interrupt import insisting

SWALLOWED = """
import gc, os, signal
from pytest_agentsafety.fuzz.interrupt import insisting


def pressed(phase, info):
    gc.callbacks.clear()
    os.kill(os.getpid(), signal.SIGINT)
    sum(range(10_000))


with insisting() as ask:
    ask()
    gc.callbacks.append(pressed)
    gc.collect()
    print("SWALLOWED")
    try:
        ask()
    except KeyboardInterrupt:
        print("HEARD")
    try:
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(10_000))
    except KeyboardInterrupt:
        print("AT ONCE")
"""


def test_a_swallowed_interrupt_is_heard_at_the_next_step() -> None:
    done = subprocess.run([sys.executable, "-c", SWALLOWED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["SWALLOWED", "HEARD", "AT", "ONCE"]


def test_elsewhere_it_changes_nothing() -> None:
    seen: list[object] = []

    def body() -> None:
        with insisting() as ask:
            ask()
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [before]
