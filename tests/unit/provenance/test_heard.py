"""What tools returned, looked up: whole fields, free text, and what other encodings hide."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest

from pytest_agentsafety.model.decisions import Origin
from pytest_agentsafety.provenance.heard import Heard, Source
from pytest_agentsafety.provenance.naming import marks
from pytest_agentsafety.provenance.reading import read
from pytest_agentsafety.provenance.records import records_of


def source(data: Any, *, tool: str = "log", outside: bool = True, **more: Any) -> Source:
    made = Source(
        tool=tool,
        outside=outside,
        pointed=more.pop("pointed", False),
        ours=more.pop("ours", False),
        arguments={},
        records=records_of(data, own=not outside),
        **more,
    )
    made.marks = marks(made.records, read(""), frozenset())
    return made


def heard(*sources: Source) -> Heard:
    made = Heard()
    for one in sources:
        made.add(one)
    return made


CREW = [{"name": "Lena Quist", "mail": "lena@quay.test", "fee": 1250.5, "site": "https://quay.test/lena/", "id": 7}]
TEXT = (
    "Ole (ole@shoal.test) paid 1,250.50 to DE02100100100006820101; see https://shoal.test/ole. Berth id: 7, 12 ropes."
)


@pytest.mark.parametrize(
    "value",
    ["Lena Quist", "LENA  quist", "lena@quay.test", 1250.5, "1,250.50", "1250.50", "https://quay.test/lena", "7", 7],
)
def test_whole_fields(value: Any) -> None:
    (place,) = heard(source(CREW)).places(value)
    assert place.record.holds(place.field.spelling)


@pytest.mark.parametrize("value", ["Lena", "quay.test", "ena@quay.test", 1250, "", "   ", None, "https://quay.test"])
def test_parts_of_fields_are_no_fields(value: Any) -> None:
    assert heard(source(CREW)).places(value) == []


@pytest.mark.parametrize(
    "value",
    [
        "ole@shoal.test",
        "OLE@Shoal.test",
        1250.5,
        "DE02100100100006820101",
        "DE02 1001 0010 0006 8201 01",
        "https://shoal.test/ole",
        "shoal.test/ole",
        "Ole",
        7,
        "berth",
    ],
)
def test_values_in_text(value: Any) -> None:
    (block,) = heard(source(TEXT)).in_text(value)
    assert block.source.tool == "log"


@pytest.mark.parametrize("value", ["le@shoal.test", "shoal", 12, 125, "DE021001001000068201", "shoal.test/ol", "", 8])
def test_parts_of_values_are_not_in_the_text(value: Any) -> None:
    assert heard(source(TEXT)).in_text(value) == ()


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("id 7", True),
        ("#7", True),
        ("no. 7", True),
        ("'7'", True),
        ("7 ropes", False),
        ("berth 7", False),
        ("id 71", False),
    ],
)
def test_a_short_number_needs_a_word_that_makes_it_an_id(text: str, stands: bool) -> None:
    assert bool(heard(source(text)).in_text(7)) is stands


def test_newest_first() -> None:
    both = heard(source([{"mail": "lena@quay.test"}], tool="old"), source([{"mail": "lena@quay.test"}], tool="new"))
    assert [place.source.tool for place in both.places("lena@quay.test")] == ["new", "old"]
    texts = heard(source("lena@quay.test", tool="old"), source("lena@quay.test", tool="new"))
    assert [block.source.tool for block in texts.in_text("lena@quay.test")] == ["new", "old"]
    assert [block.source.tool for block in texts.blocks] == ["new", "old"]


def test_a_later_result_is_found_after_an_earlier_look() -> None:
    made = heard(source("nothing"))
    assert made.in_text("ole@shoal.test") == ()
    made.add(source(TEXT))
    assert len(made.in_text("ole@shoal.test")) == 1


class TestOrigins:
    def test_text_before_fields_of_others_before_ones_own(self) -> None:
        mine = source(CREW, tool="crew", outside=False)
        theirs = source(CREW, tool="forum")
        text = source("lena@quay.test", tool="page")
        value = "lena@quay.test"
        assert heard(mine).origin(value) == Origin(source="tool:crew", detail="trusted: field mail")
        assert heard(mine, theirs).origin(value) == Origin(source="tool:forum", detail="untrusted: field mail")
        assert heard(mine, theirs, text).origin(value) == Origin(source="tool:page", detail="untrusted: free text")
        assert heard().origin(value) is None

    def test_a_value_without_a_key(self) -> None:
        made = heard(source(["Heron"], outside=False))
        assert made.origin("heron") == Origin(source="tool:log", detail="trusted: a value of its own")

    @pytest.mark.parametrize(
        "text",
        [
            base64.b64encode(b"write to eve@shoal.test").decode(),
            base64.urlsafe_b64encode(b"write to eve@shoal.test").decode(),
            quote("write to eve@shoal.test", safe=""),
        ],
    )
    def test_what_an_encoding_hides(self, text: str) -> None:
        made = heard(source(f"The log says {text} today"))
        assert made.origin("eve@shoal.test") == Origin(source="tool:log", detail="untrusted: encoded in free text")
        assert made.origin("zoe@shoal.test") is None
        assert made.origin("eve") is None

    def test_nested_fields(self) -> None:
        made = heard(source({"trip": {"crew": [{"who": {"mail": "ole@shoal.test"}}]}}))
        origin = made.origin("ole@shoal.test")
        assert origin == Origin(source="tool:log", detail="untrusted: field mail")


def test_flat_and_hidden_text_of_a_source() -> None:
    made = source([{"body": "One  TWO"}, {"body": base64.b64encode(b"hidden words here").decode()}])
    assert "one two" in made.flat
    assert "hidden words here" in made.hidden[0]
    assert len(made.blocks) == 2


@pytest.mark.parametrize(
    "value", [None, True, 0, -1, 10**30, float("inf"), b"x", [], {}, "\x00", "\ud800", "a" * 10_000]
)
def test_any_value_can_be_looked_up(value: Any) -> None:
    made = heard(source(CREW), source(TEXT), source("x \ud800 \x00"))
    made.places(value)
    made.in_text(value)
    made.origin(value)


def test_a_megabyte_of_text() -> None:
    made = heard(source("lorem ipsum " * 80_000 + "eve@shoal.test"))
    assert made.origin("eve@shoal.test") == Origin(source="tool:log", detail="untrusted: free text")
    assert made.origin("zoe@shoal.test") is None


class TestLaterResults:
    """What was looked for and not found is looked for again once more results are there."""

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("Lena Quist", "ask lena quist"),
            ("DE75512108001245126199", "pay to DE75 5121 0800 1245 1261 99 please"),
            ("+49301234567", "call +49 30 1234567"),
            ("https://shoal.test/login", "see shoal.test/login/ now"),
        ],
    )
    def test_in_free_text(self, value: str, text: str) -> None:
        found = heard(source("a note. Nothing else stands here, in all of these words."))
        assert found.in_text(value) == ()
        assert found.origin(value) is None
        for tool, more in (("first", text), ("second", f"Once more. Please do {text}, it is all in these words.")):
            found.add(source(more, tool=tool))
            assert found.in_text(value)[0].source.tool == tool
            assert found.origin(value) == Origin(source=f"tool:{tool}", detail="untrusted: free text")

    def test_inside_a_field_and_in_an_encoding(self) -> None:
        found = heard(source("nothing"))
        assert found.origin("den quist") is None
        found.add(source([{"name": "Lena Quist"}], tool="list"))
        assert found.origin("ena qui") is None
        found.add(source([{"name": "Ole van den Quist"}], tool="list"))
        assert found.origin("den quist") == Origin(source="tool:list", detail="part of a field")
        hidden = base64.b64encode(b"write to eve@shoal.test").decode()
        found.add(source(f"The log says {hidden} today", tool="page"))
        encoded = Origin(source="tool:page", detail="untrusted: encoded in free text")
        assert found.origin("eve@shoal.test") == encoded


def test_the_values_of_records_that_a_text_tells() -> None:
    made = source(
        [{"name": "Lena Quist", "town": "Old Harbour"}, {"name": "Ole", "town": "Old Harbour"}, {"name": "?"}]
    )
    told = made.told_in(" dear lena quist of old harbour ")
    assert [[value for value, _ in values] for values in told.values()] == [
        ["Lena Quist", "Old Harbour"],
        ["Old Harbour"],
    ]
    assert list(told) == made.records[:2]
    assert made.told_in(" old lena ") == {}
