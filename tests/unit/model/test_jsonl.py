"""JSON Lines: what is written reads back, what a kill tore off is left out, all else is an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.jsonl import dump_line, read_lines

QUICK = settings(deadline=None, derandomize=True)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_lines_read_back_in_order(tmp_path: Path) -> None:
    records = [{"n": n, "text": "ä\u2028\x1b"} for n in range(3)]
    path = write(tmp_path / "r.jsonl", b"".join(dump_line(r) for r in records))
    assert list(read_lines(path)) == records


def test_a_line_is_one_line_whatever_stands_in_it() -> None:
    line = dump_line({"text": "a\nb\r\nc\u2028d\x85e"})
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")


def test_lone_surrogates_are_escaped() -> None:
    line = dump_line({"text": "\ud800x"})
    assert line == b'{"text":"\\ud800x"}\n'
    assert json.loads(line)["text"] == "\ud800x"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_json_cannot_hold_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        dump_line({"n": number})


def test_other_objects_are_written_as_their_text() -> None:
    assert dump_line({"p": Path("a/b")}) == b'{"p":"a/b"}\n'


@pytest.mark.parametrize("cut", [1, 5, 9])
def test_a_torn_last_line_is_left_out_with_a_warning(tmp_path: Path, cut: int) -> None:
    whole, torn = dump_line({"n": 1}), dump_line({"n": 2, "ä": "ö"})
    path = write(tmp_path / "r.jsonl", whole + torn[:cut])
    with pytest.warns(UserWarning, match=r"r\.jsonl:2: torn last line"):
        assert list(read_lines(path)) == [{"n": 1}]


def test_a_line_cut_inside_a_character_is_torn_too(tmp_path: Path) -> None:
    torn = '{"n":"ö'.encode()[:-1]
    with pytest.warns(UserWarning, match="torn"):
        assert list(read_lines(write(tmp_path / "r.jsonl", torn))) == []


def test_a_whole_last_line_without_newline_counts(tmp_path: Path) -> None:
    assert list(read_lines(write(tmp_path / "r.jsonl", b'{"n":1}'))) == [{"n": 1}]


def test_damage_in_the_middle_is_an_error_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", b'{"n":1}\n{"n":\n{"n":3}\n')
    with pytest.raises(AgentSafetyError, match=r"r\.jsonl:2: not JSON"):
        list(read_lines(path))


def test_a_damaged_last_line_with_its_newline_is_no_torn_one(tmp_path: Path) -> None:
    with pytest.raises(AgentSafetyError, match=r":1: not JSON"):
        list(read_lines(write(tmp_path / "r.jsonl", b'{"n":\n')))


@pytest.mark.parametrize(("line", "kind"), [(b"[1]\n", "list"), (b"1\n", "int"), (b"null\n", "NoneType")])
def test_a_record_must_be_an_object(tmp_path: Path, line: bytes, kind: str) -> None:
    with pytest.raises(AgentSafetyError, match=rf":1: a record must be an object, found {kind}"):
        list(read_lines(write(tmp_path / "r.jsonl", line)))


def test_empty_lines_and_an_empty_file_hold_nothing(tmp_path: Path) -> None:
    assert list(read_lines(write(tmp_path / "r.jsonl", b""))) == []
    assert list(read_lines(write(tmp_path / "s.jsonl", b'\n{"n":1}\n  \n'))) == [{"n": 1}]


def test_a_missing_file_is_the_callers_business(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_lines(tmp_path / "none.jsonl"))


TEXT = st.text(st.characters(exclude_categories=[]), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@QUICK
@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_any_record_survives_the_line(record: dict[str, object]) -> None:
    line = dump_line(record)
    assert line.count(b"\n") == 1
    assert json.loads(line) == record
