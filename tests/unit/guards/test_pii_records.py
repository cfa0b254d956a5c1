"""Values in the columns of tables and in the rows of INSERT, found by the names of their columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.guards.pii_records import records
from pytest_agentsafety.guards.pii_scan import is_name
from pytest_agentsafety.model.decisions import GuardContext

CONTEXT = GuardContext(stage="output")
FOUND = (
    ("id;name;bsn;city\n1;Chi;;Oslo\n2;Chi;982089922;Lyon", ["982089922"]),
    ('id,name,bsn\n2,"Tran, Kim","982089922"\n3,Bo,540085376\n', ["982089922", "540085376"]),
    ("id\tphone\ttotal\n1\t0755297197\t12.50\n2\t0692511173\t1.00\n", ["0755297197", "0692511173"]),
    ("| name | bsn | ok |\n|------|:---:|----|\n| Ana  | 906316960 | yes |\n", ["906316960"]),
    ("Intro.\r\n\r\nid|снилс\r\n1|47872116219\r\n", ["47872116219"]),
    ("私のメモ\nname,bsn\nアナ,906316960\n", ["906316960"]),
    ("INSERT INTO users (id, cpf, ok) VALUES (7, '59084512235', true);", ["59084512235"]),
    ("insert into t (`bsn`, note) values (982089922, 'a, (b)'), (540085376, 'it''s');", ["982089922", "540085376"]),
    ("user,password\nann,k8Jd!kq2\n", ["k8Jd!kq2"]),
)
NOT_FOUND = (
    "id,name,total\n1,Ana,982089922\n",  # no name tells it
    "The bsn, as they say, matters\nand, well, 982089922 things follow here, too\n",  # not as many columns
    "name,bsn\n\nA new paragraph, 982089922",
    "f(bsn, b) values are 982089922",
    "bsn,b\nshort,12345",
)


@pytest.mark.parametrize(("text", "values"), FOUND)
def test_a_column_tells_what_its_values_are(text: str, values: list[str]) -> None:
    result = PiiGuard().check(text, CONTEXT)
    assert [text[span.start : span.end] for span in result.spans] == values
    assert result.redacted is not None
    assert not any(value in result.redacted for value in values)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_other_columns_and_lines_tell_nothing(text: str) -> None:
    assert PiiGuard().check(text, CONTEXT).status == "clean"


def test_blanks_of_a_query_are_no_part_of_its_values() -> None:
    text = "GET /search?q=shoes&phone_number=%28%2B213%29+0768126828&page=2"
    (span,) = PiiGuard().check(text, CONTEXT).spans
    assert text[span.start : span.end] == "%28%2B213%29+0768126828"


_CELLS = st.text(st.sampled_from("abcdxyzäßж "), max_size=8)


@given(
    separator=st.sampled_from(",;\t|"),
    width=st.integers(1, 5),
    rows=st.lists(st.lists(_CELLS, min_size=5, max_size=5), min_size=1, max_size=6),
    data=st.data(),
)
def test_the_way_back_leads_to_the_cell(separator: str, width: int, rows: list[list[str]], data: st.DataObject) -> None:
    column = data.draw(st.integers(0, width))
    heads = ["h" * (i + 1) for i in range(width)]
    heads.insert(column, "bsn")
    lines, places, at = [separator.join(heads)], [], len(separator.join(heads)) + 1
    for number, row in enumerate(rows):
        cells = row[:width]
        cells.insert(column, f"9000000{number:02}")
        line = separator.join(cells)
        start = at + len(separator.join(cells[:column])) + (1 if column else 0)
        places.append((start, start + 9))
        at += len(line) + 1
        lines.append(line)
    text = "\n".join(lines)
    found = records(text, is_name)
    assert found is not None
    derived, back = found
    for number, place in enumerate(places):
        value = f"9000000{number:02}"
        assert back(derived.index(value), derived.index(value) + 9) == place
        assert text[slice(*place)] == value
