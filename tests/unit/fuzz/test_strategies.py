from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from pytest_agentsafety.fuzz.steps import ENCODINGS, STEPS, Chain, Step, keeps_meaning
from pytest_agentsafety.fuzz.strategies import (
    CARRIERS,
    GOALS,
    TEMPLATES,
    attack_texts,
    json_values,
    obfuscations,
    steps,
    tool_calls,
)
from pytest_agentsafety.model.messages import ToolCall

quick = settings(derandomize=True, database=None, deadline=None, max_examples=50)


@quick
@given(attack_texts(carriers=CARRIERS))
def test_attacks_are_a_goal_in_a_template_in_a_carrier(text: str) -> None:
    assert any(goal in text for goal in GOALS)
    assert "{" not in text


def test_users_may_bring_their_own_attacks() -> None:
    assert find(attack_texts(["G"], ["do {goal}"], ["<{attack}>"]), lambda _: True, settings=quick) == "<do G>"


@quick
@given(obfuscations(min_steps=1, max_steps=4, max_encodings=2))
def test_chains_keep_the_meaning_and_their_bounds(chain: Chain) -> None:
    assert 1 <= len(chain) <= 4
    assert keeps_meaning(chain)
    assert sum(step.name in ENCODINGS for step in chain) <= 2


def test_every_step_is_drawn() -> None:
    drawn: set[str] = set()

    @settings(quick, max_examples=150)
    @given(obfuscations())
    def collect(chain: Chain) -> None:
        drawn.update(step.name for step in chain)

    collect()
    assert drawn == set(STEPS)


def test_a_choice_of_steps() -> None:
    @quick
    @given(obfuscations(names=("base64", "hex")))
    def check(chain: Chain) -> None:
        assert {step.name for step in chain} <= {"base64", "hex"}

    check()


@quick
@given(steps(("zero_width",)))
def test_parameters_come_from_explicit_alphabets(step: Step) -> None:
    assert set(step.params) == {"char", "every"}
    assert step.apply("ab") != "ab"


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path", "mode"],
    "properties": {
        "path": {"type": "string", "minLength": 2, "maxLength": 12},
        "mode": {"enum": ["r", "w"]},
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "ratio": {"type": "number", "minimum": 0, "maximum": 1},
        "flag": {"type": ["boolean", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        "kind": {"const": "k"},
        "target": {"anyOf": [{"type": "integer"}, {"properties": {"id": {"type": "integer"}}, "required": ["id"]}]},
    },
}


@quick
@given(tool_calls("read_file", SCHEMA))
def test_calls_fit_their_schema(call: ToolCall) -> None:
    arguments = call.arguments
    assert call.name == "read_file"
    assert {"path", "mode"} <= set(arguments) <= set(SCHEMA["properties"])
    assert 2 <= len(arguments["path"]) <= 12
    assert arguments["mode"] in ("r", "w")
    assert 1 <= arguments.get("size", 1) <= 9
    assert 0 <= arguments.get("ratio", 0) <= 1
    assert arguments.get("flag") in (True, False, None)
    assert 1 <= len(arguments.get("tags", ["x"])) <= 2
    assert arguments.get("kind", "k") == "k"
    assert isinstance(arguments.get("target", 0), int | dict)


def test_hostile_strings_are_drawn_only_when_wanted() -> None:
    schema = {"type": "object", "properties": {"p": {"type": "string"}}, "required": ["p"]}
    wide = settings(quick, max_examples=500)
    assert find(tool_calls("t", schema), lambda c: "etc/passwd" in c.arguments["p"], settings=wide)

    @wide
    @given(tool_calls("t", schema, hostile=False))
    def harmless(call: ToolCall) -> None:
        assert "passwd" not in call.arguments["p"]

    harmless()


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"unknown JSON schema type 'text'. Valid: string, "):
        json_values({"type": "text"})


def test_templates_are_complete() -> None:
    assert all("{goal}" in template for template in TEMPLATES)
    assert all("{attack}" in carrier for carrier in CARRIERS)
    assert isinstance(attack_texts(), st.SearchStrategy)
