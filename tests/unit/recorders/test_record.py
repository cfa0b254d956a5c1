"""One text per event: the same data as the event, masked, whatever is in it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, ClassVar

import pytest

from pytest_agentsafety.guards import mask
from pytest_agentsafety.model.events import (
    CaseStarted,
    Event,
    FinalAnswer,
    ModelCalled,
    ModelReplied,
    Notice,
    ToolCalled,
    ToolDecided,
)
from pytest_agentsafety.recorders import masking
from pytest_agentsafety.recorders.record import SHORT_RECORD, Record


def parsed(event: Event, mask: Callable[[str], str] = str) -> dict[str, Any]:
    return json.loads(Record(event, mask).text)


def test_the_text_is_the_event(make_events: Callable[..., list[Event]]) -> None:
    for event in make_events():
        assert parsed(event) == json.loads(json.dumps(event.to_dict()))


HOSTILE = [
    'quote " backslash \\ newline \n tab \t nul \0 del \x7f',
    "\u2028\u2029\u202e\ufeff \U0001f600 ünï",
    "\ud800 lone",
    '"},"hash":"0"}\n{"seq":2',
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_it_was(text: str) -> None:
    event = ToolCalled(tool=text, arguments={"a": text, text or "k": [text]}, effect="read")
    record = Record(event, str)
    assert json.loads(record.text)["arguments"] == {"a": text, text or "k": [text]}
    for line in (record.utf8_line(), record.brief().encode("ascii") + b"\n"):
        assert line.count(b"\n") == 1
        assert json.loads(line)["tool"] == text


@pytest.mark.parametrize(
    ("value", "written"),
    [(float("nan"), "nan"), (float("inf"), "inf"), (10**400, 10**400), (True, True), (None, None), (b"\xff", "\ufffd")],
)
def test_odd_values_become_plain_ones(value: Any, written: Any) -> None:
    event = Notice(level="info", message=value, ts=1)
    assert parsed(event)["message"] == written
    assert parsed(ToolCalled(tool="t", arguments={"v": value}, effect="read"))["arguments"]["v"] == written


def test_text_subclasses_and_sets_of_texts() -> None:
    class Text(str):
        __slots__ = ()

        def __repr__(self) -> str:
            raise AssertionError

    assert parsed(Notice(level="info", message=Text("x")))["message"] == "x"
    started = CaseStarted(case_id="c", mode="m", prompt="p", policy_sha256="0", guards=("pii", "cost"))
    assert parsed(started)["guards"] == ["pii", "cost"]
    assert parsed(started)["injections"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        {"to": "secret", "deep": {"a": ["secret"]}},
        {"to": "secret"},
        {"secret secret secret": "x"},
        {"not a name": "secret", 5: "secret"},
    ],
)
def test_foreign_text_is_masked_in_values_and_in_keys_that_could_carry_data(arguments: Any) -> None:
    event = ToolCalled(task_id="secret", tool="secret", arguments=arguments, effect="read")
    record = parsed(event, lambda text: text.replace("secret", "*"))
    assert record["task_id"] == "secret"  # ours
    assert "secret" not in json.dumps({name: value for name, value in record.items() if name != "task_id"})


def test_an_event_of_somebody_elses_is_taken_as_it_is() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Own(Event):
        type: ClassVar[str] = "own"
        extra: tuple[int, ...] = (1, 2)

    assert parsed(Own())["extra"] == [1, 2]
    assert parsed(Own())["type"] == "own"


@pytest.mark.parametrize(("length", "whole"), [(100, True), (SHORT_RECORD, False)])
@pytest.mark.parametrize("letter", ["x", "ü"])
def test_short_records_stand_whole_in_the_audit_and_in_ascii(length: int, whole: bool, letter: str) -> None:
    brief = Record(FinalAnswer(text=letter * length, shown=""), str).brief()
    assert brief.isascii()
    assert (json.loads(brief)["text"] == letter * length) is whole


@pytest.mark.parametrize("said", ["hello", "ü \u2028", "\ud800", "x" * 5_000, '"}],"content":[{"'])
def test_model_content_is_digested_as_it_stands_in_the_transcript(
    make_events: Callable[..., list[Event]], said: str
) -> None:
    _, asked, replied, *_ = make_events()
    content = [{"type": "text", "text": said}]
    for event, name in ((asked, "new_messages"), (replied, "content")):
        record = Record(replace(event, **{name: content}), str)
        words = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        assert f'"{name}":{words}' in record.text
        brief = json.loads(record.brief())
        digest = sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
        assert brief[name] == {"sha256": digest, "chars": len(words)}
        assert {**json.loads(record.text), name: brief[name]} == brief


def test_the_rules_do_not_depend_on_how_the_text_is_made(
    monkeypatch: pytest.MonkeyPatch, make_events: Callable[..., list[Event]]
) -> None:
    """Where the compiled encoder is missing, the same bytes come out."""
    events = [*make_events(), ToolDecided(tool="ü", outcome="ask", guard="g", rule="r", reason='"\n', origin=None)]
    expected = [(Record(event, str).utf8_line(), Record(event, str).brief()) for event in events]
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    slow = masking._encoder(ascii_only=False), masking._encoder(ascii_only=True)
    assert [encoder.__name__ for encoder in slow] == ["encode", "encode"]
    monkeypatch.setattr(masking, "encode", slow[0])
    monkeypatch.setattr(importlib.import_module(Record.__module__), "encode_ascii", slow[1])
    assert [(Record(event, str).utf8_line(), Record(event, str).brief()) for event in events] == expected


PRIVATE = [
    "4111 1111 1111 1111",
    "ann@shop.test",
    "8.8.8.8",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
    "+44 20 7937 9809",
]


@pytest.mark.parametrize("private", PRIVATE)
@pytest.mark.parametrize("around", ["{}", "see {}", "{} it is", 'say "{}'])
def test_model_content_is_masked_as_string_by_string(private: str, around: str) -> None:
    """What has nothing to mask is not walked; wherever a string holds something, all of them are masked."""
    content = [{"type": "text", "text": "nothing"}, {"type": "tool_use", "input": {"to": [around.format(private)]}}]
    masked = Record(ToolCalled(tool="t", arguments={"content": content}, effect="read"), mask).data["arguments"]
    reply = ModelReplied(
        **dict.fromkeys(("model", "stop_reason", "latency_source"), "m"),
        **dict.fromkeys(("input_tokens", "output_tokens", "cost_usd", "latency_ms", "status"), 1),
        cost_estimated=False,
        content=content,
    )
    record = Record(reply, mask)
    assert record.data["content"] == masked["content"] != content
    assert private not in record.text


def test_model_content_without_private_data_is_kept_as_it_is() -> None:
    content = [{"type": "text", "text": "Ticket 17, please: a refund of 30 euros."}]
    asked = ModelCalled(model="m", stream=False, body_bytes=1, messages=1, new_messages=content)
    assert Record(asked, mask).data["new_messages"] == content
