"""One text per event: the same data as the event, masked, whatever is in it."""

from __future__ import annotations

import importlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def reply(content: list[Any], cost: float = 0.5) -> ModelReplied:
    return ModelReplied(
        **dict.fromkeys(("model", "stop_reason", "latency_source"), "m"),
        **dict.fromkeys(("input_tokens", "output_tokens", "latency_ms", "status"), 1),
        cost_usd=cost,
        cost_estimated=False,
        content=content,
    )


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
    for line in (record.utf8_line(), record.brief() + b"\n"):
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


@pytest.mark.parametrize(
    ("tools", "written"),
    [
        (["read", "send"], ["read", "send"]),
        (["read", "secret", "send"], ["read", "*", "send"]),
        (["-----secret", "se", "cret"], ["-----*", "se", "cret"]),
        ([], []),
    ],
)
def test_names_of_tools_are_masked_each_by_itself(
    make_events: Callable[..., list[Event]], tools: list[str], written: list[str]
) -> None:
    _, asked, *_ = make_events()
    record = Record(replace(asked, tools=tools), lambda text: text.replace("secret", "*"))
    for told in (record.text, record.brief()):
        assert json.loads(told)["tools"] == written


@pytest.mark.parametrize(
    "arguments", [{"said": "location: null, null"}, {"said": ",null,", "none": None}, {"null": [None]}]
)
def test_a_null_stands_for_none_and_for_nothing_else(arguments: dict[str, Any]) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Own(Event):
        type: ClassVar[str] = "own"
        arguments: dict[str, Any]
        score: float | None = None

    for score, written in ((None, None), (1.5, 1.5), (float("nan"), "nan"), ([float("inf"), None], ["inf", None])):
        record = Record(Own(arguments=arguments, score=score), str)  # type: ignore[arg-type] # a wrong type may come
        for told in (record.text, record.utf8_line(), record.brief()):
            assert (json.loads(told)["score"], json.loads(told)["arguments"]) == (written, arguments)


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

    def no_encoder(*_: object) -> bytes:
        raise TypeError

    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    slow = masking._encoder(ascii_only=False), masking._encoder(ascii_only=True)
    assert [encoder.__name__ for encoder in slow] == ["encode", "encode"]
    rooms = masking, importlib.import_module(Record.__module__)
    for room in rooms:
        monkeypatch.setattr(room, "encode", slow[0])
        monkeypatch.setattr(room, "encode_ascii", slow[1])
        monkeypatch.setattr(room, "dumps", no_encoder)
    assert [(Record(event, str).utf8_line(), Record(event, str).brief()) for event in events] == expected


class Name(str):
    """Not quite a text."""

    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, -1.5, True, None, "ü\u2028", {"b": ()}]},
        {"a": "null", "b": None},
        [2**64, 10**400, -(2**63) - 1],
        {2: "a", None: "b", True: "c", 1.5: "d"},
        {"a": "\ud800", "\udfff": 1},
        [0.00001, 1e16, 1.7976931348623157e308, 5e-324, -0.0],
        Name("x"),
        {"a": Name("x")},
        [datetime(2026, 1, 1, tzinfo=UTC), Path("p")],
        OrderedDict(a=1),
        '\0\x1b\x7f\\/"',
    ],
)
def test_what_a_compiled_encoder_does_not_take_or_writes_otherwise_is_the_same_value(value: Any) -> None:
    expected = json.loads(json.dumps(value, default=str))
    assert json.loads(masking.encode(value)) == expected
    assert repr(json.loads(masking.encode_ascii(value))) == repr(expected)
    assert masking.encode_ascii(value).isascii()


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("encoder", [masking.encode, masking.encode_ascii])
def test_a_number_json_has_not_is_no_null(encoder: Callable[[Any], str], odd: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encoder({"a": [None, odd]})
    replied = ModelCalled(model="m", stream=False, body_bytes=1, messages=1, new_messages=[{"input": {"a": odd}}])
    assert parsed(replied)["new_messages"] == [{"input": {"a": str(odd)}}]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN, st.floats(allow_nan=False, allow_infinity=False))
def test_content_is_digested_as_it_stands_whatever_it_is(value: Any, cost: float) -> None:
    replied = reply([{"type": "text", "value": value}], cost)
    record = Record(replied, str)
    line, brief = record.utf8_line(), json.loads(record.brief())
    assert json.loads(line) == json.loads(json.dumps(replied.to_dict()))
    assert {**json.loads(line), "content": brief["content"]} == brief
    words = record.text[record.text.index(',"content":') + len(',"content":') : -1]
    digest = sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
    assert brief["content"] == {"sha256": digest, "chars": len(words)}


def test_without_the_compiled_encoder_records_say_the_same(
    monkeypatch: pytest.MonkeyPatch, make_events: Callable[..., list[Event]]
) -> None:
    def broken(*_: object) -> bytes:
        raise TypeError

    events = make_events()
    expected = [(json.loads(Record(event, mask).text), json.loads(Record(event, mask).brief())) for event in events]
    monkeypatch.setattr(masking, "dumps", broken)
    assert [(json.loads(Record(e, mask).text), json.loads(Record(e, mask).brief())) for e in events] == expected


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
    record = Record(reply(content), mask)
    assert record.data["content"] == masked["content"] != content
    assert private not in record.text


def test_model_content_without_private_data_is_kept_as_it_is() -> None:
    content = [{"type": "text", "text": "Ticket 17, please: a refund of 30 euros."}]
    asked = ModelCalled(model="m", stream=False, body_bytes=1, messages=1, new_messages=content)
    assert Record(asked, mask).data["new_messages"] == content


@pytest.mark.parametrize("text", [*HOSTILE, "\ud7ff\uac00", "ann@shop.test \ud800"])
def test_hostile_model_content_is_written_and_digested_as_it_is(text: str) -> None:
    event = reply([{"type": "text", "text": text}])
    for masking_function in (str, mask):
        record = Record(event, masking_function)
        shown = masking_function(text)
        assert json.loads(record.utf8_line())["content"] == [{"type": "text", "text": shown}]
        words = record.text[record.text.index(',"content":') + len(',"content":') : -1]
        digest = sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
        assert json.loads(record.brief())["content"] == {"sha256": digest, "chars": len(words)}
