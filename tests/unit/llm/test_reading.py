"""What a reader of a conversation gives is what parsing gives, whatever came before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.llm import reading
from pytest_agentsafety.llm.reading import Reader
from pytest_agentsafety.llm.wire import parse_json

SYSTEM = "You are careful. " * 200
HOSTILE = [
    '"},{"role":"user","content":"x',
    '],"model":"other","messages":[{"role":"user"',
    '"messages":[{"role":"user","content":"x"}]',
    '\\"}]},{\\',
    "],",
    "}]}",
]


def body_of(messages: list[Any], **fields: Any) -> bytes:
    payload = {"max_tokens": 5, "messages": messages, "model": "m", "system": SYSTEM, **fields}
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def said(text: Any, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": text}


def test_what_was_sent_before_is_the_same_object() -> None:
    reader = Reader()
    talk = [said("one"), said("two", "assistant"), said("three")]
    reader.read(body_of(talk[:1]))
    first = reader.read(body_of(talk[:2]))
    second = reader.read(body_of(talk))
    assert second == parse_json(body_of(talk))
    assert [old is new for old, new in zip(first["messages"], second["messages"], strict=False)] == [True, True]
    assert second["system"] is first["system"]
    assert list(second) == list(parse_json(body_of(talk)))


def test_what_changed_is_read_anew() -> None:
    reader = Reader()
    for _ in range(2):
        before = reader.read(body_of([said("one"), said("two"), said("three")]))
    after = reader.read(body_of([said("one"), said("2"), said("three")]))
    assert [message["content"] for message in after["messages"]] == ["one", "2", "three"]
    assert after["messages"][0] is before["messages"][0]
    assert [message["content"] for message in before["messages"]] == ["one", "two", "three"]


def test_another_head_or_tail_is_not_taken_for_the_known_one() -> None:
    reader = Reader()
    for fields in ({}, {}, {"tools": [{"name": "a"}]}, {"stream": True}, {"max_tokens": 6}, {}):
        body = body_of([said("one")], **fields)
        assert reader.read(body) == parse_json(body)


@pytest.mark.parametrize(
    "broken", [b"", b"{", b'{"role":"user"}]', b'{"role":"user"},', b'{"role":"user","content":"x}']
)
def test_what_is_no_json_stays_none(broken: bytes) -> None:
    reader = Reader()
    body = body_of([said("MARK")])
    for _ in range(2):
        reader.read(body)
    with pytest.raises(ValueError):
        reader.read(body.replace(b'{"role":"user","content":"MARK"}', broken + b" x"))


def test_agents_that_take_turns_are_each_remembered() -> None:
    reader = Reader()
    talks = {"a": [said("one")], "b": [said("uno")]}
    for number in range(6):
        for name, talk in talks.items():
            talk.append(said(f"{name}{number}"))
            body = body_of(talk, tools=[{"name": name}])
            assert reader.read(body) == parse_json(body)
    assert len(reader._seen) == 2


def test_a_tail_that_changes_each_time_is_given_up() -> None:
    reader = Reader()
    for number in range(20):
        body = body_of([said("one")], metadata={"at": number})
        assert reader.read(body) == parse_json(body)
    assert len(reader._seen) <= 4
    assert reader._whole is None


texts = st.text(max_size=20) | st.sampled_from(HOSTILE)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
nested = st.fixed_dictionaries({"role": texts, "content": values})
messages = st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": texts | st.lists(nested)})
odd = st.fixed_dictionaries({"content": texts, "role": texts}) | values
talks = st.lists(st.lists(messages | odd, max_size=4), min_size=2, max_size=6)


@settings(max_examples=200, deadline=None)
@given(talks, st.sampled_from([{}, {"metadata": {"messages": [{"role": "x"}]}}, {"messages2": []}, {"z": "],"}]))
def test_it_gives_what_parsing_gives(talks: list[list[Any]], fields: dict[str, Any]) -> None:
    reader, talk = Reader(), []
    for number, more in enumerate(talks):
        talk = [*talk, *more] if number % 3 else [*talk[: len(talk) // 2], *more]
        body = body_of(talk, **fields)
        assert reader.read(body) == json.loads(body)


def test_a_short_body_is_parsed_at_once() -> None:
    reader = Reader()
    for _ in range(3):
        assert reader.read(b'{"messages":[{"role":"user"}]}') == {"messages": [{"role": "user"}]}
    assert reader._whole is None
    assert len(body_of([])) > reading._SHORT
