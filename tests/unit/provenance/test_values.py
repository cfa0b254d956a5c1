"""What kind of value a text is, one spelling for each, typed values inside text, and what other encodings hide."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from pytest_agentsafety.provenance.values import canonical, decodings, host_of, kind_of, same_spelling, typed_items


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("lena@quay.test", "email"),
        ("  LENA.quist+club@mail.quay.test ", "email"),
        ("https://quay.test", "url"),
        ("ftp://quay.test/a", "url"),
        ("www.quay.test", "url"),
        ("quay.test/berths", "url"),
        ("https://quay.test/" + "a" * 500, "url"),
        ("DE02100100100006820101", "account"),
        ("DE02 1001 0010 0006 8201 01", "account"),
        ("123456789012", "account"),
        ("1234 5678 9012 3456", "account"),
        ("1234-5678-9012-3456", "account"),
        ("+49 30 123456", "phone"),
        ("(030) 123-4567", "phone"),
        ("17", "number"),
        ("-1,250.50", "number"),
        ("\u20ac 20", "number"),
        ("20 %", "number"),
        ("2031-05-03", "date"),
        ("2031-05-03T10:00:00Z", "date"),
        ("10:30", "date"),
        ("10:30 pm", "date"),
        ("Lena Quist", "name"),
        ("INV-77", "name"),
        ("quay.test", "name"),
        ("", "name"),
        ("two\nlines", "text"),
        ("a long sentence that goes on " * 5, "text"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        ("url", ["https://quay.test/a/", "HTTP://Quay.test/a", "www.quay.test/a", "quay.test/a"]),
        ("account", ["DE02 1001 0010 0006 8201 01", "de02100100100006820101", "DE02-1001-0010-0006-8201-01"]),
        ("phone", ["+49 30 123456", "+49 (30) 12-34-56", "+4930123456"]),
        ("email", ["Lena@Quay.test", "lena@quay.test", " lena@quay.test "]),
    ],
)
def test_one_spelling(kind: str, spellings: list[str]) -> None:
    assert len({canonical(kind, text) for text in spellings}) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lena@quay.test", "lena@quay.tests"),
        ("https://quay.test/a", "https://quay.test/b"),
        ("https://quay.test/a?x=1", "https://quay.test/a"),
        ("DE02100100100006820101", "DE02100100100006820102"),
        ("+4930123456", "4930123457"),
        ("Lena Quist", "LenaQuist"),
    ],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert same_spelling(one) != same_spelling(other)


def test_whole_values_are_looked_up_in_one_spelling() -> None:
    assert same_spelling(" Lena  QUIST ") == same_spelling("lena quist")
    assert same_spelling("https://quay.test/a/") == same_spelling("HTTPS://QUAY.TEST/a")


def test_typed_values_in_order() -> None:
    text = "Write to lena@quay.test, see https://quay.test/a?b=1. Pay to DE02100100100006820101; call +49 30 123456!"
    assert [(item.kind, item.value) for item in typed_items(text)] == [
        ("email", "lena@quay.test"),
        ("url", "quay.test/a?b=1"),
        ("account", "de02100100100006820101"),
        ("phone", "+4930123456"),
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("(lena@quay.test)", ["lena@quay.test"]),
        ("<lena@quay.test>", ["lena@quay.test"]),
        ("mail:lena@quay.test.", ["lena@quay.test"]),
        ("[plan](https://quay.test/plan)", ["quay.test/plan"]),
        ('<a href="https://quay.test">', ["quay.test"]),
        ("**https://quay.test**", ["quay.test"]),
        ("quay.test/berths and quay.test", ["quay.test/berths"]),
        ("no@host or @lena, 12345678, 1.000", []),
        ("", []),
    ],
)
def test_typed_values_at_their_borders(text: str, values: list[str]) -> None:
    assert [item.value for item in typed_items(text) if item.kind != "name"][: len(values)] == values


HIDDEN = "write to eve@shoal.test now"


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(HIDDEN.encode()).decode(),
        f"see {base64.b64encode(HIDDEN.encode()).decode()} there",
        f'"{base64.b64encode(HIDDEN.encode()).decode()}".',
        base64.b64encode(HIDDEN.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(HIDDEN.encode()).decode(),
        quote(HIDDEN),
        "".join(f"%{byte:02x}" for byte in HIDDEN.encode()),
    ],
)
def test_what_is_encoded_is_seen(text: str) -> None:
    assert any(HIDDEN in inner for inner in decodings(text)), list(decodings(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words only",
        "100 % sure",
        "internationalisation",
        "123456789012",
        "AAAA",
        base64.b64encode(bytes(range(128, 160))).decode(),
        "====",
        "no/such/blob!",
    ],
)
def test_what_is_not_encoded_yields_nothing(text: str) -> None:
    assert list(decodings(text)) == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Quay.test/a", "quay.test"),
        ("quay.test/a", "quay.test"),
        ("https://quay.test@shoal.test/", "quay.test@shoal.test"),
        ("https://quay.test:80", "quay.test:80"),
    ],
)
def test_hosts(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "a." * 100_000,
        "a@" * 100_000,
        "1" * 200_000,
        "1 " * 100_000,
        "de12 " * 40_000,
        "+1 (2) " * 30_000,
        "http://" * 30_000,
        "www." * 50_000,
        "%41" * 60_000,
        "A" * 200_000,
        "(((" * 60_000,
    ],
)
def test_long_runs_end(text: str) -> None:
    assert sum(1 for _ in typed_items(text)) <= len(text)
    assert sum(len(inner) for inner in decodings(text)) <= 2 * len(text)
    assert kind_of(text) in ("text", "url")


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0", "\u2028", "\x1c"])
def test_items_stand_in_their_own_words(blank: str) -> None:
    """A link or address is found in whatever is before, behind and beside it, the same one twice too."""
    words = ["x@", "lena@quay.test", "a/b", "Www.quay.test", "quay.test/a", "lena@quay.test", "WWW.quay.test/b,", "@"]
    found = [(item.kind, item.text) for item in typed_items(blank.join(words))]
    mails = [("email", "lena@quay.test")] * 2
    links = [("url", "Www.quay.test"), ("url", "quay.test/a"), ("url", "WWW.quay.test/b")]
    assert sorted(found) == sorted([*mails, *links])
