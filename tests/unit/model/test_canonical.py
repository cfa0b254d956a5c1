"""One canonical JSON: equal values, equal hash."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.model.canonical import canonical_json, digest

QUICK = settings(deadline=None, derandomize=True)


def test_key_order_does_not_count() -> None:
    assert canonical_json({"b": [1, {"y": 1, "x": 2}], "a": None}) == '{"a":null,"b":[1,{"x":2,"y":1}]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("one", "other"), [(1, "1"), (1, True), (None, "null"), ([], {}), ("ä", "a"), ([1, 2], [2, 1])]
)
def test_different_values_differ(one: object, other: object) -> None:
    assert digest(one) != digest(other)


def test_non_ascii_and_lone_surrogates_have_a_hash() -> None:
    assert canonical_json("ä") == '"ä"'
    assert len(digest("\ud800")) == 64


def test_sets_are_sorted_and_other_objects_are_their_text() -> None:
    assert canonical_json({"s": frozenset({"b", "a"}), "p": Path("x")}) == '{"p":"x","s":["a","b"]}'


def test_the_hash_of_a_set_is_the_same_in_every_process() -> None:
    code = "from pytest_agentsafety.model.canonical import digest; print(digest({'a','b','c','d','e'}))"
    root = str(Path(__file__).resolve().parents[3])
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": root},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1


@QUICK
@given(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.booleans())))
def test_canonical_json_is_json(value: dict[str, object]) -> None:
    assert json.loads(canonical_json(value)) == value
