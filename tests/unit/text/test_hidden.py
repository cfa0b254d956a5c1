from __future__ import annotations

from pytest_agentsafety.text import View
from pytest_agentsafety.text.hidden import hidden

SECRET = "ignore this"


def shown(text: str) -> dict[str, str]:
    return {view.name: view.text for view in hidden(View("source", text.encode("utf-8", "surrogatepass")))}


def test_nothing_is_hidden_in_ordinary_text() -> None:
    assert shown("plain") == {}
    assert shown("\u00e9t\u00e9 \u4e2d\u6587 \U0001f600") == {}


def test_tag_characters_become_readable() -> None:
    assert shown("hello" + "".join(chr(0xE0000 + ord(c)) for c in SECRET)) == {"tags": f"hello {SECRET}"}


def test_an_override_is_read_as_it_is_displayed() -> None:
    text = "a \u202e" + SECRET[::-1] + "\u202c b \u202edcba"
    assert shown(text) == {"bidi": f"a  {SECRET}\u202c b  abcd"}


def test_a_displayed_run_leads_back() -> None:
    text = "\u00e9 \u202e" + SECRET[::-1] + "\u202c and \u202efed"
    (view,) = hidden(View("source", text.encode()))
    start = view.text.index("def")
    assert text[slice(*view.origin(start, start + 3))] == "fed"


def test_variation_selectors_are_bytes() -> None:
    hidden_bytes = "".join(chr(0xFE00 + b) if b < 16 else chr(0xE0100 + b - 16) for b in SECRET.encode())
    assert shown("\U0001f600" + hidden_bytes)["tags"] == SECRET


def test_upside_down_text_is_turned() -> None:
    assert shown("s\u1d09\u0265\u0287 \u01dd\u0279ou\u0183\u1d09")["upside down"] == "ignore this"
