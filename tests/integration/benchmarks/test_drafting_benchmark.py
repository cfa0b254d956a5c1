"""`python -m benchmarks.drafting`: what it counts, and that it says what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.drafting import main, measure, rate, wilson

TOOLS = [
    {
        "set": "a",
        "group": "",
        "tool": "send_mail",
        "description": "Send.",
        "returns": "bool",
        "parameters": ["to", "body"],
    },
    {"set": "a", "group": "g", "tool": "send_mail", "description": "Send.", "returns": "", "parameters": []},
    {"set": "b", "group": "", "tool": "get_page", "description": "Get a page.", "returns": "str", "parameters": ["id"]},
]
LABELS: list[dict[str, Any]] = [
    {
        "set": "a",
        "half": "dev",
        "tool": "send_mail",
        "effect": "egress",
        "trust": "trusted",
        "critical": {"to": ["destination"]},
        "other": {"body": "content"},
    },
    {
        "set": "b",
        "half": "held",
        "tool": "get_page",
        "effect": "execute",
        "effect_also": ["pay"],
        "trust": "trusted",
        "critical": {"nowhere": ["path"], "id": ["identifier", "query"]},
        "other": {"id": "query"},
    },
    {"set": "c", "half": "dev", "tool": "x", "effect": "read", "trust": "trusted", "critical": {}, "other": {}},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def shown(tool: dict[str, Any]) -> dict[str, Any]:
        schema = {"type": "object", "properties": {one: {"type": "string"} for one in tool["parameters"]}}
        return {**tool, "input_schema": schema, "output_schema": None, "annotations": None}

    (tmp_path / "extracted.jsonl").write_text("".join(json.dumps(shown(tool)) + "\n" for tool in TOOLS))
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(label) + "\n" for label in LABELS))
    return tmp_path


def test_what_is_counted(folder: Path) -> None:
    halves, sets, absent = measure(folder / "extracted.jsonl", folder / "labels.jsonl")
    assert absent == 1
    assert set(sets) == {("dev", "a"), ("held", "b")}
    dev, held = halves["dev"], halves["held"]
    assert (dev.tools, dev.effect_right, dev.effect_unsafe) == (1, 1, 0)
    assert (dev.critical, dev.critical_found, dev.harmless, dev.over_marked) == (1, 1, 1, 0)
    assert (dev.trust_right, dev.trust_unsafe, dev.errors) == (1, 0, [])
    assert (held.effect_right, held.effect_unsafe) == (0, 1)
    assert (held.critical, held.critical_found, held.doubtful, held.over_marked) == (1, 0, 1, 1)
    assert any(line.startswith("UNSAFE effect b:get_page: read") for line in held.errors)


def test_only_errors_of_dev_are_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder), f"--labels={folder / 'labels.jsonl'}", "--errors", "--sets"]) == 0
    said = capsys.readouterr().out
    assert "held b: effect" in said
    assert "get_page" not in said
    assert "1 labelled tools are not in the corpus" in said


def test_a_missing_corpus_is_told_with_the_command_that_makes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert f"extract.py --into {tmp_path / 'none'}" in capsys.readouterr().err


def test_the_labels_of_this_repository_can_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    assert "are not in the corpus" in capsys.readouterr().out


def test_intervals() -> None:
    low, high = wilson(0, 60)
    assert low == 0
    assert high == pytest.approx(0.0602, abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)
    assert rate(0, 0).strip() == "-"
    assert rate(95, 100).startswith(" 95.0 % (88.8-97.8, 95/100)")
