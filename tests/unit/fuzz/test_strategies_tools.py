from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given, settings

from pytest_agentsafety.fuzz import (
    address_spellings,
    addresses,
    json_values,
    path_spellings,
    paths,
    tool_calls,
    url_spellings,
    urls,
)
from pytest_agentsafety.fuzz.chains import Chain
from pytest_agentsafety.fuzz.kinds import KINDS
from pytest_agentsafety.model.messages import ToolCall

quick = settings(derandomize=True, database=None, deadline=None, max_examples=50)
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


def drawn(strategy: Any, examples: int = 400) -> set[str]:
    seen: set[str] = set()

    @settings(quick, max_examples=examples)
    @given(strategy)
    def collect(chain: Chain) -> None:
        seen.update(step.name for step in chain)
        assert 1 <= len(chain) <= 3

    collect()
    return seen


def test_every_spelling_is_drawn() -> None:
    mail = {"listed", "display_name", "address_comment"}
    assert drawn(path_spellings(["data", "out/deep"])) == {n for n, kind in KINDS.items() if kind.group == "path"}
    assert drawn(url_spellings(["good.test"])) == {n for n, kind in KINDS.items() if kind.group == "url"} - mail
    assert drawn(address_spellings(["good.test"])) == mail


def test_decoys_are_the_hosts_that_were_given() -> None:
    @quick
    @given(url_spellings(["good.test"]))
    def check(chain: Chain) -> None:
        assert {step.params["host"] for step in chain if "host" in step.params} <= {"good.test"}

    check()


@quick
@given(paths(["secret.txt"]), urls(["https://bad.test/"]), addresses(["eve@bad.test"]))
def test_spelled_values(path: str, url: str, address: str) -> None:
    assert path
    assert url
    assert "eve@bad.test" in address
