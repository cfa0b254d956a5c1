"""Roles that a rule leaves open come from the tool's own parameter names; written ones stay."""

from __future__ import annotations

from pytest_agentsafety.gate.rule_book import RuleBook
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import ToolRule


def send(to: str, body: str, zorp: str) -> str:
    return "sent"


SPEC = ToolSpec(name="send", fn=send)


def test_open_arguments_get_a_role_from_their_names() -> None:
    book = RuleBook({"send": ToolRule(effect="egress")})
    book.learn([SPEC])
    rule = book.get("send")
    assert rule is not None
    assert rule.roles == {"to": "destination", "body": "content"}


def test_an_argument_nobody_understands_stays_open() -> None:
    book = RuleBook({"send": ToolRule(effect="egress")})
    book.learn([SPEC])
    rule = book.get("send")
    assert rule is not None
    assert "zorp" not in rule.roles


def test_what_was_written_stays() -> None:
    book = RuleBook({"send": ToolRule(effect="egress", roles={"to": "content"})})
    book.learn([SPEC])
    rule = book.get("send")
    assert rule is not None
    assert rule.roles["to"] == "content"


def test_a_schema_counts_before_annotations() -> None:
    book = RuleBook({"send": ToolRule(effect="egress")})
    schema = {"type": "object", "properties": {"path": {"type": "string"}}}
    book.learn([ToolSpec(name="send", fn=send, input_schema=schema)])
    rule = book.get("send")
    assert rule is not None
    assert rule.roles == {"path": "path"}


def test_a_tool_without_a_rule_gets_none() -> None:
    book = RuleBook({})
    book.learn([SPEC])
    assert book.get("send") is None
