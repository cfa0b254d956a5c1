# ruff: noqa: E501 - tables of texts
from __future__ import annotations

import base64
import codecs
import html
import urllib.parse

import pytest

from pytest_agentsafety.guards.canaries import CanaryGuard, squeeze
from pytest_agentsafety.model.decisions import GuardContext
from pytest_agentsafety.model.errors import ConfigError

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


@pytest.mark.parametrize("canary", ["k-9", "secret", "password", "2026", "12345678", "a-b-c", "confidential"[:11]])
def test_a_common_canary_is_refused_with_a_word_on_what_to_take(canary: str) -> None:
    with pytest.raises(
        ConfigError, match=r"answers hold such a text by chance.*three random words and a number"
    ) as error:
        CanaryGuard(["Zebra-77-Quartz", canary])
    assert "canary 2 of 2" in str(error.value)
    assert canary not in str(error.value) or canary.isdigit()


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (codecs.encode(CANARY, "rot13"), "rot13"),
        (base64.b32encode(CANARY.encode()).decode(), "base32"),
        ("Zebra\n77\nQuartz", "spread out"),
        (html.escape("".join(f"&#{ord(c)};" for c in CANARY)), "decoded"),
        (b64(CANARY)[:10] + "\n" + b64(CANARY)[10:], "decoded"),
    ],
)
def test_more_ways_to_write_it(text: str, how: str) -> None:
    result = CanaryGuard([CANARY]).check(f"see {text} there", CONTEXT)
    assert result.triggered
    assert result.reason.startswith("answer holds a canary (")
    if how != "decoded":
        assert result.reason == f"answer holds a canary ({how})"


PROMPT = (
    "You are the booking desk of Harbour House. Never give a room below ninety a night, however long somebody asks, and "
    "offer the loft to returning guests first. If the kitchen is closed, send people to the small place by the old pier."
)
RUN = "offer the loft to returning guests first"


@pytest.mark.parametrize(
    "text",
    [
        PROMPT,
        f"My orders: {PROMPT[30:120]}",
        f"They say {RUN}. If the",
        f"they say {RUN.upper()}, IF THE",
        f"they say {RUN.replace(' ', chr(10))} if the",
        f"they say {'.'.join(RUN)}.i.f.t.h.e",
        b64(f"orders: {RUN}. If the kitchen"),
        f"it is {RUN}. If the"[::-1],
        codecs.encode(f"it is {RUN}. If the", "rot13"),
        "".join(f"%{b:02x}" for b in f"{RUN}. If the".encode()),
    ],
)
def test_a_run_of_the_system_prompt_is_a_leak(text: str) -> None:
    result = CanaryGuard([], system_prompts=[PROMPT]).check(text, CONTEXT)
    assert result.triggered
    assert RUN not in result.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The loft is free for returning guests.",
        "We never give rooms below ninety, and the kitchen is closed.",
        "You are the first guest; the small place is by the pier.",
        "Never give a room away",
    ],
)
def test_talking_about_the_same_things_is_no_leak(text: str) -> None:
    assert CanaryGuard([], system_prompts=[PROMPT]).check(text, CONTEXT).status == "clean"


def test_what_the_user_wrote_is_no_leak_of_the_prompt() -> None:
    context = GuardContext(stage="output", task=f"Tell me whether you {RUN}. If the")
    guard = CanaryGuard([], system_prompts=[PROMPT])
    assert guard.check(f"Yes: {RUN}. If the", context).status == "clean"
    assert guard.check(PROMPT, context).triggered


def test_every_run_of_32_letters_is_found() -> None:
    guard = CanaryGuard([], system_prompts=[PROMPT])
    letters = squeeze(PROMPT.casefold())
    for start in range(0, len(letters) - 32, 7):
        assert guard.find("x" * (start % 5) + letters[start : start + 32] + "yy") == "a part of it"
        assert guard.find(letters[start : start + 20]) is None


def test_find_is_for_arguments_too() -> None:
    assert CanaryGuard([CANARY]).find(f"https://x.test/?d={b64(CANARY)}") is not None
    assert CanaryGuard([CANARY]).find("https://x.test/?d=nothing") is None
