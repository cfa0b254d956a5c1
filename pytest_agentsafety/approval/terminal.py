"""Reading one line from a terminal, with a time limit."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from select import select
from typing import TextIO

from pytest_agentsafety.approval.timed import NoAnswerError, within

_LONGEST = 4_096


def is_terminal(reader: TextIO | None) -> bool:
    """A process without standard input, or with a closed one, has no terminal."""
    try:
        return reader is not None and reader.isatty()
    except ValueError:
        return False


def drop_typed_ahead(reader: TextIO) -> None:
    """Keys pressed before the question was there are no answer to it."""
    fd = _descriptor(reader)
    if fd is None:
        return
    import termios

    with suppress(termios.error):
        termios.tcflush(fd, termios.TCIFLUSH)


def read_line(reader: TextIO, seconds: float) -> str:
    """What is typed up to the end of the line, "" at the end of input. Raises NoAnswerError, OSError.

    It is read from the descriptor: what Python has buffered was typed earlier.
    """
    fd = _descriptor(reader)
    if fd is None:
        return within(seconds, reader.readline)
    deadline = time.monotonic() + seconds
    typed = b""
    while not typed.endswith((b"\n", b"\r")) and len(typed) < _LONGEST:
        left = deadline - time.monotonic()
        if left <= 0 or not select([fd], [], [], left)[0]:
            raise NoAnswerError(seconds)
        piece = os.read(fd, _LONGEST)
        if not piece:
            break
        typed += piece
    return typed.decode("utf-8", "replace")


def _descriptor(reader: TextIO) -> int | None:
    try:
        return reader.fileno()
    except (OSError, AttributeError):  # a stand-in for a terminal, as in a test or a notebook
        return None
