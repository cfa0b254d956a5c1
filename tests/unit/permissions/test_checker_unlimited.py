"""Calls that nothing limits are passed at once: the same decision as by a close look at every value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import EFFECTS, Effect, Role, ToolRule
from pytest_agentsafety.permissions import PermissionChecker, checker

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from([".git/config", "/etc/x"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["path", "to", "a b"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["path", "file_path", "to", "body", "x"]), VALUES, max_size=4),
    st.sampled_from(EFFECTS),
    st.sampled_from([None, "path", "content", "destination"]),
    st.sampled_from([None, 0]),
)
@example({"x": json.loads("[" * 12 + '"deep"' + "]" * 12)}, "egress", None, None)
@example({"x": json.loads("[" * 40 + "]" * 40)}, "egress", None, None)
@example({"x": {"path": ".git/hooks/a"}}, "write", None, None)
@example({"x": ".git/hooks/a"}, "write", "path", None)
@example({"path": ".git/hooks/a"}, "delete", None, None)
def test_the_same_as_by_a_close_look(
    arguments: dict[str, Any], effect: Effect, role: Role | None, size: int | None
) -> None:
    call = ToolCall(call_id="c", name="tool", arguments=arguments)
    rule = ToolRule(effect=effect, roles={} if role is None else {"x": role}, max_size_kb=size)
    with patch.object(checker, "_is_unlimited", return_value=False):
        closely = PermissionChecker(Path("/nonexistent")).check(call, rule)
    assert PermissionChecker(Path("/nonexistent")).check(call, rule) == closely
