from __future__ import annotations

import pytest

from pytest_agentsafety.llm.trimming import Trimmer

EVENTS = [b"data: one\n\n", b"data: bad\n\n", b"data: two\r\n\r\n", b"data: bad\r\n\r\n", b"data: [DONE]\n\n"]
KEPT = b"data: one\n\ndata: two\r\n\r\ndata: [DONE]\n\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 1000])
def test_unwanted_events_are_taken_out_however_the_stream_is_cut(size):
    trimmer, stream = Trimmer(lambda event: b"bad" in event), b"".join(EVENTS)
    pieces = [trimmer.feed(stream[at : at + size]) for at in range(0, len(stream), size)]
    assert b"".join(pieces) + trimmer.end() == KEPT


def test_what_is_no_event_comes_at_the_end():
    trimmer = Trimmer(lambda event: True)
    assert trimmer.feed(b'{"bad": 1}') == b""
    assert (trimmer.end(), trimmer.end()) == (b'{"bad": 1}', b"")


def test_long_pieces_cost_linear_time():
    trimmer = Trimmer(lambda event: False)
    for _ in range(20_000):
        trimmer.feed(b"x" * 50)
    assert len(trimmer.end()) == 1_000_000
