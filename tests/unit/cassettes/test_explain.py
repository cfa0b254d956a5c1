"""A miss says which recording was nearest and what differs first."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.cassettes import explain


def talk(*texts: str, **more: Any) -> dict[str, Any]:
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]
    return {"model": "m", "max_tokens": 9, "messages": messages, **more}


def test_nothing_recorded() -> None:
    assert explain(talk("a"), []) == "nothing is recorded"


def test_the_nearest_shares_the_most_leading_messages() -> None:
    recorded = [talk("x"), talk("a", "b", "other"), talk("a", "no", "c")]
    assert explain(talk("a", "b", "c"), recorded) == (
        "nearest is recording 2 of 3 (first 2 of 3 messages equal); "
        'messages[2].content[0].text differs: recorded "other", now "c"'
    )


def test_among_equals_the_first_with_the_most_equal_fields() -> None:
    recorded = [talk("a", max_tokens=1), talk("a", max_tokens=5), talk("a", model="n", max_tokens=1)]
    text = explain(talk("a"), recorded)
    assert text.startswith("nearest is recording 1 of 3 (first 1 of 1 messages equal); max_tokens differs: ")
    assert text.endswith("recorded 1, now 9")


@pytest.mark.parametrize(
    ("asked", "recorded", "part"),
    [
        (talk("a", model="n"), talk("a"), 'model differs: recorded "m", now "n"'),
        (talk("a", system="s"), talk("a"), 'system differs: recorded nothing, now [{"text":"s","type":"text"}]'),
        (talk("a"), talk("a", "b"), "messages[1] differs: recorded {"),
        (talk("a", "b"), talk("a"), "messages[1] differs: recorded nothing, now {"),
        (talk("a", temperature=1), talk("a", temperature=True), "temperature differs: recorded true, now 1"),
        (
            talk("a", tools=[{"name": "send", "description": "new"}]),
            talk("a", tools=[{"name": "send", "description": "old"}]),
            'tools[0](send).description differs: recorded "old", now "new"',
        ),
    ],
)
def test_the_first_difference_is_named(asked: dict[str, Any], recorded: dict[str, Any], part: str) -> None:
    assert part in explain(asked, [recorded])


def test_long_texts_are_shown_around_the_difference() -> None:
    text = explain(talk("y" * 500 + "new tail"), [talk("y" * 500 + "old tail")])
    assert f'recorded "...{"y" * 30}old tail", now "...{"y" * 30}new tail"' in text


def test_an_equal_request_was_asked_for_too_often() -> None:
    assert "asked for more often than it was recorded" in explain(talk("a"), [talk("a")])


def test_hostile_text_is_shown_harmlessly() -> None:
    text = explain(talk("\x1b[31m\n::error::\u202e" + "x" * 1000), [talk("a")])
    assert "\x1b" not in text
    assert "\n" not in text
    assert "\u202e" not in text
    assert len(text) < 400


def test_payloads_of_odd_shape_do_not_break_it() -> None:
    for odd in ({}, {"messages": None}, {"messages": [1, "x", None]}, {"messages": {"a": 1}}):
        assert explain(odd, [talk("a")]).startswith("nearest is recording 1 of 1")
        assert explain(talk("a"), [odd]).startswith("nearest is recording 1 of 1")
