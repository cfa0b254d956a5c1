"""What a tool shows of itself: parameters and types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.permissions.drafting.shape import annotation_types, described, parameters, returns


def _no_tool() -> None:
    pass


def of_schema(schema: Any) -> dict[str, Any]:
    return {one.name: one for one in parameters(ToolSpec(name="x", fn=_no_tool, input_schema=schema))}


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ({"type": "string"}, {"string"}),
        ({"type": ["string", "null"]}, {"string"}),
        ({"type": "array", "items": {"type": "integer"}}, {"array", "integer"}),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, {"number"}),
        ({"oneOf": [{"type": "number"}, {"type": "string"}]}, {"number", "string"}),
        ({"type": 7}, set()),
        ({}, set()),
        ("nonsense", set()),
        (None, set()),
    ],
)
def test_types_of_a_schema(kind: Any, types: set[str]) -> None:
    assert of_schema({"properties": {"a": kind}})["a"].types == types


def test_references_are_followed_within_the_document() -> None:
    schema = {
        "properties": {
            "a": {"$ref": "#/$defs/a", "description": "mine"},
            "b": {"$ref": "https://elsewhere.test/b"},
            "c": {"$ref": "#/$defs/none"},
        },
        "$defs": {"a": {"type": "object", "description": "theirs", "properties": {"x": {"type": "string"}}}},
    }
    found = of_schema(schema)
    assert found["a"].description == "mine"
    assert [one.name for one in found["a"].inner] == ["x"]
    assert found["b"].types == found["c"].types == frozenset()


def test_what_stands_inside_lists_and_alternatives_is_inner() -> None:
    inner = {"type": "object", "properties": {"x": {"type": "string"}}}
    schema = {"properties": {"a": {"type": "array", "items": inner}, "b": {"anyOf": [{"type": "null"}, inner]}}}
    assert {name: [i.name for i in one.inner] for name, one in of_schema(schema).items()} == {"a": ["x"], "b": ["x"]}


@pytest.mark.parametrize("schema", [{}, {"properties": None}, {"properties": []}, {"type": "string"}])
def test_broken_schemas_have_no_parameters(schema: Any) -> None:
    assert of_schema(schema) == {}


def test_choices() -> None:
    schema = {"properties": {"a": {"enum": ["x", 1, None, "y"]}, "b": {"type": "string"}}}
    assert of_schema(schema)["a"].choices == ("x", "y")
    assert of_schema(schema)["b"].choices == ()

    def tool(a: Literal["x", "y"], b: str = "Literal") -> None:
        pass

    assert [one.choices for one in parameters(ToolSpec(name="x", fn=tool))] == [("x", "y"), ()]


@pytest.mark.parametrize(
    ("annotation", "types"),
    [
        (str, {"string"}),
        (int, {"integer"}),
        (Decimal, {"number"}),
        (bool | None, {"boolean"}),
        (list[str], {"array", "string"}),
        ("dict[str, int]", {"object", "string", "integer"}),
        ("Sequence[float]", {"array", "number"}),
        (None, set()),
        (object, set()),
    ],
)
def test_types_of_an_annotation(annotation: Any, types: set[str]) -> None:
    assert annotation_types(annotation) == types


@pytest.mark.parametrize(
    ("types", "textual"),
    [({"string"}, True), (set(), True), ({"array"}, True), ({"integer"}, False), ({"string", "integer"}, True)],
)
def test_what_may_hold_text(types: set[str], textual: bool) -> None:
    kind = {"type": sorted(types)} if types else {}
    assert of_schema({"properties": {"a": kind}})["a"].textual is textual


def test_returns() -> None:
    def nothing() -> None:
        pass

    def number() -> int:
        return 1

    def untyped():  # type: ignore[no-untyped-def]
        pass

    assert returns(ToolSpec(name="x", fn=nothing)) == {"null"}
    assert returns(ToolSpec(name="x", fn=number)) == {"integer"}
    assert returns(ToolSpec(name="x", fn=untyped)) == frozenset()
    assert returns(ToolSpec(name="x", fn=number, output_schema={"type": "string"})) == {"string"}


@pytest.mark.parametrize(
    "docstring",
    [
        "Do it.\n\nArgs:\n    a: first\n    b (int): second\n\nReturns:\n    c: third",
        "Do it.\n\nParameters:\n  a: first\n  b: second",
        ":param a: first\n:param int b: second\n:returns c: third",
    ],
)
def test_docstrings(docstring: str) -> None:
    assert described(docstring) == {"a": "first", "b": "second"}


def test_prose_with_colons_describes_nothing() -> None:
    assert described("Note: this is prose.\nWarning: more of it.") == {}
