"""The values of a call with their places and roles, and which of them decide whom or what a call reaches."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import CRITICAL_ROLES, ROLES, ToolRule
from pytest_agentsafety.provenance.leaves import Leaf, is_critical, leaves

ROLE_OF: dict[str, Any] = {"to": "destination", "body": "content", "when": "time", "loud": "flag", "colour": "other"}


def places(**arguments: Any) -> list[tuple[str, Any, Any]]:
    rule = ToolRule(effect="egress", roles=ROLE_OF)
    call = ToolCall(call_id="1", name="act", arguments=arguments)
    return [(leaf.where, leaf.role, leaf.value) for leaf in leaves(call, rule)]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"to": "a@b.test"}, [("to", "destination", "a@b.test")]),
        ({"to": ["a", "b"]}, [("to[0]", "destination", "a"), ("to[1]", "destination", "b")]),
        ({"to": ("a",)}, [("to[0]", "destination", "a")]),
        ({"to": {"mail": "a"}}, [("to.mail", "destination", "a")]),
        ({"to": {"a@b.test": 1}}, [("to key", "destination", "a@b.test"), ("to.a@b.test", "destination", 1)]),
        ({"body": "x"}, [("body", "content", "x")]),
        ({"body": {"to": "a"}}, [("body.to", None, "a")]),
        ({"body": [{"to": "a"}]}, [("body[0].to", None, "a")]),
        ({"body": ["x", "y"]}, [("body[0]", "content", "x"), ("body[1]", "content", "y")]),
        ({"zorp": "x"}, [("zorp", None, "x")]),
        ({"to": None, "body": "", "loud": True}, []),
        ({"to": [], "body": {}}, []),
        ({"to": 0}, [("to", "destination", 0)]),
        ({"to": [None, "", False, "a"]}, [("to[3]", "destination", "a")]),
        ({}, []),
    ],
)
def test_places_and_roles(arguments: dict[str, Any], expected: list[tuple[str, Any, Any]]) -> None:
    assert places(**arguments) == expected


def test_a_role_may_be_written_for_an_inner_value() -> None:
    rule = ToolRule(effect="egress", roles={"body": "content", "body.note": "content", "body.to": "destination"})
    call = ToolCall(call_id="1", name="act", arguments={"body": {"note": "x", "to": "y"}})
    assert [(leaf.where, leaf.role) for leaf in leaves(call, rule)] == [
        ("body.note", "content"),
        ("body.to", "destination"),
    ]


def test_what_is_nested_too_deeply_is_one_value_of_no_role() -> None:
    value: Any = "a@b.test"
    for _ in range(100):
        value = [value]
    ((_, role, found),) = places(body=value)
    assert role is None
    assert found != "a@b.test"


@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize("drafted", [True, False])
@pytest.mark.parametrize("effect", ["write", "egress", "pay", "delete", "execute"])
@pytest.mark.parametrize("value", ["x", 3])
def test_what_decides(role: Any, drafted: bool, effect: Any, value: Any) -> None:
    critical = is_critical(Leaf("x", role, value), ToolRule(effect=effect, drafted=drafted))
    if role is None or role in CRITICAL_ROLES:
        assert critical
    elif role != "other":
        assert not critical
    else:  # where nobody read the roles, the unknown counts, but for numbers in the user's own world
        assert critical is (drafted and (effect != "write" or value == "x"))
