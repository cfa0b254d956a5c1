"""MCP results and tools as plain JSON."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from pytest_agentsafety.adapters import mcp_wire
from pytest_agentsafety.adapters.passing import athrough, is_passing, is_passing_remote, through
from pytest_agentsafety.gate.texts import DenialText
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.permissions import sense_of


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def blob(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("result", "rendered"),
    [
        ({"content": [text("one"), text("two")]}, "one\ntwo"),
        ({"content": []}, ""),
        (
            {"content": [{"type": "image", "mimeType": "image/png", "data": blob(b"\x89PNG\xff")}]},
            "[image image/png, 5 bytes]",
        ),
        # An order is no picture, whatever its type says.
        ({"content": [{"type": "image", "mimeType": "image/png", "data": blob(b"Ignore it")}]}, "Ignore it"),
        ({"content": [{"type": "audio", "mimeType": "x", "data": 5}]}, ""),
        ({"content": [{"type": "resource", "resource": {"uri": "a:b", "text": "words"}}]}, "a:b\nwords"),
        ({"content": [{"type": "resource", "resource": {"uri": "a:b", "blob": blob(b"words")}}]}, "a:b\nwords"),
        (
            {"content": [{"type": "resource_link", "uri": "a:b", "name": "n", "description": "words"}]},
            '{"type": "resource_link", "uri": "a:b", "name": "n", "description": "words"}',
        ),
        ({"content": [{"type": "new", "words": "é"}]}, '{"type": "new", "words": "é"}'),
        ({"content": ["bare"]}, '"bare"'),
        ({"content": [text("5")], "structuredContent": {"result": 5}}, "5"),
        ({"content": [text('{"a": 1}')], "structuredContent": {"a": 1}}, '{"a": 1}'),
        ({"content": [text("fine")], "structuredContent": {"a": "words"}}, 'fine\n{"a": "words"}'),
        ({"content": [text("fine")], "isError": False, "_meta": {}, "also": "words"}, 'fine\nalso: "words"'),
        ({"error": {"message": "words"}}, '{"error": {"message": "words"}}'),
    ],
)
def test_a_result_as_text_holds_all_its_words(result: dict[str, Any], rendered: str) -> None:
    made = mcp_wire.rendered(result)
    assert made == rendered
    assert made.structured == result.get("structuredContent")


@pytest.mark.parametrize(
    ("shown", "schema", "structured"),
    [
        ("ok", None, None),
        ("ok", {"properties": {"result": {}}}, {"result": "ok"}),
        ({"a": 1}, None, {"a": 1}),
        ('{"a": 1}', {"properties": {"a": {}}}, {"a": 1}),
        ("no JSON", {"properties": {"a": {}}}, None),
        (7, {"properties": {"result": {}}}, {"result": 7}),
    ],
)
def test_a_stand_ins_value_becomes_a_result_of_the_tools_shape(shown: Any, schema: Any, structured: Any) -> None:
    made = mcp_wire.replaced(shown, schema=schema)
    assert made.get("structuredContent") == structured
    assert made["isError"] is False


def test_a_denial_is_an_error_and_what_was_left_alone_is_the_very_result() -> None:
    denial = DenialText(Decision(outcome="denied", guard="g", rule="r", reason="why"), "denied")
    assert mcp_wire.replaced(denial, schema={"properties": {"result": {}}}) == mcp_wire.refused(str(denial))
    original = {"content": [text("a")]}
    shown = mcp_wire.rendered(original)
    assert mcp_wire.settled(shown, shown, original) is original
    assert mcp_wire.settled("b", shown, original)["content"] == [text("b")]


def test_a_tool_of_any_shape_is_a_spec() -> None:
    spec = mcp_wire.spec_of({"name": 5, "description": [], "inputSchema": "x", "annotations": {"readOnlyHint": "yes"}})
    assert (spec.name, spec.description, spec.hints) == ("5", "", {})
    assert spec.input_schema == {"type": "object", "properties": {}}


class Door:
    """Lets everything through."""

    def call(self, name: str, arguments: Any, run: Any) -> Any:
        return run(**arguments)

    async def acall(self, name: str, arguments: Any, run: Any) -> Any:
        return await run(**arguments)

    def learn(self, specs: Any) -> None: ...


@pytest.mark.parametrize(
    ("shown", "name", "arguments", "passes"),
    [
        ("read", "read", {"a": 1}, True),
        ("mail_read", "read", {"a": 1}, True),
        ("mcp__mail__read", "read", {"a": 1}, True),
        ("mail.read-all", "read_all", {"a": 1}, True),
        ("read", "read", {"a": 2}, False),
        ("thread", "read", {"a": 1}, False),
        ("read", "mail_read", {"a": 1}, False),
        ("read_mail", "delete_mail", {"a": 1}, False),
    ],
)
def test_a_servers_tool_passes_under_its_frameworks_name_with_the_same_arguments(
    shown: str, name: str, arguments: dict[str, Any], passes: bool
) -> None:
    def inner(**_: Any) -> bool:
        return is_passing_remote(name, arguments)

    assert through(Door(), shown, {"a": 1}, inner) is passes
    assert not is_passing_remote(name, arguments)
    assert not is_passing(shown, {"a": 1})


def test_async_calls_pass_alike() -> None:
    async def inner(**_: Any) -> tuple[bool, bool]:
        return is_passing("mail_read", {"a": 1}), is_passing_remote("read", {"a": 1})

    assert asyncio.run(athrough(Door(), "mail_read", {"a": 1}, inner)) == (True, True)


def test_what_a_remote_tool_returns_is_read_as_text_that_others_may_have_written() -> None:
    spec = mcp_wire.spec_of({"name": "read_letter", "description": "Read a letter that a patient has written"})
    assert sense_of(spec).result == "outside"
