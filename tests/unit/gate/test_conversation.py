"""What of a request has to be looked at for calls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_agentsafety.gate.conversation import may_hold_calls
from pytest_agentsafety.gate.ungated import PassLedger

TEXT = {"type": "text", "text": "Hello"}
CALL = {"type": "tool_use", "id": "u1", "name": "read_note", "input": {"name": "plan"}}
RESULT = {"type": "tool_result", "tool_use_id": "u1", "content": "short"}


@pytest.mark.parametrize(
    "content", [[TEXT, CALL], [RESULT], [TEXT, RESULT], [{"type": ["tool_use"]}], [{}], ["x"], {}, 5]
)
def test_what_may_hold_a_call_is_looked_at(content: Any) -> None:
    assert may_hold_calls(content)


@pytest.mark.parametrize("content", [[], [TEXT, TEXT], [{"type": "thinking", "thinking": "tool_result"}], None])
def test_words_alone_are_not(content: Any) -> None:
    assert not may_hold_calls(content)


blocks = st.sampled_from([TEXT, CALL, RESULT, {"type": None}, {"type": 5}, "tool_result", None, {"type": "image"}])
contents = st.lists(blocks, max_size=3) | st.sampled_from([None, 5, "tool_result", {"type": "tool_result"}])


@given(st.lists(contents, max_size=6))
def test_what_is_not_looked_at_would_change_nothing(found: list[Any]) -> None:
    quiet = [content for content in found if isinstance(content, str) or not may_hold_calls(content)]
    ledger = PassLedger()
    assert ledger.check([{"role": "assistant", "content": content} for content in quiet]) == []
    (ungated,) = ledger.check([{"role": "user", "content": [RESULT]}])
    assert ungated.reason == "its tool_use is not in the conversation"
