"""Roles that a rule leaves open come from the tool's own parameter names; written ones stay."""

from __future__ import annotations

import pytest

from pytest_agentsafety.gate import rule_book
from pytest_agentsafety.gate.rule_book import RuleBook
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.sense import ToolSense


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


def test_what_a_tool_means_is_read_from_its_spec() -> None:
    book = RuleBook({})
    book.learn([SPEC])
    sense = book.sense("send")
    assert (sense.tool, "send" in sense.verbs) == ("send", True)
    assert book.sense("send") is sense


def test_of_a_tool_that_was_never_wrapped_only_the_name_is_known() -> None:
    sense = RuleBook({}).sense("delete_parcel")
    assert sense.verbs == {"delete"}
    assert "parcel" in sense.objects


def test_a_tool_wrapped_anew_is_read_anew() -> None:
    def post(text: str) -> str:
        """Delete the parcel."""
        return text

    book = RuleBook({})
    book.learn([SPEC])
    before = book.sense("send")
    book.learn([ToolSpec(name="send", fn=post, description="Send a parcel to the island")])
    assert "parcel" in book.sense("send").objects
    assert "parcel" not in before.objects


def test_where_it_is_needed_what_a_tool_means_is_read_when_it_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    book = RuleBook({}, sensed=True)
    book.learn([SPEC])
    monkeypatch.setattr(rule_book, "sense_of", None)
    assert "send" in book.sense("send").verbs


def test_a_tool_that_cannot_be_read_fails_where_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    def crashes(spec: ToolSpec) -> ToolSense:
        raise ValueError(spec.name)

    monkeypatch.setattr(rule_book, "sense_of", crashes)
    book = RuleBook({}, sensed=True)
    book.learn([SPEC])
    with pytest.raises(ValueError, match="send"):
        book.sense("send")
