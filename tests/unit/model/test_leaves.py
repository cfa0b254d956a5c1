"""Plain copies: every string passes the function, whatever the model nested."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.model.leaves import MAX_DEPTH, plain

QUICK = settings(deadline=None, derandomize=True)


def test_every_string_is_changed_and_nothing_else() -> None:
    value = {"a": ["x", {"b": ("y", 1, 2.5, True, None)}]}
    assert plain(value, str.upper) == {"a": ["X", {"b": ["Y", 1, 2.5, True, None]}]}
    assert value == {"a": ["x", {"b": ("y", 1, 2.5, True, None)}]}


def test_keys_that_could_carry_data_are_changed() -> None:
    assert plain({"to": 1, "anna@example.org": 2, "a_very_long_identifier": 3}, str.upper) == {
        "to": 1,
        "ANNA@EXAMPLE.ORG": 2,
        "A_VERY_LONG_IDENTIFIER": 3,
    }


def test_keys_that_become_equal_keep_both_entries() -> None:
    assert plain({"x y": 1, "x z": 2, "x w": 3}, lambda _: "*") == {"*": 1, "*'": 2, "*''": 3}


def test_numbers_json_cannot_hold_become_text() -> None:
    assert plain([float("nan"), float("inf"), -0.0], str) == ["nan", "inf", -0.0]


def test_other_objects_become_text() -> None:
    assert plain({"b": b"\xffx", "o": {1}, 5: "k"}, str) == {"b": "\ufffdx", "o": "{1}", "5": "k"}


def nested(depth: int, leaf: Any) -> Any:
    for _ in range(depth):
        leaf = [leaf]
    return leaf


def test_deep_nesting_ends_in_one_masked_string() -> None:
    copy = plain(nested(MAX_DEPTH + 5, "secret"), lambda text: text.replace("secret", "*"))
    for _ in range(MAX_DEPTH):
        copy = copy[0]
    assert copy == '[[[[["*"]]]]]'


def test_bottomless_nesting_does_no_harm() -> None:
    copy = plain(nested(100_000, "x"), str)
    assert "nested too deeply" in json.dumps(copy)


def test_the_deepest_level_that_is_kept() -> None:
    assert plain(nested(MAX_DEPTH, "x"), str.upper) == nested(MAX_DEPTH, "X")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@QUICK
@given(JSON)
def test_without_a_change_json_stays_as_it_is(value: Any) -> None:
    assert plain(value, str) == value


@QUICK
@given(JSON)
def test_no_string_escapes(value: Any) -> None:
    def strings(node: Any) -> set[str]:
        if isinstance(node, str):
            return {node}
        if isinstance(node, dict):
            return set().union(*(strings(v) for v in node.values()))
        return set().union(*(strings(v) for v in node)) if isinstance(node, list) else set()

    assert strings(plain(value, lambda _: "*")) <= {"*"}
