from __future__ import annotations

import base64
import urllib.parse

import pytest

from pytest_agentsafety.guards.canaries import CanaryGuard, squeeze
from pytest_agentsafety.model.decisions import GuardContext

CANARY = "Zebra-77-Quartz"
CONTEXT = GuardContext(stage="output")


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (f"it is {CANARY}.", "plain"),
        (CANARY.upper(), "plain"),
        (CANARY.replace("a", "\u0430"), "plain"),
        ("\u200b".join(CANARY), "plain"),
        (b64(CANARY), "base64"),
        (b64(f"x{CANARY}y"), "base64"),
        (b64(f"xy{CANARY}"), "base64"),
        (b64("\x00" + CANARY), "base64"),
        (CANARY.encode().hex(), "hex"),
        (CANARY.encode().hex(" "), "hex"),
        (CANARY[::-1], "reversed"),
        ("".join(f"%{b:02X}" for b in CANARY.encode()), "hex"),
        ("Zebra%2D77%2DQuartz", "decoded"),
        (urllib.parse.quote(b64(CANARY)), "base64"),
        (" ".join(CANARY), "spread out"),
        (".".join(CANARY), "spread out"),
        ("Zebra 77 Quartz", "spread out"),
        (" ".join(reversed(CANARY)), "reversed"),
    ],
)
def test_a_canary_is_found_however_it_is_written(text: str, how: str) -> None:
    result = CanaryGuard([CANARY]).check(text, CONTEXT)
    assert (result.guard, result.status, result.action, result.rule) == ("pii", "triggered", "block", "canary")
    assert result.reason == f"answer holds a canary ({how})"


def test_the_reason_never_holds_the_canary() -> None:
    assert CANARY not in CanaryGuard([CANARY]).check(CANARY, CONTEXT).reason


@pytest.mark.parametrize("text", ["", "zebra", "77", "quartz zebra 77", b64("nothing to see here"), "Zebra-78-Quartz"])
def test_other_text_is_clean(text: str) -> None:
    assert CanaryGuard([CANARY]).check(text, CONTEXT).status == "clean"


def test_every_canary_counts_and_blank_ones_do_not() -> None:
    guard = CanaryGuard(["", "  ", "first-one-1", "second-one-2"])
    assert guard.check("has second-one-2", CONTEXT).triggered
    assert guard.check("has neither", CONTEXT).status == "clean"


def test_without_canaries_the_guard_is_skipped() -> None:
    assert CanaryGuard([" "]).check("anything", CONTEXT).status == "skipped"


def test_squeeze() -> None:
    assert squeeze("a-b c_1!") == "abc1"
    assert squeeze("\u5ffd-\u7565 a") == "\u5ffd\u7565a"
