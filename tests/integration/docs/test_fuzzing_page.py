"""Every Python block of the fuzzing docs runs, in order, in one folder; every TOML block loads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_agentsafety.cli.main import build_parser
from pytest_agentsafety.config import load_settings
from pytest_agentsafety.fuzz import chains
from pytest_agentsafety.fuzz.kinds import KINDS
from pytest_agentsafety.fuzz.oracles import ORACLES
from pytest_agentsafety.fuzz.strategies import text_steps
from tests.integration.docs.examples import ROOT, blocks

DOCS = ROOT / "docs" / "fuzzing.md"
TEXT = DOCS.read_text(encoding="utf-8")


@pytest.fixture
def tidy() -> Iterator[None]:
    """What a block registers is gone after the test."""
    before = set(KINDS)
    yield
    for name in set(KINDS) - before:
        del KINDS[name], chains.STEPS[name]
    chains.steps_of.cache_clear()


def test_the_python_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tidy: None) -> None:
    monkeypatch.chdir(tmp_path)
    found = blocks(DOCS, "python")
    assert len(found) >= 10
    names: dict[str, object] = {"__name__": "fuzzing_docs"}
    for number, block in enumerate(found, 1):
        line = TEXT[: TEXT.index(block)].count("\n")
        exec(compile("\n" * line + block, f"{DOCS.name} (block {number})", "exec"), names)
    assert list((tmp_path / "tests/agentsafety-cases").glob("orders-*.json"))


@pytest.mark.parametrize("block", blocks(DOCS, "toml"))
def test_the_toml_blocks_load(block: str, tmp_path: Path) -> None:
    (tmp_path / "agentsafety.toml").write_text(f"[tool.agentsafety]\n{block}")
    assert load_settings(tmp_path).fuzz_settings.cases == tmp_path / "tests/agentsafety-cases"


def test_the_commands_parse() -> None:
    (block,) = blocks(DOCS, "sh")
    for line in block.splitlines():
        words = line.partition("#")[0].split()
        assert words[:2] == ["agentsafety", "fuzz"]
        assert build_parser().parse_args(words[1:]).run is not None


def test_steps_and_oracles_are_all_named() -> None:
    oracles = (*ORACLES, "order", "paths", "urls", "addresses", "invariants")
    assert {name for name in (*text_steps(), *oracles) if f"`{name}`" not in TEXT} == set()
