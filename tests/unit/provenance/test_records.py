"""A result as records: short values under keys are fields, the rest is text, whoever returned it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import pytest

from pytest_agentsafety.provenance.records import Record, parsed, plain, records_of, texts_of


def fields(record: Record) -> dict[str, str]:
    return {field.key: field.value for field in record.fields}


def outside(data: Any) -> list[Record]:
    return records_of(data, own=False)


def own(data: Any) -> list[Record]:
    return records_of(data, own=True)


class TestData:
    def test_a_list_of_mappings_is_a_record_each(self) -> None:
        records = outside([{"boat": "Heron", "berth": "A4"}, {"boat": "Teal", "berth": "B1"}])
        assert [fields(record) for record in records] == [
            {"boat": "Heron", "berth": "A4"},
            {"boat": "Teal", "berth": "B1"},
        ]

    def test_a_mapping_is_one_record(self) -> None:
        (record,) = outside({"boat": "Heron", "length": 7.5, "afloat": True, "owner": None, "note": ""})
        assert fields(record) == {"boat": "Heron", "length": "7.5"}

    def test_a_mapping_of_mappings_lists_things_by_name(self) -> None:
        records = outside({"Heron": {"berth": "A4"}, "Teal": {"berth": "B1"}})
        assert [fields(record) for record in records] == [
            {"name": "Heron", "berth": "A4"},
            {"name": "Teal", "berth": "B1"},
        ]

    def test_a_mapping_of_names_to_values_is_a_table(self) -> None:
        records = outside({"lena@quay.test": "Lena", "ole@quay.test": "Ole"})
        assert [record.holds("lena@quay.test") for record in records] == [True, False]

    def test_inner_mappings_are_parts(self) -> None:
        first, second, third = outside({"crew": [{"name": "Lena"}, {"name": "Ole"}], "boat": "Heron"})
        assert fields(first) == {"boat": "Heron"}
        assert (second.parent, third.parent) == (first, first)
        assert fields(second) == {"name": "Lena"}

    def test_lists_of_values_are_fields_of_the_record(self) -> None:
        (record,) = outside({"boat": "Heron", "crew": ["lena@quay.test", "ole@quay.test"]})
        assert [field.value for field in record.fields] == ["Heron", "lena@quay.test", "ole@quay.test"]
        assert record.holds("ole@quay.test")

    def test_values_without_a_key_are_fields_of_the_users_own_data_only(self) -> None:
        assert [len(record.fields) for record in own(["Heron", "Teal"])] == [1, 1]
        assert [record.texts for record in outside(["Heron", "Teal"])] == [["Heron"], ["Teal"]]

    @pytest.mark.parametrize("key", ["body", "description", "comment", "notes", "_text_", "subject"])
    def test_what_is_called_text_is_text_however_short(self, key: str) -> None:
        (record,) = outside({key: "eve@shoal.test", "boat": "Heron"})
        assert fields(record) == {"boat": "Heron"}
        assert record.texts == ["eve@shoal.test"]

    def test_what_is_called_text_can_still_name_a_record(self) -> None:
        (record,) = outside({"subject": "Regatta"})
        assert [label.value for label in record.labels] == ["Regatta"]

    @pytest.mark.parametrize("value", ["x" * 81, "two\nlines", "pay to DE02100100100006820101, please, " * 4])
    def test_long_and_many_lines_are_text_under_any_key(self, value: str) -> None:
        for records in (outside({"owner": value, "id": 3}), own({"owner": value, "id": 3})):
            assert [field.key for field in records[0].fields] == ["id"]
            assert records[0].texts == [value]

    def test_a_typed_value_in_a_note_of_ones_own_is_no_field(self) -> None:
        (record,) = own({"memo": "DE02100100100006820101", "payee": "Quay Ltd"})
        assert fields(record) == {"payee": "Quay Ltd"}


class TestText:
    @pytest.mark.parametrize(
        "text",
        [
            "Account: DE02100100100006820101\nOwner: Lena",
            "name=eve mail=eve@shoal.test",
            "| boat | berth |\n| Heron | A4 |",
            "<user>lena</user>",
            "just words",
        ],
    )
    def test_a_text_of_others_has_no_fields_whatever_it_looks_like(self, text: str) -> None:
        assert all(not record.fields for record in outside(text))
        assert " ".join(texts_of(outside(text))).split() == text.split()

    def test_short_lines_of_ones_own_list_are_records(self) -> None:
        records = own("Lena Quist: lena@quay.test\n- Ole Ravn (ole@quay.test)\n")
        assert [record.holds("lena@quay.test") for record in records] == [True, False]
        assert records[1].holds("ole@quay.test")
        assert records[0].holds("lena quist")

    @pytest.mark.parametrize("text", ["a line that goes on and on " * 8 + "\nshort", "<b>markup</b>\nshort"])
    def test_long_lines_and_markup_are_no_list(self, text: str) -> None:
        assert all(not record.fields for record in own(text))

    def test_paragraphs_are_texts_of_their_own(self) -> None:
        first, second = outside("Heron is ready.\n\nTeal is not.")
        assert (first.texts, second.texts) == (["Heron is ready."], ["Teal is not."])

    def test_entries_of_a_list_have_the_id_they_start_with(self) -> None:
        records = outside("- 41: paint the hull\n- 42: mend the sail\n- 43: call Ole\n  about the mast")
        assert [fields(record).get("id") for record in records] == ["41", "42", "43"]
        assert "about the mast" in records[2].texts[0]

    def test_few_entries_among_lines_make_no_list(self) -> None:
        assert len(outside("one\ntwo\n- three\nfour")) == 1

    def test_nothing_has_no_records(self) -> None:
        for empty in ("", "   \n ", [], {}, None, [None, "", {}], {"a": None}):
            assert [record for record in outside(empty) if record.fields] == []


class TestParsed:
    def test_json(self) -> None:
        assert parsed(' {"a": [1]}') == {"a": [1]}
        assert parsed("[1, 2]") == [1, 2]

    @pytest.mark.parametrize(
        "text",
        ["", "plain", "{broken", '"a string"', "12", "null", "[" * 100_000, "{" + " " * 10, "[" + "1," * 2_500_000],
    )
    def test_anything_else_is_a_text(self, text: str) -> None:
        assert parsed(text) is None

    def test_a_text_that_is_json_only_in_part_is_a_text(self) -> None:
        assert parsed('{"owner": "eve"} and more') is None


class Colour(Enum):
    RED = "red"


@dataclass
class Boat:
    name: str
    built: date
    colour: Colour
    _hidden: str = "secret"


class TestPlain:
    def test_objects_become_data(self) -> None:
        boat = Boat("Heron", date(2031, 5, 3), Colour.RED)
        assert plain([boat]) == [{"name": "Heron", "built": "2031-05-03", "colour": "red"}]

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (None, None),
            (True, True),
            (3, 3),
            ({1: 2}, {"1": 2}),
            ((1, 2), [1, 2]),
            ({3}, [3]),
            (frozenset(), []),
            (b"x", "b'x'"),
            (datetime(2031, 5, 3, tzinfo=UTC), "2031-05-03 00:00:00+00:00"),
        ],
    )
    def test_single_values(self, value: Any, expected: Any) -> None:
        assert plain(value) == expected

    def test_a_function_is_its_name_and_not_its_attributes(self) -> None:
        def tool() -> None: ...

        tool.owner = "eve@shoal.test"  # type: ignore[attr-defined]
        assert isinstance(plain(tool), str)

    def test_depth_has_an_end(self) -> None:
        value: Any = "deep"
        for _ in range(200):
            value = [value]
        assert records_of(plain(value), own=False)

    def test_a_circle_has_an_end(self) -> None:
        circle: list[Any] = []
        circle.append(circle)
        assert plain(circle)


class TestItems:
    def test_typed_values_of_all_texts(self) -> None:
        (record,) = outside({"body": "see https://quay.test/a, lena@quay.test", "reply": "or LENA@quay.test"})
        assert record.items == {"url": {"quay.test/a"}, "email": {"lena@quay.test"}}

    def test_amounts_but_no_ids(self) -> None:
        (record,) = outside({"price": "120.50", "invoice_id": 4711, "year": 2031, "total": -30})
        assert set(record.numbers) == {120.5, 30.0}


@pytest.mark.parametrize(
    "text",
    [
        "- a\n" * 20_000,
        "a b\n\n" * 20_000,
        "x" * 1_000_000,
        json.dumps([{"name": f"boat {i}"} for i in range(5_000)]),
        "\x00\x1b[2J\u202e\n" * 20_000,
        "{" * 1_000,
    ],
)
def test_large_and_hostile_texts_are_read(text: str) -> None:
    content = parsed(text)
    for mine in (True, False):
        records = records_of(text if content is None else content, own=mine)
        assert all(record.flat is not None and record.items is not None for record in records[:10])


def test_cards_of_one_form_are_records_by_their_first_line() -> None:
    cards = "tour_no: T-41\nguest: Sven\n\ntour_no: T-42\nguest: Mia\n"
    found = records_of(cards, own=False)
    assert [[item.value for item in record.fields] for record in found] == [["T-41"], ["T-42"]]


@pytest.mark.parametrize(
    "text",
    [
        "tour_no: T-41\nguest: Sven\n\nguest: Mia\ntour_no: T-42\n",  # not of one form
        "guest: Sven\ntour_no: T-41\n\nguest: Mia\ntour_no: T-42\n",  # begins with no number
        "From: Eve\nSubject: hello\n\naccount: DE89 3704 0044 0532 0130 00\nname: Mia\n",  # a letter
    ],
)
def test_other_paragraphs_stay_text(text: str) -> None:
    assert not any(record.fields for record in records_of(text, own=False))


def test_lines_that_all_begin_with_a_code_are_entries() -> None:
    found = records_of("T-41  Sven\nT-42  Mia\n", own=False)
    assert [record.fields[0].value for record in found] == ["T-41", "T-42"]
    assert not any(record.fields for record in records_of("T-41 is late\nand Mia waits\n", own=False))


def test_what_is_so_names_its_record() -> None:
    (free, taken) = records_of([{"berth": "B4", "free": True}, {"berth": "B5", "free": False}], own=True)
    assert [item.value for item in free.labels] == ["free"]
    assert taken.labels == []
