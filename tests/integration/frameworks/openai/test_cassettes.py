"""Recorded over real HTTP, played with the server down."""

from __future__ import annotations

import json

import pytest

from pytest_agentsafety.cassettes import Tape, recording
from pytest_agentsafety.model.errors import CassetteMiss

from .conftest import LIST, MAIL, MODEL, PROMPT, READ, Talk

NOWHERE = "http://127.0.0.1:9"
asynchronously = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@asynchronously
@pytest.mark.parametrize("base", ["/v1", ""])
def test_what_was_recorded_plays_back_offline(talk, server, play, tmp_path, asynchronous, base):
    path = tmp_path / "case.json"
    with recording(path, mode="once", metadata={}) as log:
        answer, live = play(talk, f"{server.url}{base}", asynchronous=asynchronous)
    assert (answer, log.recorded) == ("It is done.", 3)
    server.stop()
    tape = Tape.load(path)
    again = Talk(talk.format, talk.streaming)
    answer, task = play(again, f"{NOWHERE}/v1", asynchronous=asynchronous, responder=tape)
    assert answer == "It is done."
    assert task.tally.executed == [READ, LIST, MAIL]
    assert (tape.misses, tape.unused, task.tally.ungated) == (0, 0, [])
    assert task.tally.input_tokens == live.tally.input_tokens > 0
    assert task.tally.output_tokens == live.tally.output_tokens > 0


def test_the_cassette_holds_what_the_agent_wrote(talk, server, play, tmp_path):
    path = tmp_path / "case.json"
    with recording(path, mode="once", metadata={}):
        play(talk, f"{server.url}/v1")
    sent = server.log[0].payload
    kept = json.loads(json.loads(path.read_text())["interactions"][0]["request"]["body"])
    written = {"max_completion_tokens", "stream_options"} if talk.format == "chat" else {"max_output_tokens"}
    assert kept == {name: value for name, value in sent.items() if name not in written}
    assert written & sent.keys()
    assert "Bearer" not in path.read_text()


def test_another_conversation_is_a_miss_that_names_the_difference(talk, server, play, tmp_path):
    path = tmp_path / "case.json"
    with recording(path, mode="once", metadata={}):
        play(talk, f"{server.url}/v1")
    error, _ = play(
        Talk(talk.format, talk.streaming), f"{NOWHERE}/v1", responder=Tape.load(path), prompt="Do otherwise"
    )
    assert isinstance(error, CassetteMiss)
    assert f'recorded "{PROMPT[:30]}' in str(error)


def test_a_tape_of_one_format_does_not_answer_the_other(server, play, tmp_path):
    path = tmp_path / "case.json"
    with recording(path, mode="once", metadata={}):
        play(Talk("chat", streaming=False), f"{server.url}/v1")
    error, _ = play(Talk("responses", streaming=False), f"{NOWHERE}/v1", responder=Tape.load(path))
    assert "nothing is recorded for /v1/responses" in str(error)


def test_recording_without_a_door_keeps_what_was_sent(server, client_for, tmp_path):
    path = tmp_path / "case.json"
    with recording(path, mode="once", metadata={}) as log:
        client = client_for(f"{server.url}/v1")
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": PROMPT}])
    assert log.recorded == 1
