"""AgentDojo's functions as plain callables."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_type_hints

import pytest
from pydantic import BaseModel, ValidationError

from pytest_agentsafety.catalog.agentdojo.tools import World, as_executed, bind, shapes
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream
from pytest_agentsafety.model.messages import ToolSpec

NO_TAGS: list[str] = []


class Note(BaseModel):
    to: str
    text: str


class Desk(BaseModel):
    notes: list[Note] = []


@pytest.fixture
def world(upstream: Upstream) -> World:
    return World(upstream, upstream.runtime(functions()), Desk())


@pytest.fixture
def tools(upstream: Upstream, world: World) -> dict[str, ToolSpec]:
    return {shape.name: bind(shape, world) for shape in shapes(functions())}


def functions() -> list[Any]:
    from agentdojo.functions_runtime import Depends, make_function

    def add_note(
        desk: Annotated[Desk, Depends(lambda desk: desk)],
        to: str,
        text: str,
        copies: int = 1,
        tags: list[str] = NO_TAGS,
    ) -> Note:
        """Puts a note on the desk.

        It stays there.

        :param to: Whom it is for.
        :param text: What it
            says.
        :param copies: How many.
        :param tags: Labels.
        """
        if copies < 1:
            raise ValueError("no copies")
        desk.notes += [Note(to=to, text=text) for _ in range(copies)]
        return desk.notes[-1]

    def list_notes(desk: Annotated[Desk, Depends(lambda desk: desk)]) -> list[Note]:
        """All notes."""
        return desk.notes

    # The module's annotations are strings, and these name what only this function can see.
    add_note.__annotations__.update(desk=Annotated[Desk, Depends(lambda desk: desk)])
    list_notes.__annotations__.update(desk=Annotated[Desk, Depends(lambda desk: desk)])
    return [make_function(add_note), make_function(list_notes)]


def call(tools: dict[str, ToolSpec], name: str, **arguments: Any) -> str:
    fn: Callable[..., str] = tools[name].fn
    return fn(**arguments)


def test_the_signature_leaves_out_what_comes_from_the_environment(tools: dict[str, ToolSpec]) -> None:
    signature = inspect.signature(tools["add_note"].fn)
    assert list(signature.parameters) == ["to", "text", "copies", "tags"]
    assert signature.parameters["to"].default is inspect.Parameter.empty
    assert signature.parameters["copies"].default == 1
    assert signature.parameters["tags"].default == []
    assert {parameter.kind for parameter in signature.parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_types_can_be_read_as_from_any_typed_function(tools: dict[str, ToolSpec]) -> None:
    hints = get_type_hints(tools["add_note"].fn)
    assert hints == {"to": str, "text": str, "copies": int, "tags": list[str], "return": Note}
    assert inspect.signature(tools["list_notes"].fn).return_annotation == list[Note]


def test_name_description_and_docstring_tell_what_it_does(tools: dict[str, ToolSpec]) -> None:
    spec = tools["add_note"]
    assert spec.fn.__name__ == spec.name == "add_note"
    assert spec.description == "Puts a note on the desk.\nIt stays there."
    assert inspect.getdoc(spec.fn) == (
        "Puts a note on the desk.\nIt stays there.\n\nArgs:\n    to: Whom it is for.\n    text: What it says.\n"
        "    copies: How many.\n    tags: Labels."
    )
    assert inspect.getdoc(tools["list_notes"].fn) == "All notes."


def test_the_schema_is_the_one_agentdojo_sends(tools: dict[str, ToolSpec]) -> None:
    schema = tools["add_note"].input_schema
    assert schema is not None
    assert schema["required"] == ["to", "text"]
    assert schema["properties"]["copies"] == {
        "default": 1, "description": "How many.", "title": "Copies", "type": "integer"
    }  # fmt: skip
    assert "desk" not in schema["properties"]


def test_a_call_acts_on_the_environment_and_answers_in_yaml(tools: dict[str, ToolSpec], world: World) -> None:
    assert call(tools, "add_note", to="ann", text="a: b") == "text: 'a: b'\nto: ann"
    assert world.environment.notes == [Note(to="ann", text="a: b")]
    assert call(tools, "list_notes") == "- text: 'a: b'\n  to: ann"


def test_arguments_are_converted_as_upstream(tools: dict[str, ToolSpec], world: World) -> None:
    call(tools, "add_note", to="ann", text="x", copies="2", unknown="ignored")
    assert len(world.environment.notes) == 2


def test_a_string_that_spells_a_list_becomes_the_list(tools: dict[str, ToolSpec]) -> None:
    assert call(tools, "add_note", to="ann", text="x", tags="['a', 'b']")


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"to": "ann"}, ValidationError, "Field required"),
        ({"to": "ann", "text": "x", "copies": "many"}, ValidationError, "valid integer"),
        ({"to": "ann", "text": "x", "copies": 0}, ValueError, "no copies"),
    ],
)
def test_errors_are_raised_with_upstreams_type_and_words(
    tools: dict[str, ToolSpec], world: World, arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        call(tools, "add_note", **arguments)
    assert world.environment.notes == []


def test_a_function_that_is_not_there_is_upstreams_error(world: World) -> None:
    with pytest.raises(Exception, match="`drop_table` is not available") as caught:
        world.call("drop_table", {})
    assert type(caught.value).__name__ == "ToolNotFoundError"


@pytest.mark.parametrize(
    ("value", "executed"),
    [
        ("['a']", ["a"]),
        (" \t[1, 2]", [1, 2]),
        ("([1])", [1]),
        ("('a',)", "('a',)"),
        ("[a]", "[a]"),
        ("[", "["),
        ("[[1]", "[[1]"),
        ("plain", "plain"),
        ("{'a': 1}", "{'a': 1}"),
        (["['a']"], ["['a']"]),
        (3, 3),
        ("[" * 100_000, "[" * 100_000),
        ("[\x00]", "[\x00]"),
    ],
)
def test_arguments_as_the_executor_hands_them_on(value: Any, executed: Any) -> None:
    assert as_executed({"x": value}) == {"x": executed}


def test_the_arguments_given_are_not_changed() -> None:
    given = {"x": "[1]"}
    as_executed(given)
    assert given == {"x": "[1]"}
