"""The escape matrix is well formed."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from pytest_agentsafety.sandbox.probes import PRELUDE, PROBES, Probe, parse


def test_there_are_enough_of_each_kind() -> None:
    kinds = Counter(probe.kind for probe in PROBES)
    assert kinds["H"] >= 30
    assert kinds["L"] >= 10
    assert kinds["S"] >= 15


def test_ids_are_unique() -> None:
    assert len({probe.id for probe in PROBES}) == len(PROBES)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_a_probe_parses_and_can_say_that_it_escaped(probe: Probe) -> None:
    tree = ast.parse(f"{PRELUDE}\n{probe.code}")
    calls = [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert "escaped" in calls


def test_the_text_form() -> None:
    text = "# heading\n\nH one\n    a\n    for b in c:\n        d\nS two (metadata)\n    e\n"
    assert list(parse(text)) == [
        Probe("one", "H", "a\nfor b in c:\n    d"),
        Probe("two", "S", "e", metadata=True),
    ]


def test_only_what_cannot_be_hidden_without_a_root_folder_is_metadata() -> None:
    assert [probe.id for probe in PROBES if probe.metadata] == ["metadata"]
