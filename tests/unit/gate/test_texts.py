"""Small parts of the gate: texts, conversations, the ledger of passes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from pytest_agentsafety.gate import DenialText
from pytest_agentsafety.gate.conversation import Conversation, block_texts, summary
from pytest_agentsafety.gate.texts import as_text
from pytest_agentsafety.gate.ungated import PassLedger
from pytest_agentsafety.model.decisions import Decision


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (None, ""),
        ({"é": [1, True, None]}, '{"é": [1, true, null]}'),
        ((1, 2), "[1, 2]"),
        ({(1, 2): "x"}, "{(1, 2): 'x'}"),
        (2.5, "2.5"),
        (b"x", "b'x'"),
    ],
)
def test_as_text(value, text):
    assert as_text(value) == text


def test_a_value_that_holds_itself_has_a_text():
    loop: list[Any] = []
    loop.append(loop)
    assert as_text(loop) == "[[...]]"


@pytest.mark.parametrize(
    ("status", "words"), [("denied", "is not allowed"), ("held", "needs approval and was not approved")]
)
def test_a_denial_is_a_text_that_carries_its_decision(status, words):
    decision = Decision(outcome="denied", guard="g", rule="g.rule", reason="because")
    text = DenialText(decision, status)
    assert text == f"This call {words} (g.rule): because. Do not try it again."
    assert (text.decision, text.status) == (decision, status)


def user(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": text} for text in texts]}


def result(content: Any, use_id: str = "a") -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": use_id, "content": content}]}


class TestConversation:
    def test_only_what_is_new(self):
        talk = Conversation()
        assert talk.new_messages([user("a")]) == [user("a")]
        assert talk.new_messages([user("a"), user("b"), user("c")]) == [user("b"), user("c")]
        assert talk.new_messages([user("a"), user("b"), user("c")]) == []

    def test_a_string_is_a_text_block(self):
        talk = Conversation()
        talk.new_messages([{"role": "user", "content": "a"}])
        assert talk.new_messages([user("a")]) == []

    def test_a_moved_cache_mark_changes_nothing(self):
        talk = Conversation()
        talk.new_messages([user("a")])
        marked = user("a")
        marked["content"][0]["cache_control"] = {"type": "ephemeral"}
        assert talk.new_messages([marked]) == []

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (user("a"), user("b")),
            (user("a"), user("a", "b")),
            (user("a"), {**user("a"), "role": "assistant"}),
            (result("x"), result("y")),
            (result("x"), result("x", "b")),
            (result([{"type": "text", "text": "x"}]), result([{"type": "text", "text": "y"}])),
            (
                {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}}]},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {"x": 2}}]},
            ),
        ],
    )
    def test_from_where_the_past_was_changed_all_is_new(self, before, after):
        talk = Conversation()
        talk.new_messages([user("first"), before, user("last")])
        assert talk.new_messages([user("first"), after, user("last")]) == [after, user("last")]

    @pytest.mark.parametrize("content", [None, 5, ["text", None], [{"type": ["x"], "id": {}, "text": 5}]])
    def test_odd_content_is_looked_at_without_a_crash(self, content):
        message = {"role": ["user"], "content": content}
        assert Conversation().new_messages([message]) == [message]

    @pytest.mark.parametrize("pair", [(1, True), (1, 1.0), (None, math.nan), ("1", 1), (0.0, -0.0)])
    def test_a_past_with_a_value_of_another_type_is_another_past(self, pair: tuple[object, object]):
        for before in ([], [{"role": "user", "content": "do it"}] * 3):
            first, second = (
                [{"role": "assistant", "content": [{"type": "tool_use", "input": {"a": v}}]}] for v in pair
            )
            talk = Conversation()
            talk.new_messages(before + first)
            assert talk.new_messages(before + second) == second

    @pytest.mark.parametrize("odd", [10**400, "\ud800", [[]] * 3, object()])
    def test_a_past_that_stays_is_not_new_whatever_is_in_it(self, odd: object):
        past = [{"role": "assistant", "content": [{"type": "tool_use", "input": {"a": odd}}]}] * 3
        talk = Conversation()
        talk.new_messages(past)
        new = {"role": "user", "content": "go on"}
        assert talk.new_messages([*past, new]) == [new]
        assert talk.new_messages([*past, new]) == []

    def test_a_mark_for_the_cache_makes_nothing_new(self):
        """It wanders from message to message; what stands behind it is known all the same."""
        said = [{"role": "user", "content": [{"type": "text", "text": word}]} for word in "abc"]
        marked = json.loads(json.dumps(said))
        marked[0]["content"][0]["cache_control"] = {"type": "ephemeral"}
        talk = Conversation()
        assert talk.new_messages(marked) == marked
        assert talk.new_messages(said) == []
        assert talk.new_messages([*marked, *said[:1]]) == said[:1]


def test_texts_of_a_tool_result():
    block = result([{"type": "text", "text": "x"}, {"type": "image"}, "y", {"type": "text", "text": "z"}])["content"][0]
    assert list(block_texts(block)) == ["x", "z"]
    assert list(block_texts({"type": "tool_result", "content": "plain"})) == ["plain"]
    assert list(block_texts({"type": "image", "source": {}})) == []


def test_a_summary_cuts_results_and_keeps_the_rest():
    short = summary({"role": "user", "content": [*result("x" * 500)["content"], {"type": "text", "text": "y" * 500}]})
    assert short["content"][0] == {
        "type": "tool_result",
        "tool_use_id": "a",
        "is_error": False,
        "text": "x" * 400,
        "chars": 500,
    }
    assert len(short["content"][1]["text"]) == 500


class Shout(str):
    """A text of a class of its own, as some frameworks hand them over."""

    __slots__ = ()


class TestPassLedger:
    def test_key_order_of_arguments_does_not_matter(self):
        ledger = PassLedger()
        ledger.add("f", {"a": 1, "b": {"c": 2, "d": 3}})
        ledger.learn([{"type": "tool_use", "id": "a", "name": "f", "input": {"b": {"d": 3, "c": 2}, "a": 1}}])
        assert ledger.check([result("x")]) == []

    def test_no_input_is_no_arguments(self):
        ledger = PassLedger()
        ledger.add("f", {})
        ledger.learn([{"type": "tool_use", "id": "a", "name": "f", "input": None}])
        assert ledger.check([result("x")]) == []

    def test_what_it_found_says_why(self):
        ledger = PassLedger()
        ledger.learn([{"type": "tool_use", "id": "a", "name": "f", "input": {}}])
        (found,) = ledger.check([result("x")])
        assert (found.tool, found.tool_use_id) == ("f", "a")
        assert "no call of this name and arguments passed the tool door" in found.reason

    @pytest.mark.parametrize(
        ("passed", "asked", "same"),
        [
            ({"a": 1}, {"a": 1}, True),
            ({"a": 1}, {"a": True}, False),
            ({"a": 1}, {"a": 1.0}, False),
            ({"a": "1"}, {"a": 1}, False),
            ({"a": None}, {}, False),
            ({"a": 0.5}, {"a": 0.5}, True),
            ({"a": float("nan")}, {"a": float("nan")}, True),
            ({"a": Shout("x")}, {"a": "x"}, True),
            ({"a": [1, Shout("x")]}, {"a": [1, "x"]}, True),
            ({Shout("a"): "x"}, {"a": "x"}, True),
            ({"a": "x", "b": [1]}, {"a": "x", "b": [2]}, False),
        ],
    )
    def test_calls_are_the_same_when_their_json_is(self, passed, asked, same):
        ledger = PassLedger()
        ledger.add("f", passed)
        ledger.learn([{"type": "tool_use", "id": "a", "name": "f", "input": asked}])
        assert (ledger.check([result("x")]) == []) is same

    @pytest.mark.parametrize(("tool", "answers", "fine"), [("f", "a", True), ("g", "a", False), ("f", "b", False)])
    def test_a_pass_that_says_what_it_answers_is_good_for_it_with_other_arguments(self, tool, answers, fine):
        ledger = PassLedger()
        ledger.learn([{"type": "tool_use", "id": "a", "name": "f", "input": {"n": 1}}])
        ledger.add(tool, {"n": 2}, answers=answers)
        assert (ledger.check([result("x")]) == []) is fine

    def test_such_a_pass_is_good_for_one_result(self):
        ledger = PassLedger()
        ledger.learn([{"type": "tool_use", "id": "a", "name": "f", "input": {"n": 1}}])
        ledger.learn([{"type": "tool_use", "id": "b", "name": "f", "input": {"n": 2}}])
        ledger.add("f", {"n": 2}, answers="a")
        results = [{"type": "tool_result", "tool_use_id": use, "content": "x"} for use in ("a", "b")]
        (found,) = ledger.check([{"role": "user", "content": results}])
        assert found.tool_use_id == "b"

    def test_what_a_tool_does_to_its_arguments_afterwards_does_not_matter(self):
        ledger, given = PassLedger(), {"a": [1]}
        ledger.add("f", given)
        given["a"].append(2)
        ledger.learn([{"type": "tool_use", "id": "a", "name": "f", "input": {"a": [1]}}])
        assert ledger.check([result("x")]) == []

    def test_every_pass_is_good_for_one_result(self):
        ledger = PassLedger()
        for number in (1, 2, 3):
            ledger.learn([{"type": "tool_use", "id": f"a{number}", "name": "f", "input": {"a": "x"}}])
        ledger.add("f", {"a": "x"})
        ledger.add("f", {"a": "x"})
        results = [{"type": "tool_result", "tool_use_id": f"a{n}", "content": "x"} for n in (1, 2, 3)]
        found = ledger.check([{"role": "user", "content": results}])
        assert [one.tool_use_id for one in found] == ["a3"]
