from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_agentsafety.llm.structured import offered, structured
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn

WORDS = PlannedTurn(text="Sign in at https://harbour-audit.test")
SCHEMA = {
    "type": "object",
    "properties": {
        "advice": {"type": "string"},
        "risk": {"type": "integer", "minimum": 3},
        "next": {"enum": ["writer", "FINISH"]},
        "more": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#/$defs/Point"}}]},
        "sure": {"type": "boolean"},
    },
    "$defs": {"Point": {"type": "object", "properties": {"said": {"type": "string", "maxLength": 4}}}},
}
FILLED = {
    "advice": WORDS.text,
    "risk": 3,
    "next": "writer",
    "more": [{"said": "Sign"}],
    "sure": True,
}
READ = {"name": "read", "input_schema": {"type": "object", "properties": {}}}
FINAL = {"name": "final_result", "input_schema": SCHEMA}


@pytest.mark.parametrize(
    "choice",
    [
        {"type": "any"},
        "required",
        {"type": "tool", "name": "final_result"},
        {"type": "function", "name": "final_result"},
        {"type": "function", "function": {"name": "final_result"}},
    ],
)
def test_words_become_a_call_of_the_tool_that_has_to_be_called(choice: Any) -> None:
    shaped = structured(WORDS, {"tools": [FINAL, READ], "tool_choice": choice}, own={"read"})
    assert shaped.calls == (PlannedCall(name="final_result", arguments=FILLED),)


@pytest.mark.parametrize(
    "asked",
    [
        {"output_format": {"type": "json_schema", "schema": SCHEMA}},
        {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        {"output_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}},
        {"output_format": {"format": {"type": "json_schema", "name": "x", "schema": SCHEMA}}},
    ],
)
def test_words_become_json_of_the_schema_that_is_asked_for(asked: dict[str, Any]) -> None:
    shaped = structured(WORDS, asked)
    assert json.loads(shaped.text) == FILLED


@pytest.mark.parametrize(
    "free", [{}, {"tools": [READ]}, {"tools": [READ], "tool_choice": {"type": "auto"}}, {"output_format": "odd"}]
)
def test_where_nothing_is_demanded_words_stay_words(free: dict[str, Any]) -> None:
    assert structured(WORDS, free) is WORDS


def test_a_turn_that_calls_stays_as_it_is() -> None:
    turn = PlannedTurn(calls=(PlannedCall(name="read", arguments={}),))
    assert structured(turn, {"tools": [READ, FINAL], "tool_choice": {"type": "any"}}) is turn


def test_only_the_agents_own_tools_are_no_answer() -> None:
    assert structured(WORDS, {"tools": [READ], "tool_choice": {"type": "any"}}, own={"read"}) is WORDS


def test_asked_again_a_supervisor_gets_the_next_choice() -> None:
    payload = {"tools": [FINAL], "tool_choice": {"type": "tool", "name": "final_result"}}
    chosen = [structured(WORDS, payload, number=number).calls[0].arguments["next"] for number in range(3)]
    assert chosen == ["writer", "FINISH", "writer"]


def test_a_schema_that_never_ends_is_cut_off() -> None:
    endless: dict[str, Any] = {"$ref": "#"}
    nested: dict[str, Any] = {"type": "object", "properties": {"inner": {"$ref": "#"}}}
    for schema in (endless, nested):
        assert structured(WORDS, {"output_format": {"schema": schema}}).text


def test_only_tools_with_a_name_are_offered() -> None:
    assert offered({"tools": [READ, {"type": "web_search"}, "odd", FINAL]}) == ["read", "final_result"]
    assert offered({}) == []
