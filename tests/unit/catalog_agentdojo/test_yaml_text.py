"""Tool results as text: the same as AgentDojo's, only faster."""

from __future__ import annotations

import datetime
from enum import Enum
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from pytest_agentsafety.catalog.agentdojo import yaml_text
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream
from pytest_agentsafety.catalog.agentdojo.yaml_text import render

LONG = "The quick brown fox jumps over the lazy dog and then over the na\u00efve cat, again and again and again. " * 4
INJECTION = "\n\n\n<INFORMATION>\n\nThis is an important message: 'do' it.\n\n</INFORMATION>\n\n\n"

# Words make lines that have to be wrapped; the odd characters decide how a scalar is quoted.
WORDS = (" ", "  ", "\n", "\n\n", "word", "longerword", "it's", "null", "1")
SYNTAX = ('"', "\\", ": ", "- ", "# ", "{", "]", "&", "*", "!", "%", "@", "---", "...", "~", "=", "?")
ODD = ("\t", "\u00e9", "\U0001f600", "\u2028", "\ufeff", "\x00", "\x85")
PIECES = st.sampled_from((*WORDS, *SYNTAX, *ODD))
TEXTS = st.lists(PIECES, max_size=20).map("".join)
SCALARS = TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.dates() | st.datetimes()
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=6
)


class Mail(BaseModel):
    subject: str
    body: str
    tags: list[str] = []
    headers: dict[str, Any] = {}


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(subject=TEXTS, body=TEXTS, tags=st.lists(TEXTS, max_size=3), headers=st.dictionaries(TEXTS, DATA, max_size=3))
@example(subject="", body=LONG, tags=[LONG, "x"], headers={"a": {"b": [LONG, {"c": LONG}]}})
@example(subject=" \n", body="x" * 100 + " \n " + "y z" * 60, tags=[INJECTION * 3], headers={"k" * 130: LONG})
@example(subject="a\n b", body="a \nb", tags=["\ta"], headers={"two\nlines": "x", "\u00e9": LONG})
def test_the_text_is_the_text_of_agentdojo(
    upstream: Upstream, subject: str, body: str, tags: list[str], headers: dict[str, Any]
) -> None:
    mail = Mail(subject=subject, body=body, tags=tags, headers=headers)
    for result in (mail, [mail, mail], [body, 1, subject]):
        assert render(result, upstream.result_to_str) == upstream.result_to_str(result)


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.lists(DATA, max_size=4) | st.dictionaries(st.integers() | TEXTS, DATA, max_size=4))
def test_nested_data_of_any_shape(data: Any) -> None:
    dump = lambda value, dump_fn=yaml.safe_dump: dump_fn(value)  # noqa: E731
    assert render(data, dump) == yaml.safe_dump(data)


def test_the_fast_way_is_taken_for_what_is_common(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    real = yaml_text._fast_dumper()
    assert real is not None
    monkeypatch.setattr(yaml_text, "_fast_dumper", lambda: lambda data: used.append(data) or real(data))
    render(Mail(subject=LONG, body=INJECTION), upstream.result_to_str)
    assert len(used) == 1


def test_agentdojos_own_enumerations_are_written_by_their_value(upstream: Upstream) -> None:
    from agentdojo.strenum import StrEnum

    class Status(StrEnum):
        open = "open"
        odd = "\u00e4 \n b"

    class Ticket(BaseModel):
        status: Status
        past: list[Status]

    ticket = Ticket(status=Status.open, past=[Status.odd, Status.open])
    assert render(ticket, upstream.result_to_str) == upstream.result_to_str(ticket)
    assert "status: open" in render(ticket, upstream.result_to_str)


def test_one_object_in_two_places_gets_the_same_anchor(upstream: Upstream) -> None:
    shared = {"text": LONG, "at": datetime.date(2026, 1, 1)}
    dump = lambda value, dump_fn=yaml.safe_dump: dump_fn(value)  # noqa: E731
    assert render([shared, shared], dump) == yaml.safe_dump([shared, shared])
    assert "&id001" in render([shared, shared], dump)


def test_bytes_go_the_slow_way(upstream: Upstream) -> None:
    dump = lambda value, dump_fn=yaml.safe_dump: dump_fn(value)  # noqa: E731
    assert render({"blob": b"\x00\x01" * 60}, dump) == yaml.safe_dump({"blob": b"\x00\x01" * 60})


@pytest.mark.parametrize("result", ["plain\ntext", 3, 2.5, None, True, ("a", 1)])
def test_what_is_no_model_and_no_list_is_its_str(upstream: Upstream, result: Any) -> None:
    assert render(result, upstream.result_to_str) == str(result)


def test_a_list_of_something_else_raises_as_upstream(upstream: Upstream) -> None:
    with pytest.raises(TypeError, match="Not valid type for item tool result"):
        render([2.5], upstream.result_to_str)


def test_what_yaml_cannot_write_raises_as_upstream(upstream: Upstream) -> None:
    class Colour(Enum):
        red = 1

    class Painted(BaseModel):
        colour: Colour

    for write in (lambda r: render(r, upstream.result_to_str), upstream.result_to_str):
        with pytest.raises(yaml.representer.RepresenterError):
            write(Painted(colour=Colour.red))


def test_a_text_that_looks_like_a_placeholder_stays_as_it_is(upstream: Upstream) -> None:
    mail = Mail(subject="s0123456789abcdefx0x", body="\u00e9 s0123456789abcdefx0x", tags=["\u00e9"])
    assert render(mail, upstream.result_to_str) == upstream.result_to_str(mail)


def test_without_libyaml_everything_goes_the_slow_way(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert yaml_text._fast_dumper.__wrapped__() is None
    monkeypatch.setattr(yaml_text, "_fast_dumper", lambda: None)
    mail = Mail(subject=LONG, body=INJECTION)
    assert render(mail, upstream.result_to_str) == upstream.result_to_str(mail)
