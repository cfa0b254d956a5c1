"""Base forms, pasts and the words of identifiers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_agentsafety.lexicon import is_past, known, lemma, words


@pytest.mark.parametrize(
    ("form", "base"),
    [
        ("sends", "send"),
        ("sent", "send"),
        ("sending", "send"),
        ("Booked", "book"),
        ("bought", "buy"),
        ("paid", "pay"),
        ("won", "win"),
        ("found", "find"),
        ("left", "leave"),
        ("copies", "copy"),
        ("emails", "email"),
        ("people", "people"),
        ("addresses", "address"),
        ("indices", "index"),
        ("fetches", "fetch"),
        ("unstages", "unstage"),
        ("upserted", "upsert"),
        ("qzxqv", "qzxqv"),
        ("", ""),
    ],
)
def test_lemma(form: str, base: str) -> None:
    assert lemma(form) == base


@pytest.mark.parametrize(
    "form",
    ["sent", "booked", "Booked", "paid", "bought", "won", "left", "gave", "written", "became", "deleted", "threw"],
)
def test_past(form: str) -> None:
    assert is_past(form)


@pytest.mark.parametrize(
    "form",
    [
        "send",
        "sends",
        "sending",
        "put",
        "read",
        "bookings",
        "better",
        "men",
        "children",
        "data",
        "emails",
        "this",
        "qzxqv",
    ],
)
def test_not_past(form: str) -> None:
    assert not is_past(form)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("send_email", ["send", "email"]),
        ("sendHTTPMail_to", ["send", "http", "mail", "to"]),
        ("git-clone.v2", ["git", "clone", "v"]),
        ("Don't pay Anna's bill 17!", ["don't", "pay", "anna's", "bill"]),
        ("Überweise", ["überweise"]),
        ("", []),
        ("123 _ -- 4", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_known() -> None:
    assert known("zebra")
    assert known("Transferred")
    assert known("email")
    assert not known("qzxqv")


def test_endless_words_are_not_looked_up() -> None:
    endless = "a" * 1_000_000
    assert lemma(endless) == endless
    assert not known(endless)
    assert words(endless) == [endless]


def test_the_dictionary_is_loaded_at_first_need_only() -> None:
    code = (
        "import sys; import pytest_agentsafety.lexicon as l; l.verb_effect('send'); l.lemma('send');"
        "assert 'simplemma' not in sys.modules; l.lemma('sent'); assert 'simplemma' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
