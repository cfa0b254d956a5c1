"""Recording at the model door, over a real socket with the real SDK, and playing back what it wrote."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.cassettes import CassetteFileError, Tape, needs_recording
from pytest_agentsafety.guards import find_secrets
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.messages import ModelRequest

KEY = "sk-ant-api03-Zq8vT1mN4xK7wR2pL9cB5"
Ask = Callable[..., str]
RequestFor = Callable[..., ModelRequest]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "case.json"


def text_of(raw: bytes | None) -> str:
    return str(json.loads(raw or b"")["content"][0]["text"])


def test_what_was_recorded_plays_back(recording: Any, path: Path, ask: Ask, request_for: RequestFor) -> None:
    with recording(path, mode="once", metadata={"recorded_by": "scripted:test", "case_id": "s.a"}) as log:
        assert [ask("a"), ask("b"), ask("a")] == ["reply 1", "reply 2", "reply 3"]
    assert (log.count, log.secrets_removed) == (3, 0)
    tape = Tape.load(path)
    assert [text_of(tape.respond(request_for(text)).raw) for text in "aab"] == ["reply 1", "reply 3", "reply 2"]
    assert tape.metadata["recorded_by"] == "scripted:test"
    assert len(tape.metadata["recorded_at"]) == len("2026-11-22")
    assert tape.recorded_ms > 0
    assert tape.unused == 0


def test_each_call_has_its_duration(recording: Any, path: Path, ask: Ask, request_for: RequestFor) -> None:
    with recording(path, mode="once", metadata={}):
        ask("a")
        ask("b")
    durations = json.loads(path.read_text())["agentsafety"]["durations_ms"]
    assert len(durations) == 2
    assert all(0 < duration < 60_000 for duration in durations)
    assert Tape.load(path).respond(request_for("b")).recorded_ms == durations[1]


def test_streams_are_recorded_byte_by_byte(recording: Any, path: Path, client: Any, request_for: RequestFor) -> None:
    messages = [{"role": "user", "content": "a"}]
    with (
        recording(path, mode="once", metadata={}),
        client.messages.stream(model="m", max_tokens=9, messages=messages) as stream,
    ):
        assert "".join(stream.text_stream) == "reply 1"
    reply = Tape.load(path).respond(request_for("a", stream=True))
    assert reply.headers["content-type"] == "text/event-stream"
    assert reply.raw is not None
    assert reply.raw.startswith(b"event: message_start\n")
    assert reply.raw.endswith(b"\n\n")


def test_the_async_client_is_recorded(recording: Any, path: Path, server: Any, request_for: RequestFor) -> None:
    import anthropic

    async def run() -> str:
        async with anthropic.AsyncAnthropic(base_url=server.url, api_key=KEY, max_retries=0) as client:
            messages: Any = [{"role": "user", "content": "a"}]
            reply = await client.messages.create(model="m", max_tokens=9, messages=messages)
            return str(reply.content[0].text)  # type: ignore[union-attr]

    with recording(path, mode="once", metadata={}):
        assert asyncio.run(run()) == "reply 1"
    assert text_of(Tape.load(path).respond(request_for("a")).raw) == "reply 1"


def test_threads_are_recorded(recording: Any, path: Path, ask: Ask) -> None:
    with recording(path, mode="once", metadata={}) as log:
        threads = [threading.Thread(target=ask, args=(f"t{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert log.count == Tape.load(path).unused == 8


def test_errors_are_recorded_too(recording: Any, path: Path, server: Any, ask: Ask, request_for: RequestFor) -> None:
    import anthropic

    error = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    server.script = lambda _: (
        529,
        {"content-type": "application/json", "retry-after": "3"},
        json.dumps(error).encode(),
    )
    with recording(path, mode="once", metadata={}), pytest.raises(anthropic.APIStatusError):
        ask("a")
    reply = Tape.load(path).respond(request_for("a"))
    assert (reply.status, reply.headers["retry-after"]) == (529, "3")


def test_compressed_answers_are_kept_readable(
    recording: Any, path: Path, server: Any, ask: Ask, request_for: RequestFor, zipped: Callable[..., Any]
) -> None:
    body = {**json.loads(server.answer({})[2]), "content": [{"type": "text", "text": f"key {KEY}"}]}
    server.script = lambda _: zipped(json.dumps(body).encode())
    with recording(path, mode="once", metadata={}) as log:
        assert ask("a") == f"key {KEY}"
    assert log.secrets_removed == 1
    assert KEY not in path.read_text()
    assert "content-encoding" not in path.read_text()
    assert text_of(Tape.load(path).respond(request_for("a")).raw).startswith("key [secret removed ")


def test_only_model_requests_are_recorded(recording: Any, path: Path, server: Any, ask: Ask) -> None:
    import httpx2

    with recording(path, mode="once", metadata={}) as log:
        urllib.request.urlopen(f"{server.url}/v1/messages").read()
        with httpx2.Client() as other:
            other.get(f"{server.url}/page")
            other.post(f"{server.url}/api/orders", json={"card": "4111"})
        ask("a")
    assert len(server.requests) == 4
    assert log.count == 1
    assert "4111" not in path.read_text()


def test_no_secret_reaches_the_file(recording: Any, path: Path, server: Any, ask: Ask) -> None:
    own = "own-gateway-key-000017"
    with recording(path, mode="once", metadata={"note": f"made with {KEY}"}, secrets=[own]) as log:
        ask(f"my key is {KEY}, mine {own}", extra_headers={"cookie": "a=b", "x-team": "t", "x-api-key": own})
    text = path.read_text()
    for secret in (KEY, own, "s3cret", "cookie", "authorization", "x-api-key", "x-team", "127.0.0.1", "python"):
        assert secret not in text.lower() if secret.islower() else secret not in text
    assert log.secrets_removed >= 3
    assert Tape.load(path).metadata["secrets_removed"] >= 2


def test_a_request_with_a_secret_still_plays_back(
    recording: Any, path: Path, ask: Ask, request_for: RequestFor
) -> None:
    with recording(path, mode="once", metadata={}):
        ask(f"use {KEY}")
    assert text_of(Tape.load(path, find=find_secrets).respond(request_for(f"use {KEY}")).raw) == "reply 1"


def test_a_plain_word_as_key_is_not_taken_for_a_secret(recording: Any, path: Path, server: Any) -> None:
    import anthropic

    messages: Any = [{"role": "user", "content": "a scripted talk"}]
    with (
        recording(path, mode="once", metadata={"recorded_by": "scripted:x"}) as log,
        anthropic.Anthropic(base_url=server.url, api_key="scripted", max_retries=0) as client,
    ):
        client.messages.create(model="m", max_tokens=9, messages=messages)
    assert log.secrets_removed == 0
    assert "a scripted talk" in path.read_text()


# Modes


def test_once_does_not_touch_what_is_there(recording: Any, path: Path, ask: Ask) -> None:
    with recording(path, mode="once", metadata={}):
        ask("a")
    with (
        pytest.raises(ConfigError, match=r"case\.json: exists already.*'new_episodes' or 'all'"),
        recording(path, mode="once", metadata={}),
    ):
        pytest.fail("the block may not run")


def test_new_episodes_plays_the_old_and_adds_the_new(recording: Any, path: Path, server: Any, ask: Ask) -> None:
    with recording(path, mode="once", metadata={"case_id": "s.a", "recorded_by": "live"}):
        ask("a")
    before = json.loads(path.read_text())
    with recording(path, mode="new_episodes", metadata={"recorded_by": "again"}) as log:
        assert [ask("a"), ask("b"), ask("b")] == ["reply 1", "reply 2", "reply 3"]
    after = json.loads(path.read_text())
    assert (log.count, len(server.requests)) == (2, 3)
    assert after["interactions"][:1] == before["interactions"]
    assert after["agentsafety"]["durations_ms"][:1] == before["agentsafety"]["durations_ms"]
    assert (Tape.load(path).metadata["case_id"], Tape.load(path).metadata["recorded_by"]) == ("s.a", "again")


def test_a_repeated_request_is_recorded_as_often_as_it_was_made(recording: Any, path: Path, ask: Ask) -> None:
    with recording(path, mode="once", metadata={}):
        ask("other")
    with recording(path, mode="new_episodes", metadata={}) as log:
        assert [ask("a") for _ in range(3)] == ["reply 2", "reply 3", "reply 4"]
    assert log.count == 3


def test_all_records_everything_anew(recording: Any, path: Path, ask: Ask, request_for: RequestFor) -> None:
    with recording(path, mode="once", metadata={}):
        ask("a")
        ask("stale")
    with recording(path, mode="all", metadata={}):
        ask("a")
    tape = Tape.load(path)
    assert (tape.unused, text_of(tape.respond(request_for("a")).raw)) == (1, "reply 3")


def test_all_replaces_a_damaged_file_and_new_episodes_names_it(recording: Any, path: Path, ask: Ask) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("interactions: []\n")
    with (
        pytest.raises(CassetteFileError, match="not a JSON cassette"),
        recording(path, mode="new_episodes", metadata={}),
    ):
        pytest.fail("the block may not run")
    with recording(path, mode="all", metadata={}):
        ask("a")
    assert Tape.load(path).unused == 1


def test_an_unknown_mode_is_named(recording: Any, path: Path) -> None:
    mode: Any = "onec"
    with (
        pytest.raises(UnknownNameError, match=r"unknown record mode 'onec'. Did you mean 'once'\?"),
        recording(path, mode=mode, metadata={}),
    ):
        pytest.fail("the block may not run")


@pytest.mark.parametrize(
    ("mode", "there", "expected"),
    [
        ("none", False, False),
        ("none", True, False),
        ("once", False, True),
        ("once", True, False),
        ("new_episodes", True, True),
        ("all", True, True),
    ],
)
def test_who_goes_upstream(recording: Any, tmp_path: Path, mode: str, there: bool, expected: bool) -> None:
    path = tmp_path / "c.json"
    if there:
        path.write_text("{}")
    assert needs_recording(path, mode) is expected


# Whole or not at all


def test_nothing_is_written_when_the_block_fails(recording: Any, path: Path, ask: Ask) -> None:
    def run() -> None:
        with recording(path, mode="once", metadata={}):
            ask("a")
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        run()
    assert not path.exists()


def test_nothing_is_written_when_discarded_or_empty(recording: Any, path: Path, ask: Ask) -> None:
    with recording(path, mode="once", metadata={}) as log:
        ask("a")
        log.discard()
    assert log.count == 1
    with recording(path, mode="once", metadata={}):
        pass
    assert not path.exists()


def test_no_temporary_file_stays(recording: Any, path: Path, ask: Ask) -> None:
    with recording(path, mode="once", metadata={}):
        ask("a")
    assert [p.name for p in path.parent.iterdir()] == ["case.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_many_recordings_at_once_keep_their_answers_apart(
    recording: Any, tmp_path: Path, server: Any, client: Any
) -> None:
    server.script = lambda payload: (200, {}, json.dumps(_echo(payload)).encode())
    failures: list[BaseException] = []

    def one(number: int) -> None:
        try:
            with recording(tmp_path / f"{number}.json", mode="once", metadata={}) as log:
                for turn in range(3):
                    client.messages.create(**_asking(f"{number}/{turn}"))
            assert log.count == 3
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for number in range(20):
        rows = json.loads((tmp_path / f"{number}.json").read_text())["interactions"]
        asked = [json.loads(row["request"]["body"])["messages"][0]["content"] for row in rows]
        told = [text_of(row["response"]["body"]["string"].encode()) for row in rows]
        assert asked == told == [f"{number}/{turn}" for turn in range(3)]


def _asking(text: str) -> Any:
    return {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": text}]}


def _echo(payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": payload["messages"][0]["content"]}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def test_a_file_that_another_process_wrote_meanwhile_is_kept(recording: Any, path: Path, ask: Ask) -> None:
    def run() -> None:
        with recording(path, mode="once", metadata={}):
            ask("a")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("theirs")

    with pytest.raises(CassetteFileError, match="was written by another recording meanwhile"):
        run()
    assert path.read_text() == "theirs"
    assert [p.name for p in path.parent.iterdir()] == ["case.json"]


def test_a_place_that_cannot_be_written_is_an_error(recording: Any, tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(CassetteFileError, match="cannot be written"),
        recording(tmp_path / "file" / "c.json", mode="once", metadata={}),
    ):
        ask("a")


def test_an_answer_that_is_no_text_is_refused(recording: Any, path: Path, server: Any) -> None:
    import httpx2

    server.script = lambda _: (200, {"content-type": "application/json"}, b'{"a": "\xff\xfe"}')
    with (
        pytest.raises(CassetteFileError, match="interaction 0: a body is no text"),
        recording(path, mode="once", metadata={}),
        httpx2.Client() as plain,
    ):
        plain.post(f"{server.url}/v1/messages", json={"model": "m"})
    assert not path.exists()


def test_an_encoding_that_cannot_be_unpacked_is_refused(recording: Any, path: Path, server: Any) -> None:
    import httpx2

    server.script = lambda _: (200, {"content-type": "application/json", "content-encoding": "odd"}, b"{}")
    with (
        pytest.raises(CassetteFileError, match="an encoding that cannot be unpacked"),
        recording(path, mode="once", metadata={}),
        httpx2.Client() as plain,
    ):
        plain.post(f"{server.url}/v1/messages", json={"model": "m"})
    assert not path.exists()


def test_vcrpy_patches_nothing(recording: Any, path: Path, server: Any, ask: Ask) -> None:
    import httpx2

    before = httpx2.HTTPTransport.handle_request
    with recording(path, mode="once", metadata={}):
        assert httpx2.HTTPTransport.handle_request is before
        ask("a")
    assert path.is_file()


def test_vcrpy_logs_no_answers(recording: Any, path: Path, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), recording(path, mode="once", metadata={}):
        ask("a")
    logged = {record.getMessage() for record in caplog.records if record.name.startswith("vcr")}
    assert logged == {"Invoking Request http://recorded.invalid/v1/messages"}


# vcrpy itself


def test_vcrpy_loads_and_plays_the_file(recording: Any, path: Path, server: Any, ask: Ask) -> None:
    import vcr

    with recording(path, mode="once", metadata={}):
        ask("a")
        ask("b")
    player = vcr.VCR(serializer="json", record_mode="none", match_on=("method", "path", "body"))
    with player.use_cassette(str(path)) as cassette:
        assert [ask("b"), ask("a")] == ["reply 2", "reply 1"]
        assert cassette.all_played
    assert len(server.requests) == 2


def test_importing_and_replaying_needs_no_heavy_module() -> None:
    code = (
        "import sys; import pytest_agentsafety.cassettes, pytest_agentsafety.recorders, pytest_agentsafety.tracing; "
        "print([m for m in ('vcr', 'httpx2', 'anthropic', 'yaml', 'pytest', 'pandas') if m in sys.modules])"
    )
    root = str(Path(__file__).resolve().parents[3])
    ran = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


# Failures


def test_a_request_that_was_tried_again_is_recorded_with_its_last_answer(path: Path, server: Any) -> None:
    """The waits are the gate's; a replay has nothing to wait for."""
    import anthropic

    from pytest_agentsafety import cassettes
    from pytest_agentsafety.gate import Gate
    from pytest_agentsafety.llm import activate, install
    from pytest_agentsafety.model.policy import Policy

    answers = iter([429, 529])

    def script(_: Any) -> Any:
        status = next(answers, None)
        return None if status is None else (status, {"retry-after": "0.01"}, b'{"error": {}}')

    server.script = script
    uninstall = install()
    messages: Any = [{"role": "user", "content": "a"}]
    try:
        with (
            cassettes.recording(path, mode="once", metadata={}, find=find_secrets) as log,
            activate(Gate(Policy(guards=frozenset())).open("a", on_passage=log.recorded)),
            anthropic.Anthropic(base_url=server.url, api_key=KEY) as client,
        ):
            client.messages.create(model="claude-sonnet-5-5", max_tokens=9, messages=messages)
    finally:
        uninstall()
    assert len(server.requests) == 3
    (row,) = json.loads(path.read_text())["interactions"]
    assert row["response"]["status"]["code"] == 200


def test_a_stream_that_is_cut_is_not_recorded(recording: Any, path: Path, server: Any, client: Any) -> None:
    whole = stream("reply")
    server.script = lambda _: (200, {"content-type": "text/event-stream"}, whole[: len(whole) // 2])
    messages = [{"role": "user", "content": "a"}]
    with (
        recording(path, mode="once", metadata={}) as log,
        client.messages.stream(model="m", max_tokens=9, messages=messages) as events,
    ):
        list(events)
    assert log.count == 0
    assert not path.exists()


def test_vcrpy_plays_a_stream_with_a_secret_taken_out(recording: Any, path: Path, server: Any, client: Any) -> None:
    import vcr

    asking: Any = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "a"}]}
    server.script = lambda _: (200, {"content-type": "text/event-stream"}, stream(f"use {KEY}"))
    with recording(path, mode="once", metadata={}), client.messages.stream(**asking) as events:
        assert "".join(events.text_stream) == f"use {KEY}"
    player = vcr.VCR(serializer="json", record_mode="none", match_on=("method", "path", "body"))
    with player.use_cassette(str(path)), client.messages.stream(**asking) as events:
        assert "".join(events.text_stream).startswith("use [secret removed ")
    assert len(server.requests) == 1


def stream(text: str) -> bytes:
    start = {**_echo({"messages": [{"content": ""}]}), "content": [], "stop_reason": None}
    said: list[dict[str, Any]] = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": c}} for c in text),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in said).encode()
