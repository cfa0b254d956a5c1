"""Recorded over real HTTP, played with the server down."""

from __future__ import annotations

import json

import pytest

from pytest_agentsafety.cassettes import Tape, recording
from pytest_agentsafety.guards import find_secrets
from pytest_agentsafety.model.errors import CassetteMiss

from .conftest import LIST, MAIL, PROMPT, READ, Talk

NOWHERE = "http://127.0.0.1:9"
asynchronously = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@pytest.fixture
def record(play, server, tmp_path):
    """`record(talk)`: plays against the server and gives (answer, task, recording, path of the cassette)."""

    def recorded(talk, base="/v1", **more):
        path = tmp_path / "case.json"
        with recording(path, mode="once", metadata={}, find=find_secrets) as made:
            answer, task = play(talk, f"{server.url}{base}", on_passage=made.recorded, **more)
        return answer, task, made, path

    return recorded


@asynchronously
@pytest.mark.parametrize("base", ["/v1", ""])
def test_what_was_recorded_plays_back_offline(talk, server, play, record, asynchronous, base):
    answer, live, made, path = record(talk, base, asynchronous=asynchronous)
    assert (answer, made.count) == ("It is done.", 3)
    server.stop()
    tape = Tape.load(path, find=find_secrets)
    again = Talk(talk.format, talk.streaming)
    answer, task = play(again, f"{NOWHERE}/v1", asynchronous=asynchronous, responder=tape)
    assert answer == "It is done."
    assert task.tally.executed == [READ, LIST, MAIL]
    assert (tape.misses, tape.unused, task.tally.ungated) == (0, 0, [])
    assert task.tally.input_tokens == live.tally.input_tokens > 0
    assert task.tally.output_tokens == live.tally.output_tokens > 0


def test_the_cassette_holds_what_the_agent_wrote(talk, server, record):
    *_, path = record(talk)
    sent = server.log[0].payload
    kept = json.loads(json.loads(path.read_text())["interactions"][0]["request"]["body"])
    written = {"max_completion_tokens", "stream_options"} if talk.format == "chat" else {"max_output_tokens"}
    assert kept == {name: value for name, value in sent.items() if name not in written}
    assert written & sent.keys()
    assert "Bearer" not in path.read_text()


def test_another_conversation_is_a_miss_that_names_the_difference(talk, play, record):
    *_, path = record(talk)
    tape = Tape.load(path, find=find_secrets)
    error, _ = play(Talk(talk.format, talk.streaming), f"{NOWHERE}/v1", responder=tape, prompt="Do otherwise")
    assert isinstance(error, CassetteMiss)
    assert f'recorded "{PROMPT[:30]}' in str(error)


def test_a_tape_of_one_format_does_not_answer_the_other(play, record):
    *_, path = record(Talk("chat", streaming=False))
    tape = Tape.load(path, find=find_secrets)
    error, _ = play(Talk("responses", streaming=False), f"{NOWHERE}/v1", responder=tape)
    assert "nothing is recorded for /v1/responses" in str(error)
