"""A tape answers what was recorded, in order, and nothing else."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.cassettes import CassetteFileError, MissingRecordingError, Tape
from pytest_agentsafety.model.errors import CassetteMiss, ConfigError
from pytest_agentsafety.model.messages import ModelRequest

Ask = Callable[..., ModelRequest]


def row(text: str, answer: str, **changes: Any) -> dict[str, Any]:
    payload = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": text}]}
    return {
        "request": {
            "method": "POST",
            "uri": "http://recorded.invalid/v1/messages",
            "body": json.dumps(payload),
            "headers": {},
        },
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"content-type": ["application/json"], "request-id": ["req_1"]},
            "body": {"string": answer},
        },
        **changes,
    }


@pytest.fixture
def cassette(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: Any, **section: Any) -> Path:
        path = tmp_path / "case.json"
        path.write_text(json.dumps({"version": 1, "agentsafety": section, "interactions": rows}))
        return path

    return write


Write = Callable[..., Path]


def test_answers_come_raw_with_status_headers_and_duration(cassette: Write, request_for: Ask) -> None:
    tape = Tape.load(cassette(row("a", '{"ä": "\\ud800"}'), durations_ms=[12.5]))
    reply = tape.respond(request_for("a"))
    assert reply.raw == '{"ä": "\\ud800"}'.encode()
    assert (reply.status, reply.recorded_ms, reply.message) == (200, 12.5, None)
    assert reply.headers == {"content-type": "application/json", "request-id": "req_1"}


def test_the_same_request_is_answered_as_often_as_recorded_and_in_order(cassette: Write, request_for: Ask) -> None:
    tape = Tape.load(cassette(row("a", "1"), row("b", "2"), row("a", "3")))
    assert [tape.respond(request_for(text)).raw for text in "aab"] == [b"1", b"3", b"2"]
    with pytest.raises(CassetteMiss, match="asked for more often than it was recorded"):
        tape.respond(request_for("a"))


def test_order_between_different_requests_does_not_count(cassette: Write, request_for: Ask) -> None:
    tape = Tape.load(cassette(row("a", "1"), row("b", "2")))
    assert [tape.respond(request_for(text)).raw for text in "ba"] == [b"2", b"1"]


def test_a_miss_explains_itself_and_is_counted(cassette: Write, request_for: Ask) -> None:
    path = cassette(row("hello", "1"), case_id="inbox.t1.i1.body.plain")
    tape = Tape.load(path)
    assert (tape.misses, tape.last_miss) == (0, None)
    with pytest.raises(CassetteMiss) as caught:
        tape.respond(request_for("hallo"))
    assert str(caught.value) == (
        f"{path}: the request is not on the cassette: nearest is recording 1 of 1 (first 0 of 1 messages equal); "
        'messages[0].content[0].text differs: recorded "hello", now "hallo". Record again: '
        "pytest --agent-safety --agent-safety-mode=recorded --agent-safety-case=inbox.t1.i1.body.plain "
        "--agent-safety-record=all"
    )
    assert (tape.misses, tape.last_miss) == (1, caught.value)
    assert tape.unused == 1


def test_another_endpoint_is_a_miss(cassette: Write, request_for: Ask) -> None:
    tape = Tape.load(cassette(row("a", "1")))
    with pytest.raises(CassetteMiss, match="nothing is recorded for /v1/messages/count_tokens"):
        tape.respond(request_for("a", path="/v1/messages/count_tokens"))


def test_query_host_and_prefix_do_not_count(cassette: Write, request_for: Ask) -> None:
    tape = Tape.load(cassette(row("a", "1")))
    assert tape.respond(request_for("a", path="/gateway/v1/messages?beta=true")).raw == b"1"


def test_what_is_known_about_a_recording(cassette: Write, request_for: Ask) -> None:
    path = cassette(row("a", "1"), row("b", "2"), recorded_by="scripted:gullible", durations_ms=[1.5, None])
    tape = Tape.load(path)
    assert tape.metadata == {"recorded_by": "scripted:gullible"}
    assert tape.recorded_ms == 1.5
    assert tape.sha256 == sha256(path.read_bytes()).hexdigest()
    assert tape.unused == 2
    tape.respond(request_for("b"))
    assert tape.unused == 1


def test_an_error_that_was_recorded_is_played(cassette: Write, request_for: Ask) -> None:
    bad = row("a", "{}")
    bad["response"]["status"]["code"] = 529
    assert Tape.load(cassette(bad)).respond(request_for("a")).status == 529


def test_framing_headers_are_not_played(cassette: Write, request_for: Ask) -> None:
    odd = row("a", "{}")
    odd["response"]["headers"] = {"Content-Encoding": ["gzip"], "Content-Length": ["9"], "X-Y": "z", "Via": ["a", "b"]}
    assert Tape.load(cassette(odd)).respond(request_for("a")).headers == {"x-y": "z", "via": "a, b"}


def test_no_socket_and_no_vcr_for_replay(cassette: Write, request_for: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    path = cassette(row("a", "1"))

    def refuse(*args: Any, **more: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "__init__", refuse)
    monkeypatch.setitem(sys.modules, "vcr", None)
    assert Tape.load(path).respond(request_for("a")).raw == b"1"


def test_threads_get_each_answer_once(cassette: Write, request_for: Ask) -> None:
    tape = Tape.load(cassette(*(row("a", str(n)) for n in range(100))))
    got: list[bytes | None] = []

    def work() -> None:
        for _ in range(30):
            try:
                got.append(tape.respond(request_for("a")).raw)
            except CassetteMiss:
                got.append(None)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(raw) for raw in got if raw is not None) == list(range(100))
    assert tape.misses == got.count(None) == 20


def test_a_missing_recording_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(MissingRecordingError) as caught:
        Tape.load(tmp_path / "none.json", case_id="s.a b")
    assert str(caught.value) == (
        f"{tmp_path / 'none.json'}: case 's.a b' has no recording. Record it: pytest --agent-safety "
        "--agent-safety-mode=recorded --agent-safety-case='s.a b' --agent-safety-record=once"
    )
    assert isinstance(caught.value, ConfigError)
    with pytest.raises(MissingRecordingError, match="there is no recording"):
        Tape.load(tmp_path / "none.json")


def broken(part: str, **changes: Any) -> dict[str, Any]:
    whole = row("a", "{}")
    whole[part] = {**whole[part], **changes}
    return whole


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a JSON cassette"),
        (b"interactions:\n- request: {}\nversion: 1\n", "not a JSON cassette"),
        (b"\xff\xfe\x00", "not a JSON cassette"),
        (b"[" * 200_000, "not a JSON cassette"),
        (b"[]", '"version" must be 1'),
        (b'{"version": 2, "interactions": []}', '"version" must be 1'),
        (b'{"version": 1}', "interactions: expected a list, found nothing"),
        (b'{"version": 1, "interactions": {}}', "interactions: expected a list, found dict"),
        (b'{"version": 1, "agentsafety": [], "interactions": []}', "agentsafety: expected an object, found list"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(content)
    with pytest.raises(CassetteFileError) as caught:
        Tape.load(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("damaged", "place"),
    [
        (7, "interactions[1]: expected an object, found int"),
        ({}, "interactions[1].request: expected an object, found nothing"),
        (broken("request", uri=None), "interactions[1].request.uri: expected a string, found nothing"),
        (broken("request", body="{"), "interactions[1].request.body: not JSON"),
        (broken("request", body="[]"), "interactions[1].request.body: expected an object, found list"),
        (broken("request", body="[" * 100_000), "interactions[1].request.body: not JSON"),
        (broken("response", status={"code": "200"}), "interactions[1].response.status.code: expected a whole number"),
        (broken("response", status={"code": True}), "interactions[1].response.status.code: expected a whole number"),
        (broken("response", status={"code": 7}), "interactions[1].response.status.code: 7 is no HTTP status"),
        (broken("response", headers=[]), "interactions[1].response.headers: expected an object"),
        (broken("response", body={"string": None}), "interactions[1].response.body.string: expected a string"),
    ],
)
def test_damage_in_an_interaction_is_named_with_its_place(cassette: Write, damaged: Any, place: str) -> None:
    with pytest.raises(CassetteFileError) as caught:
        Tape.load(cassette(row("a", "1"), damaged))
    assert place in str(caught.value)


@pytest.mark.parametrize("durations", [[], [1, 2], ["1"], [-1], [True], {"a": 1}])
def test_durations_must_fit_the_interactions(cassette: Write, durations: Any) -> None:
    with pytest.raises(CassetteFileError, match="durations_ms"):
        Tape.load(cassette(row("a", "1"), durations_ms=durations))


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(CassetteFileError, match="cannot be read"):
        Tape.load(tmp_path)


def test_a_request_nested_beyond_comparing_is_a_miss(cassette: Write) -> None:
    tape = Tape.load(cassette(row("a", "1")))
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    payload = {"model": "m", "messages": [{"role": "user", "content": deep}]}
    with pytest.raises(CassetteMiss, match="nested too deeply"):
        tape.respond(ModelRequest(url="", path="/v1/messages", body=b"", payload=payload))
    assert tape.misses == 1
