"""The examples of docs/guards.md, run as they stand there."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from pytest_agentsafety import Gate, GuardContext, Policy, default_guardrails
from pytest_agentsafety.cli.main import main
from pytest_agentsafety.config import load_settings
from tests.integration.docs.examples import ROOT, blocks

DOCS = ROOT / "docs" / "guards.md"
PAGE = DOCS.read_text(encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the page's guard and all of its configuration."""
    (tmp_path / "shop").mkdir()
    # Without this file a shop.py that another test left on the path would win.
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "guards.py").write_text(blocks(DOCS, "python")[0])
    (tmp_path / "agentsafety.toml").write_text("\n".join(blocks(DOCS, "toml")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("shop", "shop.guards"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_the_guard_of_the_page(shop: Path) -> None:
    settings = load_settings(shop)
    guards = default_guardrails(settings.policy, root=settings.root)
    guard = guards[-1]
    found = guard.check("You get a dis\u200bcount!", GuardContext(stage="output"))
    assert (found.action, found.rule, found.severity) == ("block", "no_discounts.offer.discount", 0.4)
    assert (found.spans[0].start, found.spans[0].end) == (10, 19)
    assert guard.check("We waive all your fees", GuardContext(stage="output")).triggered
    assert guard.check("Thank you!", GuardContext(stage="output")).status == "clean"
    assert guards[-2].name == "judge"


def test_in_code(shop: Path) -> None:
    settings = load_settings(shop)
    guard = default_guardrails(settings.policy, root=settings.root)[-1]
    policy = Policy()
    with Gate(policy, guardrails=[*default_guardrails(policy), guard]).task("Hello") as task:
        assert "held by the no_discounts guard" in task.check_answer("It is free of charge")
        assert task.check_answer("It costs 7 euros") == "It costs 7 euros"


def test_the_other_tables_say_what_the_page_says(shop: Path) -> None:
    policy = load_settings(shop).policy
    assert policy.content.action_of("misinformation") == "escalate"
    assert policy.content.action_of("drugs") == "block"
    assert policy.scope.is_set
    assert policy.judge.model == "claude-haiku-4-5"


def test_the_command_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (given,) = re.findall(r"\$ echo '(.*?)' \| agentsafety scan", PAGE)
    (told,) = re.findall(r"^(\{\"triggered\".*), \.\.\.\}\]", PAGE, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    assert main(["scan", "--stage", "input"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(told)
    assert json.loads(said)["redacted"] is None


def test_every_category_is_named() -> None:
    from pytest_agentsafety.model.policy import CONTENT_CATEGORIES

    assert f"Fifteen categories: {', '.join(CONTENT_CATEGORIES)}." in PAGE
