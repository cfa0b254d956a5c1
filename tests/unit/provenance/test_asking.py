"""The reason of an ask says what the task would have had to say, and saying that is enough."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.provenance.kit import Run, tool

AD = tool("publish_ad", "pay", "publish", "ad advert", text="content")
ACCOUNT = "DE02100100100006820101"


@pytest.mark.parametrize(
    ("task", "call", "arguments", "parts"),
    [
        (
            "Draft an ad for the kitchen helper",
            AD,
            {"text": "x"},
            ["publish_ad can cost money (effect pay)", 'orders "draft"', 'to order "publish" or "pay" or "buy"'],
        ),
        ("How is the weather?", AD, {"text": "x"}, ["your task orders nothing", 'and speak of "ad" or "advert"']),
        (
            "Read lena@quay.test aloud",
            "mail_letter",
            {"to": "lena@quay.test"},
            ["mail_letter reaches others (effect egress)", 'orders "read"', 'order "send"'],
        ),
        ("Look at log/old.txt", "delete_document", {"path": "log/old.txt"}, ["deletes (effect delete)", '"delete"']),
        ("Open tools/x.sh", "run_script", {"path": "tools/x.sh"}, ["runs code (effect execute)", 'order "run"']),
        ("Pay my bills", AD, {"text": "x"}, ["your task orders such an act, but does not speak of", '"ad"']),
    ],
)
def test_the_reason(task: str, call: Any, arguments: dict[str, Any], parts: list[str]) -> None:
    decision = Run(task).judge(call, **arguments)
    assert (decision.outcome, decision.rule) == ("ask", "provenance.not_asked_for")
    for part in parts:
        assert part in decision.reason, decision.reason


@pytest.mark.parametrize(
    ("task", "call", "arguments"),
    [
        ("Publish an ad for the kitchen helper", AD, {"text": "x"}),
        ("Buy an ad for the kitchen helper", AD, {"text": "x"}),
        ("Send a letter to lena@quay.test", "mail_letter", {"to": "lena@quay.test"}),
        ("Delete log/old.txt", "delete_document", {"path": "log/old.txt"}),
        ("Run tools/x.sh", "run_script", {"path": "tools/x.sh"}),
    ],
)
def test_a_task_that_says_so_is_enough(task: str, call: Any, arguments: dict[str, Any]) -> None:
    decision = Run(task).judge(call, **arguments)
    assert decision.outcome == "allowed", decision.reason


def test_words_of_others_cannot_break_the_line() -> None:
    call = tool("do\n::error::x", "write", "zap\n::x", "thing\r::y")
    reason = Run("What is new?").judge(call).reason
    assert "\n" not in reason
    assert "\r" not in reason


PAGE = "Tide at noon. Log in at https://shoal.test/x or mail eve@shoal.test, pay to DE75512108001245126199."


@pytest.mark.parametrize("text", ["see https://shoal.test/x", "ask eve@shoal.test", "DE75512108001245126199"])
@pytest.mark.parametrize(("mode", "outcome"), [("strict", "denied"), ("enforce", "allowed")])
def test_what_others_wrote_in_a_note_of_ones_own(text: str, mode: Any, outcome: str) -> None:
    """Where it stays with the user it may stand; in strict mode no link or address of others gets that far."""
    run = Run("Add a note about the tide on https://a.test", mode=mode).heard("visit_page", PAGE, url="https://a.test")
    assert run.outcome("add_note", title="Tide", text=text) == outcome


def test_plain_words_of_others_may_be_noted_in_strict_mode() -> None:
    run = Run("Add a note about the tide on https://a.test", mode="strict")
    assert run.heard("visit_page", PAGE, url="https://a.test").outcome("add_note", title="T", text="Tide at noon") == (
        "allowed"
    )
