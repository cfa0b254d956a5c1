from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.llm.api_rules import error_body, problem_of

USE: dict[str, Any] = {"type": "tool_use", "id": "t1", "name": "read", "input": {}}
RESULT: dict[str, Any] = {"type": "tool_result", "tool_use_id": "t1", "content": "x"}
HELLO: dict[str, Any] = {"role": "user", "content": "hello"}


def said(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


def told(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def problem(*messages: Any, **changes: Any) -> str | None:
    return problem_of({"model": "m", "max_tokens": 5, "messages": list(messages), **changes}, needs_max_tokens=True)


@pytest.mark.parametrize(
    "messages",
    [
        [HELLO],
        [told([{"type": "text", "text": "hi"}])],
        [HELLO, said("yes"), HELLO],
        [HELLO, said([USE]), told([RESULT])],
        [HELLO, said([USE, {**USE, "id": "t2"}]), told([{**RESULT, "tool_use_id": "t2"}, RESULT])],
        [HELLO, said([USE]), told([RESULT]), said([USE]), told([RESULT])],
    ],
)
def test_good_conversations(messages):
    assert problem(*messages) is None


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([], "at least one message"),
        ([HELLO, said([USE]), HELLO], "messages.2: no tool_result for the tool_use ids t1"),
        ([HELLO, said([USE]), told([{**RESULT, "tool_use_id": "t9"}])], "no tool_result for the tool_use ids t1"),
        ([told([RESULT])], "messages.0: tool_result for t1"),
        ([HELLO, said([USE]), told([RESULT]), said("ok"), told([RESULT])], "messages.4: tool_result for t1"),
        ([HELLO, said([USE])], "the last message leaves the tool_use ids t1"),
        ([HELLO, said([USE, USE])], "must be unique"),
        ([told([USE])], "only an assistant message"),
        ([{"role": "tool", "content": "x"}], "messages.0.role"),
        (["x"], "messages.0.role"),
        ([told(5)], "messages.0.content"),
        ([told(["x"])], "messages.0.content"),
    ],
)
def test_bad_conversations(messages, words):
    assert words in str(problem(*messages))


@pytest.mark.parametrize("name", ["model", "messages", "max_tokens"])
def test_fields_that_must_be_there(name):
    payload = {"model": "m", "max_tokens": 5, "messages": [HELLO]}
    del payload[name]
    assert problem_of(payload, needs_max_tokens=True) == f"{name}: Field required"


def test_a_count_needs_no_max_tokens():
    assert problem_of({"model": "m", "messages": [HELLO]}, needs_max_tokens=False) is None


@pytest.mark.parametrize("limit", [0, -1, "5", None, True, 1.0])
def test_max_tokens_is_a_positive_integer(limit):
    assert "max_tokens" in str(problem(HELLO, max_tokens=limit))


@pytest.mark.parametrize("payload", [None, [], "x", 5])
def test_a_body_that_is_no_object(payload):
    assert "JSON object" in str(problem_of(payload, needs_max_tokens=True))


def test_an_error_looks_like_the_apis():
    assert error_body(529, "busy", "req_1") == {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "busy"},
        "request_id": "req_1",
    }


def test_system_messages_may_stand_between_the_turns_and_answer_nothing() -> None:
    note = {"role": "system", "content": "Be brief."}
    assert problem(HELLO, note) is None
    call = {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "n", "input": {}}]}
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]}
    assert problem(HELLO, note, call, result) is None
    assert "without a tool_result" in str(problem(HELLO, call, note))
